"""What a platform's webhook tells, in one shape for all platforms, and how it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from gateway import inbox, outbox, words
from gateway.channels.limits import Limits
from gateway.choices import NoSuchChoiceError, chosen
from gateway.texts import say

MAX_FILES = 10
"""Files of one message; an album may hold more."""


@dataclass(frozen=True)
class RemoteFile:
    """A file where the platform keeps it."""

    url: str
    name: str = ""


@dataclass(frozen=True)
class Event:
    """One thing that a citizen did.

    Attributes:
        user: the platform's id of the citizen, for this account only.
        key: the platform's id of the event, the same when it is told again.
        sent_at: by the platform's clock, in milliseconds since 1970.
        text: what was typed, or the reference of a pressed choice (`gateway.choices`).
        payload: of a button that is always there, such as a menu's.
        files: what was sent.
        reply: the name of the gateway's own text that answers it, where nobody else can.
    """

    user: str
    key: str
    sent_at: int
    text: str = ""
    payload: str = ""
    files: tuple[RemoteFile, ...] = ()
    reply: str = ""


@dataclass(frozen=True)
class Kept:
    """How many events were new, repeats, or beyond what a citizen may send."""

    new: int = 0
    repeated: int = 0
    dropped: int = 0


def take(
    session: Session,
    channel: str,
    limits: Limits,
    events: Sequence[Event],
    text_max: int,
    per_minute: int,
) -> Kept:
    """Keep events in the inbox, each once.

    Args:
        session: an open transaction.
        channel: the platform's channel.
        limits: the platform's.
        events: in any order.
        text_max: the most characters that a citizen's words may have.
        per_minute: how many messages a citizen may send; the first one beyond it is answered with
            that, more are dropped.
    """
    kept = Kept()
    for event in events:
        sender = f"{channel}:{event.user}"
        for part in _parts(event):
            body = _body(session, sender, limits, part, text_max)
            arrival = (part.sent_at, limits.settle_seconds)
            new = None
            for text, most in ((body, per_minute), (_answered("too_many"), per_minute + 1)):
                # What is beyond the limit is undone; the other events of the webhook stay.
                with suppress(inbox.TooManyMessagesError), session.begin_nested():
                    _, new = inbox.keep(session, sender, channel, part.key, text, most, *arrival)
                    break
            if new is None:
                kept = replace(kept, dropped=kept.dropped + 1)
                continue
            kept = replace(kept, new=kept.new + new, repeated=kept.repeated + (not new))
        outbox.resume(session, sender)
    return kept


def _parts(event: Event) -> list[Event]:
    """The event, or two where a file came with words: the file first, then the words."""
    if not (event.files and event.text):
        return [event]
    return [replace(event, text=""), replace(event, files=(), key=f"{event.key}#text")]


def _body(
    session: Session, sender: str, limits: Limits, event: Event, text_max: int
) -> dict[str, Any]:
    """The message as the inbox keeps it, see `gateway.models.Message`."""
    if event.reply:
        return _answered(event.reply)
    if event.files:
        if len(event.files) > MAX_FILES:
            return _answered("too_many_files", limit=MAX_FILES)
        downloads = [{"url": one.url, "name": one.name} for one in event.files]
        return {"text": "", "payload": words.UPLOAD, "attachments": [], "downloads": downloads}
    if event.payload:
        return _said(event.text, event.payload)
    text = words.clean(event.text)
    if len(text) > text_max:
        return _answered("too_long", limit=text_max)
    try:
        choice = chosen(session, sender, text, limits)
    except NoSuchChoiceError:
        return _answered("bad_payload")
    if choice is not None:
        return _said(choice["title"], choice["payload"])
    text = words.typed(text)
    return _said(text) if text else _answered("empty")


def _said(text: str, payload: str | None = None) -> dict[str, Any]:
    return {"text": text, "payload": payload, "attachments": []}


def _answered(name: str, **values: object) -> dict[str, Any]:
    return {"text": "", "payload": None, "attachments": [], "reply": say(name, **values)}
