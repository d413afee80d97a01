"""The communes of today that a tenant's area has, and what became of the communes before July 2025."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt

from onestop.eforms.divisions import DIRECTORY, Ward, index

EARTH_KM = 6371.0


@dataclass(frozen=True)
class Commune:
    """A commune of today, its centre (degrees) and the codes of the communes that it was made of."""

    ward: Ward
    centre: tuple[float, float] | None
    whole: frozenset[str]
    part: frozenset[str]

    @property
    def made_of(self) -> frozenset[str]:
        """Codes of all communes that went into it, whole or in part."""
        return self.whole | self.part


@cache
def today() -> dict[str, Commune]:
    """All communes of today by code (data/divisions/since-2025.tsv)."""
    wards = {
        ward.code: ward
        for named in index().wards.values()
        for ward in named
        if ward.division == "2025"
    }
    found: dict[str, Commune] = {}
    for line in (DIRECTORY / "since-2025.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, latitude, longitude, before = line.split("\t")
        if code not in wards:
            continue
        centre = (float(latitude), float(longitude)) if latitude else None
        codes = before.split()
        found[code] = Commune(
            wards[code],
            centre,
            frozenset(one for one in codes if not one.startswith("~")),
            frozenset(one[1:] for one in codes if one.startswith("~")),
        )
    return found


@cache
def before() -> tuple[Ward, ...]:
    """All communes as they stood before 1 July 2025."""
    return tuple(
        ward for named in index().wards.values() for ward in named if ward.division == "before_2025"
    )


@cache
def area(provinces: frozenset[str]) -> tuple[Commune, ...]:
    """The communes of today that were made of communes of these provinces, by their names.

    Args:
        provinces: codes of provinces, of before July 2025 or of today.
    """
    old = {ward.code for ward in before() if ward.province.code in provinces}
    chosen = [
        one
        for one in today().values()
        if one.made_of & old or (not one.made_of and one.ward.province.code in provinces)
    ]
    return tuple(sorted(chosen, key=lambda one: one.ward.bare))


def became(ward: Ward, within: tuple[Commune, ...]) -> list[Commune]:
    """What a commune of before 2025 became: one, several if it was divided, none if that is not known.

    A commune that was merged away before 2025 has no line of its own: then it is any of those that its
    district became.
    """
    heirs = [one for one in within if ward.code in one.made_of]
    if heirs or ward.district is None:
        return heirs
    siblings = {
        one.code for one in before() if one.district is not None and one.district == ward.district
    }
    return [one for one in within if one.made_of & siblings]


def distance(one: Commune, other: Commune) -> float | None:
    """Kilometres between the centres in a straight line; `None` where a centre is unknown."""
    if one.centre is None or other.centre is None:
        return None
    (north, east), (north2, east2) = (
        tuple(map(radians, centre)) for centre in (one.centre, other.centre)
    )
    half = sin((north2 - north) / 2) ** 2 + cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def nearest(one: Commune, within: tuple[Commune, ...], count: int) -> list[tuple[Commune, float]]:
    """The nearest other communes with their distances in kilometres, nearest first."""
    measured = [(other, distance(one, other)) for other in within if other != one]
    known = [(other, far) for other, far in measured if far is not None]
    return sorted(known, key=lambda pair: pair[1])[:count]
