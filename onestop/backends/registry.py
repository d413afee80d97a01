"""The back end that the settings name."""

from __future__ import annotations

from collections.abc import Callable

from common.settings import Settings
from onestop.backends.base import Backend
from onestop.backends.contrib.embedded import EmbeddedBackend
from onestop.backends.contrib.http import HttpBackend

BACKENDS: dict[str, Callable[[Settings], Backend]] = {
    "embedded": lambda _config: EmbeddedBackend(),
    "http": HttpBackend.from_settings,
}


def create(config: Settings) -> Backend:
    """Make it; `MOTCUA_BACKEND` is checked with the settings."""
    return BACKENDS[config.backend](config)
