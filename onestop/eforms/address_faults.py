"""Why an address could not be read, with the places that may have been meant."""

from __future__ import annotations

from rapidfuzz import fuzz, process

from onestop.eforms import divisions
from onestop.eforms.address_words import Token, street_of
from onestop.eforms.answers import Refusal
from onestop.eforms.divisions import Unit, Ward, index

_SIMILAR = 75.0  # rapidfuzz ratio, 0–100, for what is called a commune
_VERY_SIMILAR = 88.0  # for words that are not
_MOST_OFFERED = 3


def several_places(street: str, places: list[str]) -> Refusal:
    """The line names more than one place."""
    return _offer("address_ambiguous", street, places)


def no_place(text: str, tokens: list[Token], provinces: tuple[Unit, ...]) -> Refusal:
    """The line names no commune that there is.

    Args:
        text: cleaned text.
        tokens: its words, up to the province.
        provinces: what its end names; none if it names no province.
    """
    if not provinces:
        return Refusal("address_province_missing")
    province = provinces[0].name[0].lower() + provinces[0].name[1:]
    place, name, called_so = _typed_ward(tokens)
    known: dict[str, list[Ward]] = {}
    for wards in index().wards.values():
        for ward in wards:
            if ward.province in provinces:
                known.setdefault(divisions.key(ward.bare), []).append(ward)
    cutoff = _SIMILAR if called_so else _VERY_SIMILAR
    near = process.extract(name, list(known), scorer=fuzz.ratio, limit=3, score_cutoff=cutoff)
    places = [ward.place for match, _, _ in near for ward in known[match]][:_MOST_OFFERED]
    if not places:
        return Refusal("address_ward_missing", province=province)
    street = street_of(text[: tokens[place].start])
    return _offer("address_ward_unknown", street, places, province=province)


def _offer(code: str, street: str, places: list[str], **params: str) -> Refusal:
    """A refusal that offers places; `answers` are whole addresses, the street included."""
    answers = [f"{street}, {place}" if street else place for place in places]
    return Refusal(code, candidates=places, answers=answers, **params)


def _typed_ward(tokens: list[Token]) -> tuple[int, str, bool]:
    """What seems to be the commune's name.

    Returns:
        The token where it begins with its kind, the name, and whether a kind stands before it; else
        the last two words.
    """
    words = [token.word for token in tokens]
    for begin in range(len(words) - 1, -1, -1):
        for length in (2, 1):
            if " ".join(words[begin : begin + length]) in divisions.WARD_KINDS:
                name = words[begin + length : begin + length + 2]
                if name:
                    return begin, " ".join(name), True
    return max(0, len(words) - 2), " ".join(words[-2:]), False
