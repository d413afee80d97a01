"""The words of turns, for the full-text search: without accents, letters and digits only.

SQLite has them in an FTS5 table, PostgreSQL in a table with a `tsvector`; both are called `turn_words`. The
same plain words go into both, so that both find the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnClause,
    ColumnElement,
    Integer,
    TableClause,
    bindparam,
    column,
    func,
    literal_column,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Session

from onestop.eforms.words import fold

TABLE = "turn_words"
_WORD = re.compile(r"[a-z0-9]+")
_SIMPLE: ColumnElement[Any] = literal_column("'simple'::regconfig")  # words as they are, no stems
_QUOTED = re.compile(r'"([^"]*)"|([^"]+)')


def words(written: str) -> str:
    """The words of a text as they are searched, with one space between them."""
    return " ".join(_WORD.findall(fold(unicodedata.normalize("NFC", written))))


def phrases(query: str) -> list[str]:
    """What a query asks for: each word, and words in double quotes together."""
    found: list[str] = []
    for match in _QUOTED.finditer(query):
        found += [words(match[1])] if match[1] is not None else words(match[2]).split()
    return [one for one in found if one]


def write(session: Session, turn: int, written: str) -> None:
    """Put the words of a turn into the index, or replace them."""
    remove(session, [turn])
    if session.get_bind().dialect.name == "postgresql":
        statement = f"INSERT INTO {TABLE} VALUES (:turn, to_tsvector('simple', :words))"  # noqa: S608
    else:
        statement = f"INSERT INTO {TABLE} (rowid, words) VALUES (:turn, :words)"  # noqa: S608
    session.execute(text(statement), {"turn": turn, "words": words(written)})


def remove(session: Session, turns: Collection[int]) -> None:
    """Take turns out of the index."""
    key = "turn_id" if session.get_bind().dialect.name == "postgresql" else "rowid"
    statement = text(f"DELETE FROM {TABLE} WHERE {key} IN :turns")  # noqa: S608
    session.execute(statement.bindparams(bindparam("turns", list(turns), expanding=True)))


@dataclass(frozen=True)
class Match:
    """How to find turns by their words: the index, the turn's number in it, and the condition."""

    index: TableClause[Any]
    turn: ColumnClause[int]
    condition: ColumnElement[bool]


def matching(session: Session, query: str) -> Match | None:
    """How to find the turns that hold all words of a query; `None` for a query without any word."""
    wanted = phrases(query)
    if not wanted:
        return None
    if session.get_bind().dialect.name == "postgresql":
        turn, found = column("turn_id", Integer), column("words", TSVECTOR)
        index = table(TABLE, turn, found)
        asked = " & ".join("(" + " <-> ".join(one.split()) + ")" for one in wanted)
        return Match(
            index, index.c.turn_id, index.c.words.op("@@")(func.to_tsquery(_SIMPLE, asked))
        )
    index = table(TABLE, column("rowid", Integer))
    asked = " ".join(f'"{one}"' for one in wanted)
    return Match(index, index.c.rowid, literal_column(TABLE).op("MATCH")(asked))


def marked(written: str, query: str) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether the query found it: for highlights."""
    wanted = phrases(query)
    if not wanted:
        yield written, False
        return
    plain = unicodedata.normalize("NFC", written)
    found = re.compile(
        r"(?<![a-z0-9])(?:" + "|".join(r"[^a-z0-9]+".join(one.split()) for one in wanted)
        + r")(?![a-z0-9])"
    )  # fmt: skip
    position = 0
    for match in found.finditer(fold(plain)):
        if match.start() > position:
            yield plain[position : match.start()], False
        yield plain[match.start() : match.end()], True
        position = match.end()
    if position < len(plain):
        yield plain[position:], False
