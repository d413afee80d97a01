"""Texts with structure: Jinja templates in `actions/templates/`, and how figures are written in Vietnamese."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from common.wording import hour, shorten, weekday
from onestop.catalogue.content import NAME_LENGTH

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


class Button(TypedDict):
    """A choice under a message; `payload` is what pressing it sends."""

    title: str
    payload: str


def button(title: str, intent: str, **entities: str) -> Button:
    """A button that says an intent with entities."""
    said = json.dumps(entities, ensure_ascii=False) if entities else ""
    return {"title": title, "payload": f"/{intent}{said}"}


def money(amount: int) -> str:
    """`15000` → `15.000 đồng`."""
    return f"{amount:,}".replace(",", ".") + " đồng"


def number(amount: float) -> str:
    """`3.0` → `3`, `1.5` → `1,5`."""
    return f"{amount:g}".replace(".", ",")


def lower_first(text: str) -> str:
    """`Ngày sinh` → `ngày sinh`, for a label within a sentence."""
    return text[:1].lower() + text[1:]


def day(moment: datetime) -> str:
    """A day as people write it, in Vietnam."""
    return f"{moment.astimezone(VIETNAM):%d/%m/%Y}"


def clock(moment: datetime) -> str:
    """A moment as people write it, in Vietnam."""
    return f"{moment.astimezone(VIETNAM):%H:%M} ngày {day(moment)}"


_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=StrictUndefined,
    autoescape=False,  # plain text; each channel escapes for itself  # noqa: S701
)
_environment.filters.update(
    money=money,
    number=number,
    lower_first=lower_first,
    day=day,
    clock=clock,
    shorten=shorten,
    short=partial(shorten, limit=NAME_LENGTH),
    hour=hour,
    weekday=weekday,
)


def render(template: str, **variables: Any) -> str:
    """The template's text without blank edges, and with one blank line at most between parts."""
    text = _environment.get_template(f"{template}.j2").render(**variables)
    return re.sub(r"\n\s*\n+", "\n\n", text).strip()
