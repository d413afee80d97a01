"""Which choice a citizen means on a platform: by the reference that a press sends, its number or its words."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.channels.limits import Limits
from gateway.models import Direction, Message
from gateway.rendering import numbered, plain_title
from gateway.words import folded

REFERENCE = re.compile(r"#(\d{1,18})\.(\d{1,3})")
NUMBER = re.compile(r"(?:(?:so|muc|chon|lua chon)\s+){0,2}(\d{1,2})\s*[.)]?")
LOOK_BACK = 8
"""How many messages back the last turn's replies are looked for: notices may stand after them."""


class NoSuchChoiceError(Exception):
    """A reference to a message that is not this citizen's, or is gone."""


def chosen(session: Session, sender: str, text: str, limits: Limits) -> dict[str, Any] | None:
    """The choice that a text stands for: {"title", "payload"}; `None` if it is just words.

    Args:
        session: an open transaction.
        sender: the citizen.
        text: what came, a press's reference or typed words.
        limits: of the platform that shows the choices.

    Raises:
        NoSuchChoiceError: if the text is a reference that this citizen was never shown.
    """
    pressed = REFERENCE.fullmatch(text.strip())
    if pressed:
        row = session.get(Message, int(pressed[1]))
        place = int(pressed[2])
        buttons = _buttons(row) if row is not None and row.sender == sender else []
        if not 1 <= place <= len(buttons):
            raise NoSuchChoiceError
        return buttons[place - 1]
    row = _offer(session, sender)
    if row is None:
        return None
    said = folded(text)
    number = NUMBER.fullmatch(said)
    # Only numbers that were shown: elsewhere a number is an answer of its own ("2 bản").
    if number and numbered(row.body, limits) and 1 <= int(number[1]) <= len(_buttons(row)):
        return _buttons(row)[int(number[1]) - 1]
    named = [one for one in _buttons(row) if folded(plain_title(one["title"])) == said]
    return named[0] if len(named) == 1 else None


def _offer(session: Session, sender: str) -> Message | None:
    """The message whose choices stand before the citizen: of the last turn, or of a notice after it."""
    latest = session.scalars(
        select(Message)
        .where(Message.sender == sender, Message.direction == Direction.OUTGOING)
        .order_by(Message.id.desc())
        .limit(LOOK_BACK)
    )
    turn: int | None = None
    for row in latest:
        if row.reply_to is not None:
            turn = row.reply_to if turn is None else turn
            if row.reply_to != turn:
                return None
        if _buttons(row):
            return row
    return None


def _buttons(row: Message | None) -> list[dict[str, Any]]:
    return list(row.body.get("buttons") or ()) if row is not None else []
