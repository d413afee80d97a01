"""What a storage is.

StorageError
 ├─ NotStored            there is nothing under that key
 └─ StorageUnavailable   not reached, too late, no room or a failure on its side; nothing is known
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

# What `opaque_key` gives: never a path, never a name that a citizen gave.
_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


class StorageError(Exception):
    """Any failure; the message is a reason without personal data."""


class NotStored(StorageError):
    """There is nothing under that key."""


class StorageUnavailable(StorageError):
    """The place does not answer or cannot keep anything now; try again later."""


class Storage(Protocol):
    """Keeps contents under opaque keys.

    Calls wait for the place: they belong in a thread, and outside a transaction.
    """

    def put(self, key: str, content: bytes) -> None:
        """Keep `content`, wholly or not at all; the same key again replaces it.

        Raises:
            StorageUnavailable: if it is not kept.
        """

    def get(self, key: str) -> bytes:
        """What was kept under `key`.

        Raises:
            NotStored: if there is nothing.
            StorageUnavailable: if the place does not answer.
        """

    def delete(self, key: str) -> None:
        """Forget what lies under `key`; nothing there is as good.

        Raises:
            StorageUnavailable: if that is not sure to be done.
        """

    def keys(self, before: datetime) -> Iterator[str]:
        """The keys of what was kept before a moment, in no order.

        Raises:
            StorageUnavailable: if the place does not answer.
        """


def check_key(key: str) -> str:
    """The key, if it is one.

    Raises:
        ValueError: if it could mean anything else than one content (a path, a prefix).
    """
    if not _KEY.fullmatch(key):
        raise ValueError("not a key of the storage")
    return key
