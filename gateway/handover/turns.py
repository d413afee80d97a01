"""Where the pause begins and what it does to a citizen's message: each in the transaction that ends the turn.

A reply of the assistant whose card says {"type": "handover", "open": …, "opens_at": …, "agency": …,
"summary": …, "buttons": …} asks for a person. `open` and `opens_at` tell whether staff are there and when
they will be; the agency is whose matter it is; the summary is kept for staff as it is; the buttons are
offered when the assistant is back.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from common import yaml_files
from common.database import now
from common.wording import hour, weekday
from gateway import inbox
from gateway.handover import service
from gateway.handover.models import End, Handover, Stage
from gateway.inbox import Turn
from gateway.models import Message
from gateway.texts import say
from gateway.words import folded

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@lru_cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    text = Path(__file__).with_name("words.yml").read_text(encoding="utf-8")
    return tuple(re.compile(one) for one in yaml_files.load(text)["assistant"])


def wants_assistant(text: str) -> bool:
    """Whether a message asks for the assistant again, and nothing else."""
    said = folded(text)
    return any(one.search(said) for one in _patterns())


def hear(
    session: Session, turn: Turn, body: dict[str, Any], own: list[dict[str, Any]]
) -> list[Message] | None:
    """Keep a message for staff where they have the conversation; the assistant must not see it then.

    Args:
        session: an open transaction.
        turn: the message, claimed.
        body: the message with its files.
        own: what the gateway itself has to say of it, such as of a file that was refused.

    Returns:
        What the citizen is told, usually nothing; `None` if the message is the assistant's.

    Raises:
        ClaimLostError: if another worker took the message over meanwhile.
    """
    row = service.silent(session, turn.sender)
    pressed = body["payload"] == service.MEET_ASSISTANT
    if pressed or (row is not None and wants_assistant(body["text"])):
        if row is None:
            return inbox.answer(session, turn, [*own, {"text": say("handover_back")}])
        service.end(row, End.CITIZEN)
        return inbox.answer(session, turn, [*own, service.back_body(row, "handover_back")])
    if row is None:
        return None
    service.heard(row)
    return inbox.answer(session, turn, own)


def close(
    session: Session, turn: Turn, own: list[dict[str, Any]], replies: list[dict[str, Any]]
) -> list[Message]:
    """Close a turn with the assistant's replies; where they ask for a person, the pause begins with it.

    Args:
        session: an open transaction.
        turn: the message, claimed.
        own: what the gateway itself has to say of it.
        replies: of the assistant, in order.

    Returns:
        What the citizen is told; of the assistant nothing, if staff took the conversation meanwhile.

    Raises:
        ClaimLostError: if another worker took the message over meanwhile.
    """
    taken = service.silent(session, turn.sender)
    if taken is not None:
        service.heard(taken)
        return inbox.answer(session, turn, own)
    for place, reply in enumerate(replies):
        request = reply.get("custom") or {}
        if request.get("type") == "handover":
            row, said = _ask(session, turn, request)
            # What the assistant would have asked next it must not say any more.
            rest = [] if row.stage == Stage.WAITING else replies[place + 1 :]
            return inbox.answer(session, turn, [*own, *replies[:place], said, *rest])
    return inbox.answer(session, turn, [*own, *replies])


def _ask(session: Session, turn: Turn, request: dict[str, Any]) -> tuple[Handover, dict[str, Any]]:
    agency = service.agency_of(request)
    open_now = bool(request.get("open")) or service.somebody_there(session, now(), agency)
    row = service.ask(session, turn.sender, turn.channel, request, open_now=open_now)
    if row.stage == Stage.TICKET:
        when = opening(request.get("opens_at"), now())
        return row, {"text": say("handover_ticket", number=row.id, when=when)}
    text = say("handover_waiting", position=service.position(session, row))
    return row, {"text": text, **service.back_button()}


def opening(opens_at: str | None, moment: datetime) -> str:
    """When staff will be there, in words: "13 giờ 30 hôm nay", "7 giờ 30 thứ Hai 30/11/2026".

    Args:
        opens_at: the moment (ISO 8601, aware); `None` where it is not known.
        moment: now.
    """
    if opens_at is None:
        return say("in_office_hours")
    opens, local = (one.astimezone(VIETNAM) for one in (datetime.fromisoformat(opens_at), moment))
    named = weekday(opens.date())
    day = say("today") if opens.date() == local.date() else named[0].lower() + named[1:]
    return f"{hour(opens.time())} {day}"
