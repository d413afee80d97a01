"""An address on one line → street, commune, province; units of today and of before July 2025.

Addresses are read from the end: province, then (before 2025) district, then commune; what is left is
the street. Each way of cutting the line is a reading; the best one wins, and when the best readings
name different communes the citizen is asked which.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from onestop.eforms import divisions
from onestop.eforms.address_faults import no_place, several_places
from onestop.eforms.address_words import Token, street_of, tokenise
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.divisions import Unit, Ward, index
from onestop.eforms.words import accented_key, has_accents

_LONGEST_NAME = 7  # words
_MAX_CANDIDATES = 4


@dataclass(frozen=True)
class _Reading:
    """One way of cutting the line; offsets of the commune's kind and name, and of its end."""

    ward: Ward
    start: int
    end: int
    score: tuple[int, ...]


@dataclass(frozen=True)
class _Found:
    """Units that a run of tokens names; the next unit ends before token `end`."""

    units: tuple[Unit, ...]
    end: int
    kind: str | None  # as typed


def read_address(text: str) -> Value:
    """Read an address.

    Args:
        text: cleaned text, with or without accents.

    Returns:
        value: street, ward, ward_code, province, province_code, division ("2025" or "before_2025"),
        and for the latter district; names with their kind, codes of the General Statistics Office.

    Raises:
        Refusal: address_missing, address_province_missing, address_ward_missing,
            address_ward_unknown or address_ambiguous; params name what is missing and candidates.
    """
    tokens = tokenise(text)
    if not tokens:
        raise Refusal("address_missing")
    readings = list(_readings(tokens))
    if not readings:
        province = next(_provinces(tokens), None)
        end = province.end if province else len(tokens)
        raise no_place(text, tokens[:end], province.units if province else ())
    best = max(reading.score for reading in readings)
    chosen = _narrow([r for r in readings if r.score == best], text)
    places = list(dict.fromkeys(reading.ward.place for reading in chosen))
    if len(places) > _MAX_CANDIDATES:
        raise Refusal("address_province_missing")
    if len(places) > 1:
        raise several_places(street_of(text[: chosen[0].start]), places)
    return _value(text, chosen[0])


def _names_before(
    tokens: list[Token], end: int, kinds: Mapping[str, str]
) -> Iterator[tuple[str, int, str | None]]:
    """Names that end before token `end`, longest first, with where they begin and the kind typed."""
    for length in range(min(_LONGEST_NAME, end), 0, -1):
        begin = end - length
        if any(token.begins_part for token in tokens[begin + 1 : end]):
            continue  # a name does not reach over a comma
        name = " ".join(token.word for token in tokens[begin:end])
        for words in (2, 1):
            kind = " ".join(token.word for token in tokens[max(0, begin - words) : begin])
            if begin >= words and kind in kinds:
                yield name, begin - words, kinds[kind]
                break
        else:
            yield name, begin, None


def _provinces(tokens: list[Token]) -> Iterator[_Found]:
    """Provinces named at the end of the line, of both divisions."""
    for name, begin, kind in _names_before(tokens, len(tokens), divisions.PROVINCE_KINDS):
        units = [unit for _, unit in index().provinces.get(name, ())]
        if kind == "thanh pho":  # "TP Ninh Bình" was a town in the province, not the province
            units = [unit for unit in units if unit.kind == "thanh pho"]
        if units and not (kind is None and _typed_kind(tokens, begin) is not None):
            yield _Found(tuple(units), begin, kind)


def _typed_kind(tokens: list[Token], begin: int) -> str | None:
    """The kind of a smaller unit that stands right before a name ("phường Hà Nam")."""
    kinds = {**divisions.DISTRICT_KINDS, **divisions.WARD_KINDS}
    for words in (2, 1):
        typed = " ".join(token.word for token in tokens[max(0, begin - words) : begin])
        if typed in kinds:
            return kinds[typed]
    return None


def _readings(tokens: list[Token]) -> Iterator[_Reading]:
    for province in (*_provinces(tokens), None):
        end = province.end if province else len(tokens)
        yield from _wards(tokens, end, province)
        for name, begin, kind in _names_before(tokens, end, divisions.DISTRICT_KINDS):
            if kind is None and (name.isdigit() or _typed_kind(tokens, begin) is not None):
                continue
            for district, its_province in index().districts.get(name, ()):
                if province is None or _lies_in(its_province, province):
                    yield from _wards(tokens, begin, province, district, kind)


def _lies_in(before: Unit, province: _Found) -> bool:
    """Whether a province of before 2025 is one of those named, or became part of one."""
    successor = index().successor[before.code]
    return any(
        unit == before or (unit.code == successor and unit != before) for unit in province.units
    )


def _wards(
    tokens: list[Token],
    end: int,
    province: _Found | None,
    district: Unit | None = None,
    district_kind: str | None = None,
) -> Iterator[_Reading]:
    """Readings of the commune that ends before token `end`, under what was read after it."""
    for name, begin, kind in _names_before(tokens, end, divisions.WARD_KINDS):
        if kind is None and (name.isdigit() or _typed_kind(tokens, begin) is not None):
            continue
        for ward in index().wards.get(name, ()):
            fit = _fit(ward, province, district)
            # Without its kind, a name is a commune only if all around it fits.
            if fit is None or (kind is None and fit < (2 if province else 3)):
                continue
            own = district is not None and ward.district == district
            words = len(name.split()) + (len(district.bare.split()) if district and own else 0)
            score = (
                int(province is not None) + int(own and district_kind is not None),
                int(kind is not None),
                int(kind is not None and kind == ward.kind),
                int(own and district is not None and district_kind == district.kind),
                words,
                # A district that is only a name may as well be part of a commune's name of today.
                min(fit, 2) if district_kind is None else fit,
                int(ward.division == "2025"),
            )
            yield _Reading(ward, tokens[begin].start, tokens[end - 1].end, score)


def _fit(ward: Ward, province: _Found | None, district: Unit | None) -> int | None:
    """How well a commune fits the province and district read after it; None: not at all.

    3: district and province are its own; 2: its own province; 1: its province under the other
    division's name, or a district that is no more; 0: nothing but its name.
    """
    if district is not None and ward.district is not None and ward.district != district:
        return None
    own_district = district is not None and ward.district == district
    if province is None:
        return 3 if own_district else (0 if district is None else None)
    if ward.province in province.units:
        return 3 if own_district else (2 if district is None else 1)
    codes = index().successor
    if ward.division == "before_2025":
        today = codes[ward.province.code]
        near = any(unit.code == today for unit in province.units)
    else:
        near = any(codes.get(unit.code) == ward.province.code for unit in province.units)
    return (2 if own_district else 1) if near else None


def _narrow(readings: list[_Reading], text: str) -> list[_Reading]:
    """Readings whose accents agree with the typed ones, if any do."""
    if len(readings) > 1 and has_accents(text):
        agreeing = [
            reading
            for reading in readings
            if f" {accented_key(text[reading.start : reading.end])}".endswith(
                f" {accented_key(reading.ward.bare)}"
            )
        ]
        return agreeing or readings
    return readings


def _value(text: str, reading: _Reading) -> Value:
    street = street_of(text[: reading.start])
    ward = reading.ward
    value = {
        "street": street,
        "ward": ward.name,
        "ward_code": ward.code,
        "province": ward.province.name,
        "province_code": ward.province.code,
        "division": ward.division,
    }
    if ward.district is not None:
        value["district"] = ward.district.name
    place = ward.place if street else ward.place[0].upper() + ward.place[1:]
    return Value(value=value, display=f"{street}, {place}" if street else place)
