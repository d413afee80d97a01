"""From a text to weighted terms: what the index stores of a name and looks for in a message."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import NamedTuple

from onestop.catalogue.search.lexicon import Kind, Lexicon, Piece
from onestop.catalogue.search.words import Word

ASPECT_WEIGHT = 0.25
_AMBIGUOUS = 0.7  # a syllable without marks that may be a listed word with marks

Suggest = Callable[[str, Word, str], list[str]]


class Option(NamedTuple):
    """One reading of a stretch of text."""

    said: tuple[Word, ...]
    weight: float


class Reading(NamedTuple):
    """The terms of a text: folded syllables, folded pairs ("a b"), marked syllables ("'á")."""

    terms: dict[str, float]
    content: bool  # False: only words of conversation or aspects


def read_name(said: Sequence[Word], lexicon: Lexicon, pair_weight: float) -> Reading:
    """Read an official name: nothing is dropped, listed words are put in place of others."""
    slots = [_options(piece, dropped=False) for piece in lexicon.pieces(said)]
    return Reading(_terms(slots, True, pair_weight), True)


def read_message(
    said: Sequence[Word], lexicon: Lexicon, pair_weight: float, suggest: Suggest | None = None
) -> Reading:
    """Read what a citizen says: talk is dropped, aspects count little, slips are mended."""
    accented = not all(word.bare for word in said)
    pieces = [p for p in lexicon.pieces(said, accented) if not _is(p, Kind.TALK)]
    pieces = list(_joined(pieces, lexicon, accented))
    slots = [_options(piece, dropped=True) for piece in pieces]
    if suggest:
        slots = list(_mended(slots, pieces, suggest))
    content = any(not _is(piece, Kind.ASPECT) for piece in pieces)
    return Reading(_terms(slots, accented, pair_weight), content)


def _is(piece: Piece, kind: Kind) -> bool:
    return bool(piece.phrases) and piece.phrases[0].kind is kind


def _joined(pieces: list[Piece], lexicon: Lexicon, accented: bool) -> Iterator[Piece]:
    """Look again where talk stood between two syllables of a listed phrase (bố em mất)."""
    for listed, group in groupby(pieces, key=lambda piece: len(piece.phrases) > 0):
        if listed:
            yield from group
        else:
            yield from lexicon.pieces([w for piece in group for w in piece.said], accented)


def _options(piece: Piece, dropped: bool) -> list[Option]:
    if not piece.phrases or piece.phrases[0].kind is not Kind.MEANS:
        weight = ASPECT_WEIGHT if dropped and _is(piece, Kind.ASPECT) else 1.0
        return [Option(piece.said, weight)]
    means = [said for phrase in piece.phrases for said in phrase.means]
    if len(piece.said) == 1 and piece.phrases[0].said != piece.said:
        return [Option(piece.said, 1.0)] + [Option(said, _AMBIGUOUS) for said in means]
    return [Option(said, 1.0 if len(means) == 1 else _AMBIGUOUS) for said in means]


def _mended(
    slots: list[list[Option]], pieces: list[Piece], suggest: Suggest
) -> Iterator[list[Option]]:
    """Add what a single uncovered syllable may have been meant to be."""
    for at, (slot, piece) in enumerate(zip(slots, pieces, strict=True)):
        if piece.phrases:
            yield slot
            continue
        before = slots[at - 1][0].said[-1].folded if at else ""
        after = slots[at + 1][0].said[0].folded if at + 1 < len(slots) else ""
        other = suggest(before, piece.said[0], after)
        yield slot + [Option(tuple(Word(s, s) for s in o.split()), _AMBIGUOUS) for o in other]


def _terms(slots: list[list[Option]], accented: bool, pair_weight: float) -> dict[str, float]:
    terms: dict[str, float] = {}

    def add(term: str, weight: float) -> None:
        terms[term] = max(weight, terms.get(term, 0.0))

    for slot in slots:
        for option in slot:
            for word in option.said:
                add(word.folded, option.weight)
                if accented and not word.bare:
                    add("'" + word.accented, option.weight)
            for a, b in pairwise(option.said):
                add(f"{a.folded} {b.folded}", option.weight * pair_weight)
    for left, right in pairwise(slots):
        for a in left:
            for b in right:
                pair = f"{a.said[-1].folded} {b.said[0].folded}"
                add(pair, min(a.weight, b.weight) * pair_weight)
    return terms
