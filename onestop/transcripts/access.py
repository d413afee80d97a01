"""The clear text of turns, shown only with a reason; each look is an entry of the audit, written with it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from onestop.staff import audit
from onestop.staff.scope import Scope
from onestop.transcripts import listing
from onestop.transcripts.models import Turn
from onestop.transcripts.schemas import ClearTurn, Look

MOST_TURNS = listing.PART


def look(
    session: Session, scope: Scope, actor: str, conversation: int, asked: Look
) -> list[ClearTurn]:
    """What was said in some turns of a conversation, as it was said.

    Args:
        session: a transaction that writes.
        scope: what the account may see.
        actor: the account's name.
        conversation: its number.
        asked: the reason, and from which turn to which; `MOST_TURNS` at most.

    Raises:
        LookupError: if there is no such conversation.
    """
    one = listing.get(session, scope, conversation)
    last = min(asked.last, asked.first + MOST_TURNS - 1)
    query = (
        select(Turn)
        .where(Turn.conversation_id == one.id, Turn.number.between(asked.first, last))
        .order_by(Turn.number)
    )
    found = [
        ClearTurn(number=turn.number, text=turn.clear["text"], reply=turn.clear["reply"])
        for turn in session.scalars(query)
    ]
    audit.record(
        session,
        actor,
        "conversation.unmasked",
        f"conversation:{one.id}",
        reason=asked.reason,
        first=asked.first,
        last=last,
    )
    return found
