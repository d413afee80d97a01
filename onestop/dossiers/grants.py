"""Grants: tokens that open one dossier to one asker for a day, once it was shown to be theirs.

Who sent a dossier, or knows its code and second factor, gets one; the buttons under an answer carry it.
"""

from __future__ import annotations

import json
from datetime import timedelta

from cryptography.fernet import InvalidToken, MultiFernet

GRANT_LIFE = timedelta(days=1)


def give(cipher: MultiFernet, asker: str, code: str) -> str:
    """A token that opens the dossier `code` to `asker` for `GRANT_LIFE`."""
    return cipher.encrypt(json.dumps([asker, code]).encode()).decode()


def opened(cipher: MultiFernet, asker: str, token: str) -> str | None:
    """The dossier code that the token opens to `asker`, or `None`."""
    try:
        to, code = json.loads(cipher.decrypt(token, ttl=int(GRANT_LIFE.total_seconds())))
    except (InvalidToken, ValueError):
        return None
    return str(code) if to == asker else None
