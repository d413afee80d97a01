"""Whose matters a member of staff may see, as one of our processes tells it another: in a header."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Collection

from pydantic import TypeAdapter

AGENCIES_HEADER = "X-Staff-Agencies"


def agencies_header(agencies: Collection[str] | None) -> dict[str, str]:
    """The header that says whose matters a member of staff may see; without it all are (`None`).

    Packed: names are long and Vietnamese, and a header of 8 KB is refused.
    """
    if agencies is None:
        return {}
    packed = zlib.compress(json.dumps(sorted(agencies), ensure_ascii=False).encode())
    return {AGENCIES_HEADER: base64.urlsafe_b64encode(packed).decode()}


def agencies_of(header: str | None) -> frozenset[str] | None:
    """What `agencies_header` said.

    Raises:
        ValueError: if it is no such header.
    """
    if header is None:
        return None
    try:
        told = zlib.decompress(base64.urlsafe_b64decode(header))
    except zlib.error as error:
        raise ValueError("not packed") from error
    return TypeAdapter(frozenset[str]).validate_json(told)
