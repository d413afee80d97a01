"""What the gateway itself says to citizens, from `texts.yml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from common import yaml_files
from common.problems import Problem
from common.tenant import tenant


@lru_cache
def _texts() -> dict[str, str]:
    loaded: dict[str, str] = yaml_files.read(Path(__file__).with_name("texts.yml"))
    return loaded


def say(name: str, /, **values: object) -> str:
    """The text `name` with its values filled in; the hotline is always known."""
    return _texts()[name].format(hotline=tenant().hotline.display, **values)


def refusal(status: int, name: str, **values: object) -> Problem:
    """A problem whose detail is the text for the citizen; `retry_after` (seconds) goes to the program."""
    later = {"retry_after": values.pop("retry_after")} if "retry_after" in values else {}
    return Problem(status, name, say(name, **values), **later)
