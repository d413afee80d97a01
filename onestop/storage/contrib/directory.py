"""Contents as files of one directory, each named by its key."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from common.settings import Settings
from onestop.storage.base import NotStored, StorageUnavailable, check_key

# A content on its way to the disk; what a killed process left of one goes with the old keys.
_PART = ".part-"


class DirectoryStorage:
    """Keeps each content in a file of `directory`, which is made when it is needed."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    @classmethod
    def from_settings(cls, config: Settings) -> DirectoryStorage:
        """The directory that the settings name."""
        return cls(config.upload_directory)

    def put(self, key: str, content: bytes) -> None:
        """Write beside its place, to the disk, and put it there in one step."""
        place = self._directory / check_key(key)
        part = self._directory / f"{_PART}{secrets.token_hex(8)}"
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            try:
                with part.open("xb") as out:
                    out.write(content)
                    out.flush()
                    os.fsync(out.fileno())
                part.replace(place)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailable(f"put: {type(error).__name__}") from error

    def get(self, key: str) -> bytes:
        """Read the file."""
        try:
            return (self._directory / check_key(key)).read_bytes()
        except FileNotFoundError as error:
            raise NotStored("get") from error
        except OSError as error:
            raise StorageUnavailable(f"get: {type(error).__name__}") from error

    def delete(self, key: str) -> None:
        """Remove the file."""
        try:
            (self._directory / check_key(key)).unlink(missing_ok=True)
        except OSError as error:
            raise StorageUnavailable(f"delete: {type(error).__name__}") from error

    def keys(self, before: datetime) -> Iterator[str]:
        """The files by their time; what was never finished is removed on the way."""
        try:
            with os.scandir(self._directory) as found:
                old = [one for one in found if one.stat().st_mtime < before.timestamp()]
            for one in old:
                if one.name.startswith(_PART):
                    Path(one.path).unlink(missing_ok=True)
                else:
                    yield one.name
        except FileNotFoundError:
            return
        except OSError as error:
            raise StorageUnavailable(f"keys: {type(error).__name__}") from error
