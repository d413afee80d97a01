"""Which choice a citizen means on a platform: by the reference that a press sends, its number or its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.channels.limits import Limits
from gateway.models import Direction, Message
from gateway.rendering import numbered, plain_title
from gateway.words import folded

REFERENCE = re.compile(r"#(\d{1,18})\.(\d{1,3})")
NUMBER = re.compile(r"(?:(?:so|muc|chon|lua chon)\s+){0,2}(\d{1,2})\s*[.)]?")
LISTED = re.compile(r"^1\. ", re.MULTILINE)
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
    shown = _last_turn(session, sender)
    said = folded(text)
    number = NUMBER.fullmatch(said)
    if number:
        return _numbered(shown, int(number[1]), limits)
    named = [
        one for row in shown for one in _buttons(row) if folded(plain_title(one["title"])) == said
    ]
    return named[0] if len({one["payload"] for one in named}) == 1 else None


def _numbered(shown: Sequence[Message], number: int, limits: Limits) -> dict[str, Any] | None:
    """The choice of a number. Only where numbers were shown for choices: elsewhere a number is an answer
    of its own ("2 bản"), and a list in a text is for who wrote it to understand.
    """
    for row in shown:
        buttons = _buttons(row)
        if buttons and numbered(row.body, limits):
            return buttons[number - 1] if 1 <= number <= len(buttons) else None
        if LISTED.search(row.body.get("text") or ""):
            return None
    return None


def _last_turn(session: Session, sender: str) -> list[Message]:
    """What stands before the citizen, the newest first: the replies of the last turn, notices after it.

    What staff said last asks for an answer of its own: nothing before it is chosen from any more.
    """
    latest = session.scalars(
        select(Message)
        .where(Message.sender == sender, Message.direction == Direction.OUTGOING)
        .order_by(Message.id.desc())
        .limit(LOOK_BACK)
    )
    turn: int | None = None
    shown = []
    for row in latest:
        if row.reply_to is not None:
            turn = row.reply_to if turn is None else turn
            if row.reply_to != turn:
                break
        shown.append(row)
        if "author" in row.body:
            break
    return shown


def _buttons(row: Message | None) -> list[dict[str, Any]]:
    return list(row.body.get("buttons") or ()) if row is not None else []
