"""Contents encrypted before they leave the process: papers of citizens lie nowhere in the clear."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cryptography.fernet import InvalidToken, MultiFernet

from onestop.storage.base import Storage, StorageUnavailable


class EncryptedStorage:
    """Another storage, which gets only what the settings' keys have encrypted."""

    def __init__(self, place: Storage, cipher: MultiFernet) -> None:
        self._place, self._cipher = place, cipher

    def put(self, key: str, content: bytes) -> None:
        """Encrypt, then keep."""
        self._place.put(key, self._cipher.encrypt(content))

    def get(self, key: str) -> bytes:
        """Fetch, then decrypt; what was changed in its place is as good as not to be had."""
        try:
            return self._cipher.decrypt(self._place.get(key))
        except InvalidToken as error:
            raise StorageUnavailable("get: not encrypted with our keys") from error

    def delete(self, key: str) -> None:
        """As the storage does."""
        self._place.delete(key)

    def keys(self, before: datetime) -> Iterator[str]:
        """As the storage does."""
        return self._place.keys(before)
