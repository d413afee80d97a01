"""The search's language data: everyday words, life situations, words that carry
no content, what tells look-alikes apart, bare topics, and every procedure's need in other words.

Six YAML files and a table under `data/search/` that staff can extend; the file heads say how.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from common import yaml_files
from common.kept import Kept
from onestop.catalogue.content import CODE
from onestop.catalogue.search.questions import Questions
from onestop.catalogue.search.topics import Topic, Topics
from onestop.catalogue.search.words import Word, words

DATA = Path(__file__).resolve().parents[3] / "data" / "search"


WORDINGS = "wordings.tsv"
"""A procedure's code, then its need in other words, a wording a column; lines that begin with # are remarks."""

LEARNT = "learnt.yml"
"""Situations that staff's approved corrections taught (`python -m bot.training`); missing until the first."""


# Talk elsewhere, but beside a topic it says what is wanted (làm thẻ bảo hiểm y tế); not after it
# (… thì làm giấy gì).
_MAKING = ["lam"]


class Kind(StrEnum):
    """What a listed phrase does to a message."""

    TALK = "talk"  # conversational: dropped
    ASPECT = "aspect"  # what is asked about a procedure (fee, time …): counts little
    ELSEWHERE = "elsewhere"  # a matter of no office: the message hardly means a procedure
    KEEP = "keep"  # guards a phrase from the entries above
    MEANS = "means"  # an everyday phrase: official words stand for it


class Phrase(NamedTuple):
    """One listed phrase and what becomes of it."""

    said: tuple[Word, ...]
    kind: Kind
    means: tuple[tuple[Word, ...], ...] = ()
    names: bool = False  # whether official names are rewritten too


class Situation(NamedTuple):
    """What citizens say when they need a procedure."""

    code: str
    name: str
    says: tuple[str, ...]


class Piece(NamedTuple):
    """A stretch of a message and the listed phrases that cover it (more than one: ambiguous)."""

    said: tuple[Word, ...]
    phrases: tuple[Phrase, ...]


class Lexicon:
    """Listed phrases, matched longest first from left to right."""

    def __init__(
        self,
        phrases: Iterable[Phrase],
        situations: Iterable[Situation] = (),
        scopes: Iterable[str] = (),
        questions: Questions | None = None,
        topics: Topics | None = None,
        wordings: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._listed: dict[tuple[str, ...], list[Phrase]] = {}
        lengths: dict[str, set[int]] = {}
        for phrase in phrases:
            key = tuple(word.folded for word in phrase.said)
            self._listed.setdefault(key, []).append(phrase)
            lengths.setdefault(key[0], set()).add(len(key))
        # How long the phrases are that begin with a syllable, the longest first.
        self._lengths = {first: sorted(many, reverse=True) for first, many in lengths.items()}
        self.questions = questions or Questions([])
        self.situations = tuple(situations)
        self.scopes = tuple(tuple(words(scope)) for scope in scopes)
        self.topics = topics or Topics()
        self.wordings = wordings or {}

    @classmethod
    def load(cls, folder: Path = DATA, synonyms: str | None = None) -> Lexicon:
        """Read the files of a folder.

        Args:
            folder: where they are.
            synonyms: what to read instead of `synonyms.yml`.

        Raises:
            OSError, yaml.YAMLError, KeyError, ValueError, csv.Error: a file is missing or not as its head
                describes.
        """
        plain = yaml_files.read(folder / "stopwords.yml")
        phrases = [
            Phrase(tuple(words(text)), kind)
            for kind in (Kind.TALK, Kind.ASPECT, Kind.ELSEWHERE, Kind.KEEP)
            for text in plain[kind.value]
        ]
        phrases += [
            Phrase(tuple(words(text.format(person))), Kind.TALK)
            for text in plain["persons_talk"]
            for person in plain["persons"]
        ]
        said = yaml_files.load(synonyms) if synonyms else yaml_files.read(folder / "synonyms.yml")
        everyday = list(_synonyms_of(said))
        known = {phrase.said for phrase in everyday}
        terms = _synonyms_of(yaml_files.read(folder / "terms.yml"))
        phrases += [*everyday, *(phrase for phrase in terms if phrase.said not in known)]
        official = {phrase for known in phrases for phrase in known.means if len(phrase) > 1}
        phrases += [Phrase(phrase, Kind.KEEP) for phrase in official]
        situations = (
            Situation(entry["code"], entry.get("name", ""), tuple(entry["says"]))
            for name in ("situations.yml", LEARNT)
            if (folder / name).exists()
            for entry in yaml_files.read(folder / name)
        )
        with (folder / WORDINGS).open(encoding="utf-8-sig", newline="") as table:
            wordings = _wordings_of(table)
        questions = Questions(yaml_files.read(folder / "questions.yml"))
        return cls(
            phrases,
            situations,
            plain["scopes"],
            questions,
            Topics(yaml_files.read(folder / "topics.yml")),
            wordings,
        )

    def topic(self, said: Sequence[Word]) -> Topic | None:
        """The topic of a message that is but the name of one ("căn cước ạ"), which says no wish."""
        pieces = list(self.pieces(said, accented=any(not word.bare for word in said)))
        dropped = [self._says_no_wish(piece) for piece in pieces]
        last = max((at for at, is_talk in enumerate(dropped) if not is_talk), default=-1)
        talk = [
            is_talk and (at > last or [word.folded for word in piece.said] != _MAKING)
            for at, (piece, is_talk) in enumerate(zip(pieces, dropped, strict=True))
        ]
        begin = talk.index(False) if False in talk else len(talk)
        end = len(talk) - talk[::-1].index(False) if False in talk else 0
        # A topic's name may itself be made of words of talk (việc làm), so it is looked for first. None is
        # longer than the longest: a message of nothing but talk has too many stretches to try all of them.
        stretches = [
            pieces[first:last]
            for first in range(begin + 1)
            for last in range(
                min(first + self.topics.longest, len(pieces)), max(first, end - 1), -1
            )
        ]
        stretches.append([p for p, is_talk in zip(pieces, talk, strict=True) if not is_talk])
        named = (self.topics.of([w for p in stretch for w in p.said]) for stretch in stretches)
        return next((topic for topic in named if topic), None)

    def _says_no_wish(self, piece: Piece) -> bool:
        """Whether a stretch is talk or an aspect; beside a topic also one without its marks ("thi", "bi")."""
        phrases = piece.phrases
        if not phrases and piece.said[0].bare:
            phrases = tuple(self._listed.get((piece.said[0].folded,), ()))
        return any(phrase.kind in (Kind.TALK, Kind.ASPECT) for phrase in phrases)

    def listed(self) -> Iterator[tuple[Word, ...]]:
        """Every listed phrase as it is said."""
        for phrases in self._listed.values():
            yield from (phrase.said for phrase in phrases)

    def pieces(self, said: Sequence[Word], accented: bool = True) -> Iterator[Piece]:
        """Cut a message into listed phrases and single syllables that no phrase covers.

        A single syllable typed without marks is too ambiguous for a listed word with marks (con is
        not còn) when the message has marks elsewhere; in a message without any, it may be each of
        the listed words.
        """
        at = 0
        while at < len(said):
            length, phrases = self._match(said, at, accented)
            yield Piece(tuple(said[at : at + length]), phrases)
            at += length

    def _match(
        self, said: Sequence[Word], at: int, accented: bool
    ) -> tuple[int, tuple[Phrase, ...]]:
        for length in self._lengths.get(said[at].folded, ()):
            stretch = said[at : at + length]
            # Cut short by the message's end, a stretch comes up again at its own length.
            listed = self._listed.get(tuple([word.folded for word in stretch]))
            if not listed or len(stretch) < length:
                continue
            found = [phrase for phrase in listed if _agree(stretch, phrase, accented)]
            typed = [word.accented for word in stretch]
            exact = [phrase for phrase in found if [w.accented for w in phrase.said] == typed]
            if exact or found:
                return length, tuple(exact[:1] or found)
        return 1, ()


def _wordings_of(table: Iterable[str]) -> dict[str, list[str]]:
    """Each code's wordings, whether an editor or a spreadsheet saved the table.

    Raises:
        ValueError: a line begins with no code; a spreadsheet makes 1.00001 of 1.000010.
    """
    read: dict[str, list[str]] = {}
    rows = csv.reader(table, delimiter="\t", strict=True)
    for row in rows:
        code, *wordings = [cell.strip() for cell in row] or [""]
        if code.startswith("#") or not (code or any(wordings)):
            continue
        if not re.match(CODE, code):
            raise ValueError(f"{WORDINGS}, line {rows.line_num}: {code} is no procedure's code")
        read.setdefault(code, []).extend(filter(None, wordings))
    return read


def _synonyms_of(entries: Iterable[dict[str, Any]]) -> Iterator[Phrase]:
    for entry in entries:
        means = entry["means"] if isinstance(entry["means"], list) else [entry["means"]]
        meant = tuple(tuple(words(text)) for text in means)
        for text in entry["say"]:
            yield Phrase(tuple(words(text)), Kind.MEANS, meant, entry.get("names", False))


def _agree(stretch: Sequence[Word], phrase: Phrase, accented: bool) -> bool:
    if len(stretch) == 1 and stretch[0].accented != phrase.said[0].accented:
        return not accented and stretch[0].bare and phrase.kind is Kind.MEANS
    return all(
        typed.bare or typed.accented == listed.accented
        for typed, listed in zip(stretch, phrase.said, strict=True)
    )


Stamp = tuple[tuple[str, int], ...]


_synonyms: Kept[str | None] = Kept(lambda: None)  # as staff keep them; `None`: those of the file
keep = _synonyms.keep


def stamp() -> Stamp:
    """Names and times of the data's files, and what is kept instead: another one means a change."""
    data = sorted(file for file in DATA.iterdir() if file.suffix in {".yml", ".tsv"})
    files = tuple((file.name, file.stat().st_mtime_ns) for file in data)
    kept = _synonyms()
    return files if kept is None else (*files, ("kept", crc32(kept.encode())))


def shipped() -> Lexicon:
    """The lexicon of the project's data, read once for each state of the files."""
    return _loaded(stamp())


@lru_cache(maxsize=1)
def _loaded(state: Stamp) -> Lexicon:
    return Lexicon.load(synonyms=_synonyms())
