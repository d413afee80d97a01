"""What notices say, and when: `data/texts/notices.yml`."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from pydantic import BaseModel, ConfigDict, model_validator

from common import yaml_files
from common.settings import ROOT
from common.wording import shorten
from onestop.catalogue.content import NAME_LENGTH
from onestop.schemas import Choice

FILE = ROOT / "data" / "texts" / "notices.yml"


class NoticeText(BaseModel):
    """One kind of notice as the file has it; all strings are Jinja templates.

    Args:
        text: what is said.
        buttons: choices under it; one whose title comes out empty is left out.
        card: a card that repeats the text, as the page shows it.
        must: why it is told even to who wants no notices; empty: it is not.
        hold: whether it waits for the end of the quiet hours.
    """

    model_config = ConfigDict(extra="forbid")

    text: str
    buttons: list[Choice] = []
    card: dict[str, str] | None = None
    must: str = ""
    hold: bool = True

    @model_validator(mode="before")
    @classmethod
    def _text_alone(cls, value: object) -> object:
        return {"text": value} if isinstance(value, str) else value


class Said(BaseModel):
    """A notice as it is said."""

    text: str
    buttons: list[Choice] = []
    card: dict[str, str] | None = None


# Plain text: each channel escapes for itself.
_environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)  # noqa: S701
_environment.filters["short"] = partial(shorten, limit=NAME_LENGTH)


@cache
def kinds() -> dict[str, NoticeText]:
    """The kinds of notices by name."""
    loaded = yaml_files.read(FILE)
    return {str(name): NoticeText.model_validate(one) for name, one in loaded.items()}


@cache
def _template(source: str) -> Template:
    return _environment.from_string(source)


def say(name: str, variables: dict[str, Any]) -> Said:
    """The notice `name` with its variables filled in.

    Raises:
        KeyError: if there is no such kind.
        jinja2.UndefinedError: if a variable is missing.
    """
    kind = kinds()[name]

    def fill(source: str) -> str:
        return _template(source).render(**variables).strip()

    buttons = [Choice(title=fill(one.title), payload=fill(one.payload)) for one in kind.buttons]
    return Said(
        text=fill(kind.text),
        buttons=[one for one in buttons if one.title],
        card={part: fill(one) for part, one in kind.card.items()} if kind.card else None,
    )
