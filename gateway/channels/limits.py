"""What each platform allows, as data: `limits.yml` in the folder of its channel.

A platform's change is one edit there. A channel without that file, the page's, has no limits and fetches
what it is to show; the others are sent to.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from common import yaml_files
from gateway.channels.errors import Remedy

FOLDER = Path(__file__).parent


class Limits(BaseModel):
    """The limits of one platform; lengths are in characters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: int = Field(gt=20, description="of one message")
    text_with_links: int = Field(gt=20, description="of a message with link buttons")
    choices: int = Field(gt=0, description="most choices under one message")
    choices_vanish: bool = Field(False, description="as soon as another message is shown")
    choice_title: int = Field(gt=5)
    links: int = Field(gt=0, description="most link buttons under one message")
    link_title: int = Field(gt=5)
    together: int = Field(gt=0, description="most choices and links under one message")
    per_second: float = Field(gt=0, description="most messages that one of our workers sends")
    reply_hours: float = Field(gt=0, description="how long after the citizen's word we may write")
    person_hours: float | None = Field(
        None, gt=0, description="how long after it a person may write, where that is permitted"
    )
    stale_hours: float = Field(gt=0, description="an event older than this is not taken")
    settle_seconds: float = Field(
        ge=0, description="how long an event waits for others that were sent before it"
    )
    files: bool = Field(
        False, description="whether a file is shown that lies at an address of ours"
    )
    file_bytes: int = Field(0, ge=0, description="of a file that is uploaded to the platform")
    file_types: tuple[str, ...] = Field((), description="MIME types of such files")
    contact: bool = Field(False, description="whether the citizen can be asked to share a number")
    file_hosts: tuple[str, ...] = Field(description="patterns of addresses that files come from")
    errors: dict[int | str, Remedy] = Field(description="what to do, by the platform's error code")


@lru_cache
def limits_of(channel: str) -> Limits | None:
    """The limits of a platform by its channel's name; `None`: the channel is no platform.

    Raises:
        pydantic.ValidationError: if the file does not fit.
    """
    file = FOLDER / channel / "limits.yml"
    if not file.exists():
        return None
    return Limits.model_validate(yaml_files.read(file))
