"""The storage that the settings name."""

from __future__ import annotations

from collections.abc import Callable

from common.settings import Settings
from onestop.storage.base import Storage
from onestop.storage.contrib.directory import DirectoryStorage
from onestop.storage.contrib.s3 import S3Storage
from onestop.storage.encrypted import EncryptedStorage

STORAGES: dict[str, Callable[[Settings], Storage]] = {
    "directory": DirectoryStorage.from_settings,
    "s3": S3Storage.from_settings,
}


def create(config: Settings) -> Storage:
    """Make it, with all contents encrypted; `MOTCUA_STORAGE` is checked with the settings."""
    return EncryptedStorage(STORAGES[config.storage](config), config.cipher())
