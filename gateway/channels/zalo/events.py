"""What Zalo's webhooks tell, read into our events; echoes of what we sent and reading marks are left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from gateway.channels.events import Event, RemoteFile

GREET = "/greet"
UserId = Annotated[str, BeforeValidator(str), Field(pattern=r"^\d{1,40}$")]


class _Person(BaseModel):
    id: UserId


class _Attachment(BaseModel):
    type: str = ""
    payload: dict[str, Any] = Field(default_factory=dict)


class _Message(BaseModel):
    msg_id: str = Field(pattern=r"^[\w.=:-]{1,100}$")
    text: str = ""
    attachments: list[_Attachment] = Field(default_factory=list, max_length=50)


class _Webhook(BaseModel):
    event_name: str = Field(max_length=60)
    timestamp: Annotated[int, Field(ge=0, lt=10**15)]
    sender: _Person | None = None
    follower: _Person | None = None
    message: dict[str, Any] | None = None
    info: dict[str, Any] = Field(default_factory=dict)


REPLIES = {
    "user_send_sticker": "sticker",
    "user_send_audio": "audio",
    "user_send_video": "audio",
    "user_send_location": "location",
}
"""Kinds of messages that the gateway itself answers, by the name of its text."""

FILES = frozenset({"user_send_image", "user_send_gif", "user_send_file"})
WORDS = frozenset({"user_send_text", "user_send_link"})


def read(raw: bytes) -> list[Event]:
    """The events of a webhook: one, or none that concerns us.

    Raises:
        ValueError: if it is not what Zalo sends.
    """
    webhook = _Webhook.model_validate_json(raw)
    name = webhook.event_name
    if name == "follow":
        return [_follow(webhook)]
    if name == "user_submit_info":
        return [_shared_contact(webhook)]
    if not name.startswith("user_send_"):
        return []
    message = _Message.model_validate(webhook.message)
    event = Event(_id(webhook.sender), message.msg_id, webhook.timestamp)
    if name in WORDS:
        return [replace(event, text=message.text)]
    if name in FILES:
        return [replace(event, text=message.text, files=_files(message.attachments))]
    return [replace(event, reply=REPLIES.get(name, "other"))]


def _id(person: _Person | None) -> str:
    if person is None:
        raise ValueError("nobody sent it")
    return person.id


def _follow(webhook: _Webhook) -> Event:
    # It has no id; the same one told again has the same time.
    key = f"follow.{webhook.timestamp}"
    return Event(_id(webhook.follower), key, webhook.timestamp, payload=GREET)


def _shared_contact(webhook: _Webhook) -> Event:
    """The citizen answered `request_user_info`: the number counts as if it were typed."""
    phone = str(webhook.info.get("phone", "")).removeprefix("+")
    if phone.startswith("84"):
        phone = f"0{phone[2:]}"
    key = f"info.{webhook.timestamp}"
    return Event(_id(webhook.sender), key, webhook.timestamp, text=phone)


def _files(attachments: list[_Attachment]) -> tuple[RemoteFile, ...]:
    found = tuple(
        RemoteFile(str(one.payload["url"]), str(one.payload.get("name", "")))
        for one in attachments
        if one.payload.get("url")
    )
    if not found:
        raise ValueError("a file without an address")
    return found
