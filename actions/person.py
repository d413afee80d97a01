"""A person when needed: the gateway takes the conversation over at the card that is shown here."""

from __future__ import annotations

from typing import Any

from actions.onestop_client import OnestopRefusal, OnestopUnavailable
from actions.texts import button
from actions.turn import Events, TopicAction, Turn
from onestop.schemas import DraftView, HelpHours

LAST_WORDS = 3


async def hand_over(turn: Turn) -> Events:
    """Ask the gateway for a person, with a summary for staff; where there is none, tell the hotline."""
    try:
        hours = await turn.service.help_hours()
        draft = await turn.draft()
        procedure, agency = await _matter(turn, draft)
    except OnestopUnavailable:  # who cannot be helped here needs a person most
        hours, draft, procedure, agency = HelpHours(offered=False), None, "", ""
    if not hours.offered:
        week = hours.week or [(one.days, one.hours) for one in turn.tenant.opening_hours]
        turn.show("person", filling=bool(turn.slot("draft")), week=week)
        return []
    resume = [button("Tiếp tục hồ sơ", "resume_dossier", draft=draft.id)] if draft else []
    card = {
        "type": "handover",
        "open": hours.open,
        "opens_at": hours.opens_at.isoformat() if hours.opens_at else None,
        "agency": agency,
        "summary": _summary(turn, draft, procedure),
        "buttons": resume,
    }
    turn.show("handing_over", card=card)
    return []


async def _matter(turn: Turn, draft: DraftView | None) -> tuple[str, str]:
    """What it is about and whose matter that is: the procedure's name, the agency's; "" where not known."""
    code = draft.procedure.code if draft is not None else turn.slot("procedure")
    name = draft.procedure.name if draft is not None else ""
    if not code:
        return "", ""
    try:
        found = await turn.service.procedure(str(code))
    except OnestopRefusal:
        return name, ""
    return name or found.short_name, found.agency


def _summary(turn: Turn, draft: DraftView | None, procedure: str) -> dict[str, Any]:
    """What staff should know at a glance: what it is about, where it stands, what was said last."""
    return {
        "reason": "stuck" if turn.offered_person else "asked",
        "procedure": procedure,
        "field": draft.field.label if draft and draft.field else "",
        "answered": draft.answered if draft else 0,
        "total": draft.total if draft else 0,
        "said": turn.last_words(LAST_WORDS),
    }


class Person(TopicAction):
    """Bring a person into the conversation."""

    action_name = "action_person"

    async def act(self, turn: Turn) -> Events:
        """Hand over."""
        return await hand_over(turn)


ACTIONS = (Person,)
