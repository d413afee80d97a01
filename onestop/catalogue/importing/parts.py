"""The small parts of a record: its code, tier, ways' kinds and applicants."""

from __future__ import annotations

import re

from onestop.catalogue.content import Tier, WayKind
from onestop.catalogue.importing.text import one_line

CODE = re.compile(r"\d\.\d{6,9}(-Xoa)?")

# The portal's channels KENH 1–3 under all names that the records use.
WAY_KINDS = {
    "direct": WayKind.IN_PERSON,
    "trực tiếp": WayKind.IN_PERSON,
    "online": WayKind.ONLINE,
    "trực tuyến": WayKind.ONLINE,
    "postal": WayKind.POST,
    "dịch vụ bưu chính": WayKind.POST,
}
# From the citizen's door outwards: of several tiers the nearest is where the dossier is handed in.
_TIERS = (("xã", Tier.COMMUNE), ("tỉnh", Tier.PROVINCE), ("bộ", Tier.MINISTRY))
# The one name in the portal's closed list of applicants that has commas outside brackets.
_CIVIL_SERVANTS = "Cán bộ, công chức, viên chức"
_COMMAS = re.compile(r",\s*(?![^(]*\))")


def parse_tier(text: str) -> Tier | None:
    """The tier nearest the citizen in "Cấp Bộ, Cấp Tỉnh, Cấp Xã"; None where none is named."""
    named = one_line(text).lower()
    return next((tier for word, tier in _TIERS if f"cấp {word}" in named), None)


def parse_applicants(text: str) -> list[str]:
    """The applicants of a comma-separated list of the portal's names for them."""
    joined = one_line(text).replace(_CIVIL_SERVANTS, _CIVIL_SERVANTS.replace(",", "\0"))
    names = (name.replace("\0", ",").strip() for name in _COMMAS.split(joined))
    return list(dict.fromkeys(name for name in names if name))


def parse_keywords(text: str) -> list[str]:
    """Keywords between semicolons or on lines of their own."""
    names = (one_line(part) for part in re.split(r"[;\n]", text))
    return list(dict.fromkeys(name for name in names if name))
