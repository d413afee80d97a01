"""Which communes a citizen names, by names of today or before July 2025, with or without accents.

"xã Liêm Cần ở đâu?", "nha tui o liem can thanh liem", "huyện Thanh Liêm": found are communes of today;
several where a commune was divided, a name stands twice, or a whole district was named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz

from onestop.eforms.divisions import DISTRICT_KINDS, WARD_KINDS, Ward, key
from onestop.eforms.words import fold
from onestop.units import communes
from onestop.units.communes import Commune

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 5  # words of a name
_SIMILAR = 84.0  # rapidfuzz ratio, 0–100: one wrong letter in six
_KINDS = {**DISTRICT_KINDS, **WARD_KINDS}


@dataclass(frozen=True)
class _Name:
    """What a name may mean."""

    kind: str  # folded; "" for a district as people say it without its kind
    heirs: tuple[Commune, ...]
    district: str = ""  # the district that the commune lay in, as `key` spells it


@dataclass(frozen=True)
class _Mention:
    """A name found in the text: where, with which kind typed before it, and what it may mean."""

    begin: int
    end: int
    kind: str
    names: tuple[_Name, ...]


class Places:
    """Reads communes of one area."""

    def __init__(self, provinces: frozenset[str]) -> None:
        self.area = communes.area(provinces)
        self._names: dict[str, list[_Name]] = {}
        self._districts: set[str] = set()
        # A province's own name means the province, unless "phường" stands before it.
        self._provinces: set[str] = set()
        for one in self.area:
            self._add(one.ward, (one,))
            self._provinces.add(key(one.ward.province.bare))
        districts: dict[tuple[str, str], dict[str, Commune]] = {}
        for ward in communes.before():
            if ward.province.code not in provinces or ward.district is None:
                continue
            heirs = tuple(communes.became(ward, self.area))
            self._add(ward, heirs)
            self._provinces.add(key(ward.province.bare))
            named = (key(ward.district.bare), ward.district.kind)
            districts.setdefault(named, {}).update(
                {one.ward.code: one for one in self.area if ward.code in one.made_of}
            )
        for (name, kind), heirs_by_code in districts.items():
            self._districts.add(name)
            self._names.setdefault(name, []).insert(
                0, _Name(kind, tuple(heirs_by_code.values()), name)
            )

    def _add(self, ward: Ward, heirs: tuple[Commune, ...]) -> None:
        if heirs:
            district = key(ward.district.bare) if ward.district is not None else ""
            self._names.setdefault(key(ward.bare), []).append(_Name(ward.kind, heirs, district))

    def read(self, text: str, *, asked: bool) -> list[Commune]:
        """The communes that `text` may mean; one where it is plain which, none where it names none.

        Args:
            text: as typed.
            asked: whether the citizen was asked for a commune, so that a slip in a bare name is
                forgiven too.
        """
        words = [key(word) for word in _WORD.findall(fold(text))]
        mentions = list(self._mentions(words))
        if not mentions:
            return self._similar(words, asked)
        districts = {" ".join(words[one.begin : one.end]) for one in mentions} & self._districts
        best = max(mentions, key=lambda one: (one.kind in WARD_KINDS.values(), -one.begin))
        if len(mentions) > 1 and " ".join(words[best.begin : best.end]) in districts:
            others = [
                one for one in mentions if " ".join(words[one.begin : one.end]) not in districts
            ]
            best = others[0] if others else best
        return self._choose(best, districts)

    def _mentions(self, words: list[str]) -> Iterator[_Mention]:
        place = 0
        while place < len(words):
            for length in range(min(_LONGEST, len(words) - place), 0, -1):
                name = " ".join(words[place : place + length])
                kind = _kind_before(words, place)
                bare_allowed = length > 1 and name not in self._provinces
                if name in self._names and (kind or bare_allowed):
                    yield _Mention(place, place + length, kind, tuple(self._names[name]))
                    place += length
                    break
            else:
                place += 1

    @staticmethod
    def _choose(mention: _Mention, districts: set[str]) -> list[Commune]:
        names = mention.names
        if mention.kind:
            names = tuple(one for one in names if one.kind == mention.kind) or names
        within = tuple(one for one in names if one.district in districts)
        if within and any(one.kind in WARD_KINDS.values() for one in within):
            names = within
        # A commune of today, asked for by its kind, is itself, whatever else had the name before.
        if mention.kind:
            names = tuple(one for one in names if not one.district) or names
        return list({heir.ward.code: heir for one in names for heir in one.heirs}.values())

    def _similar(self, words: list[str], asked: bool) -> list[Commune]:
        """The communes whose names are nearly typed: after "xã", or alone where they were asked for."""
        tails = [
            (" ".join(words[place : place + length]), _kind_before(words, place))
            for place in range(len(words))
            for length in (2, 3)
            if place + length <= len(words) and (asked or _kind_before(words, place))
        ]
        scored = [
            (fuzz.ratio(typed, name), name, kind) for typed, kind in tails for name in self._names
        ]
        good = [one for one in scored if one[0] >= _SIMILAR]
        if not good:
            return []
        top = max(score for score, _, _ in good)
        found: dict[str, Commune] = {}
        for score, name, kind in good:
            if score == top:
                mention = _Mention(0, 0, kind, tuple(self._names[name]))
                found.update({one.ward.code: one for one in self._choose(mention, set())})
        return list(found.values())


def _kind_before(words: list[str], place: int) -> str:
    for count in (2, 1):
        typed = " ".join(words[max(0, place - count) : place])
        if place >= count and typed in _KINDS:
            return _KINDS[typed]
    return ""


@cache
def places(provinces: tuple[str, ...]) -> Places:
    """The reader of an area, made once."""
    return Places(frozenset(provinces))
