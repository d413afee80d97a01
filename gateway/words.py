"""What citizens type, names and presses, cleaned before it is kept."""

from __future__ import annotations

import re
import unicodedata

MAX_PAYLOAD = 1_000
PAYLOAD = re.compile(r"/[a-z_]+(\{.*\})?", re.DOTALL)
# Rasa's own commands, and the gateway's word for a file: no button carries them.
UPLOAD = "/upload"
RESERVED = frozenset({UPLOAD, "/restart", "/back", "/session_start"})


def clean(text: str) -> str:
    """NFC, without control characters (line breaks stay) and outer spaces."""
    kept = (one for one in unicodedata.normalize("NFC", text) if one == "\n" or one.isprintable())
    return "".join(kept).strip()


def typed(text: str) -> str:
    """Typed words: cleaned, and without a leading "/", for only a button's payload is a command."""
    return clean(text).lstrip("/ ")


def is_payload(payload: str) -> bool:
    """Whether this is what a button may carry."""
    command = payload.partition("{")[0]
    return (
        len(payload) <= MAX_PAYLOAD
        and command not in RESERVED
        and PAYLOAD.fullmatch(payload) is not None
    )


def file_name(given: str) -> str:
    """A file's name without folders and control characters, at most 200 characters of its end."""
    return clean(re.split(r"[/\\]", given)[-1].replace("\n", " "))[-200:] or "file"


def folded(text: str) -> str:
    """Small letters without accents and with single spaces, to compare what people type."""
    marked = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(one for one in marked if not unicodedata.combining(one)).split())
