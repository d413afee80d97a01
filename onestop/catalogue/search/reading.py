"""From a text to weighted terms: what the index stores of a name and looks for in a message."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from itertools import chain, groupby, pairwise, product
from typing import NamedTuple

from bot.nlu.text import strip_accents
from onestop.catalogue.search.lexicon import Kind, Lexicon, Piece
from onestop.catalogue.search.words import Reading, Terms, Word, clauses, words

ASPECT_WEIGHT = 0.25
_AMBIGUOUS = 0.7  # a single syllable has many meanings: what is listed stands beside it
# A clause of its own that takes back what stands before it; "ghi nhầm tên" is none.
_SLIP = re.compile(
    r"(?:^|[,;.!?\n])\s*(?:(?:a|o|ay|ui|da|xin loi)\s+)*(?:nham|lon)(?:\s+roi)?\s*[,;.!?:\n]\s*(?=\w)",
    re.IGNORECASE,
)


class Option(NamedTuple):
    """One reading of a stretch of text."""

    said: tuple[Word, ...]
    weight: float


def corrected(query: str) -> str:
    """What stands after "…, à nhầm, …": who corrects himself does not want what he said before."""
    said = [*_SLIP.finditer(strip_accents(query))]
    return query[said[-1].end() :] if said else query


def affirmed(query: str) -> list[Word]:
    """The message without the clauses that say what is not wanted (…, không phải gia hạn)."""
    first, *others = [words(clause) for clause in clauses(query)] or [[]]
    kept = [clause for clause in others if clause and clause[0].folded != "khong"]
    return [word for clause in (first, *kept) for word in clause]


def read_name(said: Sequence[Word], lexicon: Lexicon) -> Reading:
    """Read an official name: nothing is dropped, hardly anything rewritten."""
    slots = [_options(piece, name=True) for piece in lexicon.pieces(said)]
    return _reading(slots, True, True)


def read_message(
    said: Sequence[Word], lexicon: Lexicon, listed_pairs: Container[str] = ()
) -> Reading:
    """Read what a citizen says, in official words: talk is dropped, aspects count little."""
    return read_both(said, lexicon, listed_pairs)[-1]


def read_both(
    said: Sequence[Word], lexicon: Lexicon, listed_pairs: Container[str] = ()
) -> list[Reading]:
    """Read a message literally and, where that differs, in official words.

    A word may be everyday speech for something, or the official word itself (buôn bán); both
    readings are searched and the better fit counts.
    """
    accented = not all(word.bare for word in said)
    pieces = list(_without_talk(list(lexicon.pieces(said, accented)), listed_pairs))
    pieces = list(_joined(pieces, lexicon, accented))
    content = any(not _is(piece, Kind.ASPECT) for piece in pieces)
    elsewhere = any(_is(piece, Kind.ELSEWHERE) for piece in pieces)
    literal = _reading([_options(piece, literal=True) for piece in pieces], accented, content)
    official = _reading([_options(piece) for piece in pieces], accented, content)
    literal, official = (r._replace(elsewhere=elsewhere) for r in (literal, official))
    return [literal, official] if literal != official else [official]


def _is(piece: Piece, kind: Kind) -> bool:
    return bool(piece.phrases) and piece.phrases[0].kind is kind


def _without_talk(pieces: list[Piece], listed_pairs: Container[str]) -> Iterator[Piece]:
    """Drop talk, but not a syllable that names hold between its neighbours (người có công)."""
    for at, piece in enumerate(pieces):
        if not _is(piece, Kind.TALK):
            yield piece
        elif len(piece.said) == 1 and 0 < at < len(pieces) - 1:
            before, after = pieces[at - 1].said[-1].folded, pieces[at + 1].said[0].folded
            word = piece.said[0].folded
            if f"{before} {word}" in listed_pairs and f"{word} {after}" in listed_pairs:
                yield Piece(piece.said, ())


def _joined(pieces: list[Piece], lexicon: Lexicon, accented: bool) -> Iterator[Piece]:
    """Look again where talk stood between two syllables of a listed phrase (bố em mất)."""
    for listed, group in groupby(pieces, key=lambda piece: len(piece.phrases) > 0):
        if listed:
            yield from group
        else:
            yield from lexicon.pieces([w for piece in group for w in piece.said], accented)


def _options(piece: Piece, name: bool = False, literal: bool = False) -> list[Option]:
    kept = (name or literal) and not (piece.phrases and piece.phrases[0].names)
    if not _is(piece, Kind.MEANS) or kept:
        weight = ASPECT_WEIGHT if _is(piece, Kind.ASPECT) and not name else 1.0
        other = piece.said[0].meant if len(piece.said) == 1 else ()
        doubtful = [Option((Word(syllable, syllable),), _AMBIGUOUS) for syllable in other]
        return [Option(piece.said, weight), *doubtful]
    means = [said for phrase in piece.phrases for said in phrase.means]
    if len(piece.said) == 1 and not name:
        return [Option(piece.said, 1.0)] + [Option(said, _AMBIGUOUS) for said in means]
    return [Option(said, 1.0 if len(means) == 1 else _AMBIGUOUS) for said in means]


def _reading(slots: list[list[Option]], accented: bool, content: bool) -> Reading:
    reading = Reading({}, {}, {}, content)

    def add(terms: Terms, term: str, weight: float) -> None:
        terms[term] = max(weight, terms.get(term, 0.0))

    for option in chain.from_iterable(slots):
        for word in option.said:
            add(reading.syllables, word.folded, option.weight)
            if accented and not word.bare:
                add(reading.marked, word.accented, option.weight)
        for a, b in pairwise(option.said):
            add(reading.pairs, f"{a.folded} {b.folded}", option.weight)
    for left, right in chain.from_iterable(product(a, b) for a, b in pairwise(slots)):
        pair = f"{left.said[-1].folded} {right.said[0].folded}"
        add(reading.pairs, pair, min(left.weight, right.weight))
    return reading
