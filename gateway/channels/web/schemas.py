"""The shapes of the web channel's HTTP interface and socket events."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway import words
from gateway.texts import refusal


def new_message_id() -> str:
    """An id for a message whose sender gave none."""
    return secrets.token_urlsafe(12)


class Utterance(BaseModel):
    """What a citizen says: words, or a button's payload (then `text` is what the button said)."""

    text: str | None = None
    payload: str | None = None
    message_id: str = Field(
        default_factory=new_message_id,
        pattern=r"^[\w-]{1,64}$",
        description="the client's own id: the same message sent again is answered once",
    )

    def body(self, text_max: int) -> dict[str, Any]:
        """The message as the inbox keeps it.

        Words that begin with "/" lose it: only a button's payload is a command.

        Args:
            text_max: the most characters that a citizen's words may have.

        Raises:
            Problem: 422 with a detail for the citizen, if it is empty, too long or no payload.
        """
        text = words.clean(self.text or "")
        if len(text) > text_max:
            raise refusal(422, "too_long", limit=text_max)
        if self.payload is not None:
            if not words.is_payload(self.payload):
                raise refusal(422, "bad_payload")
            return {"text": text, "payload": self.payload, "attachments": []}
        text = words.typed(text)
        if not text:
            raise refusal(422, "empty")
        return {"text": text, "payload": None, "attachments": []}


class ChatSessionView(BaseModel):
    """A session, with what a widget needs to know; the token is told once, when it is issued."""

    token: str | None = Field(
        None, description="for `Authorization: Bearer …`, where no cookie is used"
    )
    greeting: str
    text_max: int = Field(description="characters of one message")
    upload_max_bytes: int = Field(description="of one file")


class Button(BaseModel):
    """A quick choice: send `payload` back, with `title` as the text."""

    title: str
    payload: str


class Reply(BaseModel):
    """One message of the assistant, or of the `author`, a member of staff.

    A card (`custom`) stands beside a text that says the same.
    """

    model_config = ConfigDict(extra="allow")

    id: int
    author: str | None = None
    text: str | None = None
    buttons: list[Button] | None = None
    image: str | None = None
    custom: dict[str, Any] | None = None


class TurnView(BaseModel):
    """What came of a message; state `waiting`: it is kept, and the answer comes later."""

    message_id: str
    state: Literal["waiting", "processing", "answered", "failed"]
    replies: list[Reply]


class HistoryItem(BaseModel):
    """One message of the conversation, either way."""

    model_config = ConfigDict(extra="allow", populate_by_name=True)

    id: int
    who: Literal["citizen", "assistant", "staff"] = Field(alias="from")
    at: datetime
    text: str | None = None


class History(BaseModel):
    """A stretch of the conversation; `last`: where to go on; `busy`: an answer is on its way."""

    messages: list[HistoryItem]
    last: int
    busy: bool


class Refusal(BaseModel):
    """problem+json (RFC 9457); `detail` is a sentence for the citizen."""

    type: str
    title: str
    status: int
    detail: str
