"""The outbox: what was answered or told, for a page that asks for it and for the sender to the platforms."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from common.database import insert_if_absent, now
from gateway.channels.limits import limits_of
from gateway.models import Direction, Message, State


@dataclass(frozen=True)
class Outcome:
    """How far one message is."""

    state: State
    attempts: int
    replies: list[Message]

    @property
    def settled(self) -> bool:
        """Nothing more comes soon: it was answered, given up, or put back for a later try."""
        return self.state in (State.ANSWERED, State.FAILED) or (
            self.state is State.WAITING and self.attempts > 0
        )


def put(
    session: Session,
    sender: str,
    channel: str,
    bodies: list[dict[str, Any]],
    reply_to: int | None = None,
) -> list[Message]:
    """Keep what is to be said to a citizen; on a platform it is then sent (`gateway.sending`).

    Args:
        session: an open transaction.
        sender: the citizen.
        channel: the channel's name.
        bodies: the messages, in order; see `gateway.models.Message`.
        reply_to: the number of the message that they answer, if they answer one.
    """
    common = _values(sender, channel)
    rows = [Message(**common, body=body, reply_to=reply_to) for body in bodies]
    session.add_all(rows)
    session.flush()
    return rows


def put_once(
    session: Session, sender: str, channel: str, key: str, body: dict[str, Any]
) -> Message:
    """Keep what is to be told to a citizen who has asked nothing, once for a key; else like `put`.

    Args:
        key: which it is; with a colon, so that no client's id of a message can be the same.

    Returns:
        The message, as it was kept first.
    """
    insert_if_absent(session, Message, **_values(sender, channel), key=key, body=body)
    found = select(Message).where(Message.sender == sender, Message.key == key)
    return session.scalars(found).one()


def _values(sender: str, channel: str) -> dict[str, Any]:
    sending = State.UNSENT if limits_of(channel) else None
    return {
        "sender": sender,
        "channel": channel,
        "direction": Direction.OUTGOING,
        "state": sending,
        "due_at": now() if sending else None,
    }


def resume(session: Session, sender: str) -> None:
    """Let what was held for a citizen's next visit be sent."""
    session.execute(
        update(Message)
        .where(Message.sender == sender, Message.state == State.HELD)
        .values(state=State.UNSENT, due_at=now(), attempts=0, reason=None)
    )


def before(session: Session, row: Message) -> list[tuple[int, dict[str, Any]]]:
    """Number and body of the replies of the same turn that come before this one."""
    if row.reply_to is None:
        return []
    earlier = select(Message).where(Message.reply_to == row.reply_to, Message.id < row.id)
    return [(one.id, one.body) for one in session.scalars(earlier.order_by(Message.id))]


def outcome(session: Session, number: int) -> Outcome:
    """How far message `number` is, with the replies so far."""
    row = session.get_one(Message, number)
    replies = session.scalars(
        select(Message).where(Message.reply_to == number).order_by(Message.id)
    ).all()
    return Outcome(State(row.state or ""), row.attempts, list(replies))


def settled(session: Session, numbers: Collection[int]) -> list[int]:
    """Those of some messages for which nothing more comes soon, in order; also those that are gone."""
    rows = session.execute(
        select(Message.id, Message.state, Message.attempts).where(Message.id.in_(numbers))
    )
    going_on = {
        number
        for number, state, attempts in rows
        if not Outcome(State(state or ""), attempts, []).settled
    }
    return sorted(set(numbers) - going_on)


def history(session: Session, sender: str, after: int, limit: int) -> tuple[list[Message], bool]:
    """What was said in a conversation, both ways.

    Args:
        session: an open transaction.
        sender: whose conversation.
        after: only messages with a higher number.
        limit: only so many of them, the last ones.

    Returns:
        The messages in order, and whether an answer is still to come.
    """
    # Asked first: when nothing is to come any more, what came is certainly among the rows.
    unanswered = select(Message.id).where(
        Message.sender == sender, Message.state.in_((State.WAITING, State.PROCESSING))
    )
    busy = session.scalars(unanswered.limit(1)).first() is not None
    latest = (
        select(Message)
        .where(Message.sender == sender, Message.id > after)
        .order_by(Message.id.desc())
        .limit(limit)
    )
    return list(reversed(session.scalars(latest).all())), busy


def present(row: Message) -> dict[str, Any]:
    """A message as clients see it: {"id", "from", "at", …its body}, without a button's payload.

    What staff wrote is from "staff" and names its "author".
    """
    if row.direction == Direction.OUTGOING:
        said = {part: one for part, one in row.body.items() if part != "notice"}
        who = "staff" if "author" in said else "assistant"
        return {"id": row.id, "from": who, "at": row.created_at.isoformat(), **said}
    return {
        "id": row.id,
        "from": "citizen",
        "at": row.created_at.isoformat(),
        "message_id": row.key,
        "text": row.body["text"],
        "attachments": [
            {name: file[name] for name in ("name", "content_type", "size")}
            for file in row.body["attachments"]
        ],
    }
