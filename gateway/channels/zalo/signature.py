"""The signature of Zalo's webhooks: `X-ZEvent-Signature: mac=<hex>`.

Plain SHA-256 of the app's id, the raw body, a timestamp and the account's secret key, one after the other
(developers.zalo.me, "Webhook"; not an HMAC). Sources disagree whether the timestamp is the body's field or
the header `X-ZEvent-Timestamp`: both are tried, unless the setting names one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Literal

SIGNATURE, TIMESTAMP = "X-ZEvent-Signature", "X-ZEvent-Timestamp"
Source = Literal["body", "header"]


def mac(app_id: str, raw: bytes, timestamp: str, secret: str) -> str:
    """The signature that Zalo gives a webhook, in hex."""
    return hashlib.sha256(app_id.encode() + raw + timestamp.encode() + secret.encode()).hexdigest()


def matching(
    raw: bytes,
    signature: str,
    header_timestamp: str,
    app_id: str,
    secret: str,
    sources: tuple[Source, ...] = ("body", "header"),
) -> Source | None:
    """Which timestamp the signature was made with; `None` if it fits none: forged.

    Args:
        raw: the body as it came.
        signature: the header's value, with or without `mac=`.
        header_timestamp: the other header's value, or "".
        app_id: our application's.
        secret: the account's secret key.
        sources: where to look for the timestamp.
    """
    given = signature.strip().removeprefix("mac=").lower().encode()
    found: Source | None = None
    for source, timestamp in _timestamps(raw, header_timestamp):
        # No way out before the end: how long it takes tells nothing.
        fits = hmac.compare_digest(mac(app_id, raw, timestamp, secret).encode(), given)
        if fits and source in sources and found is None:
            found = source
    return found


def _timestamps(raw: bytes, header: str) -> Iterator[tuple[Source, str]]:
    try:
        body = json.loads(raw)
        stated = body.get("timestamp") if isinstance(body, dict) else None
    except (ValueError, RecursionError):
        stated = None
    if isinstance(stated, str | int) and not isinstance(stated, bool):
        yield "body", str(stated)
    if header:
        yield "header", header
