"""What Messenger's webhooks tell, read into our events; echoes, receipts and reading marks are left out.

One webhook may hold several entries, each with several events: all of them count.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError

from gateway.channels.events import Event, RemoteFile
from gateway.choices import REFERENCE
from gateway.words import is_payload

GREET = "/greet"
SIGNATURE = "X-Hub-Signature-256"
UserId = Annotated[str, Field(pattern=r"^\d{1,40}$")]
MessageId = Annotated[str, Field(pattern=r"^[\w.=:$+/-]{1,118}$")]

KINDS = {"audio": "audio", "video": "audio", "location": "location"}
"""Attachments that the gateway itself answers, by the name of its text."""


class _Person(BaseModel):
    id: UserId


class _Attachment(BaseModel):
    type: str = ""
    payload: dict[str, Any] | None = None


class _QuickReply(BaseModel):
    payload: str = ""


class _Message(BaseModel):
    mid: MessageId
    text: str = ""
    is_echo: bool = False
    quick_reply: _QuickReply | None = None
    attachments: list[_Attachment] = Field(default_factory=list, max_length=50)


class _Referral(BaseModel):
    ref: str = Field("", max_length=2_000)


class _Postback(BaseModel):
    mid: MessageId | None = None
    title: str = ""
    payload: str = ""
    referral: _Referral | None = None


class _Messaging(BaseModel):
    sender: _Person
    timestamp: Annotated[int, Field(ge=0, lt=10**15)]
    message: _Message | None = None
    postback: _Postback | None = None
    referral: _Referral | None = None


class _Entry(BaseModel):
    messaging: list[Any] = Field(default_factory=list)


class _Webhook(BaseModel):
    object: str
    entry: list[_Entry]


def genuine(raw: bytes, signature: str, secret: str) -> bool:
    """Whether `X-Hub-Signature-256` is the HMAC-SHA256 of the raw body, compared in constant time."""
    expected = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"sha256={expected}".encode(), signature.strip().lower().encode())


def read(raw: bytes) -> tuple[list[Event], int]:
    """The events of a webhook, in its order, and how many of it are not as Messenger describes them.

    One of these does not keep the others of its batch, which are other citizens', from being taken.

    Raises:
        ValueError: if it is not what Messenger sends, or none of its events is.
    """
    webhook = _Webhook.model_validate_json(raw)
    if webhook.object != "page":
        raise ValueError("not about a page")
    found, odd = [], []
    batch = [one for entry in webhook.entry for one in entry.messaging]
    for one in batch:
        try:
            event = _event(_Messaging.model_validate(one))
        except ValidationError as error:
            odd.append(error)
            continue
        if event is not None:
            found.append(event)
    if odd and len(odd) == len(batch):
        raise ValueError("no event that can be read") from odd[0]
    return found, len(odd)


def _event(one: _Messaging) -> Event | None:
    event = Event(one.sender.id, "", one.timestamp)
    if one.message is not None:
        event = replace(event, key=one.message.mid)
        return None if one.message.is_echo else _message(event, one.message)
    if one.postback is not None:
        event = replace(event, key=one.postback.mid or f"postback.{one.timestamp}")
        if one.postback.referral is not None and one.postback.referral.ref:
            return _referred(event, one.postback.referral)
        return _pressed(event, one.postback.payload, one.postback.title)
    if one.referral is not None:
        return _referred(replace(event, key=f"referral.{one.timestamp}"), one.referral)
    return None


def _message(event: Event, message: _Message) -> Event:
    if message.quick_reply is not None:
        return _pressed(event, message.quick_reply.payload, message.text)
    files: list[RemoteFile] = []
    reply = ""
    for one in message.attachments:
        payload = one.payload or {}
        if one.type == "image" and payload.get("sticker_id"):
            reply = reply or "sticker"
        elif one.type in ("image", "file") and payload.get("url"):
            files.append(RemoteFile(str(payload["url"])))
        else:
            reply = reply or KINDS.get(one.type, "other")
    if files or message.text:
        # A shared link comes as words with an attachment that shows it: the words count.
        return replace(event, text=message.text, files=tuple(files))
    return replace(event, reply=reply or "other")


def _pressed(event: Event, payload: str, title: str) -> Event:
    """A choice under a message, or a button that is always there."""
    if REFERENCE.fullmatch(payload):
        return replace(event, text=payload)
    if is_payload(payload):
        return replace(event, text=title, payload=payload)
    return replace(event, text=title) if title else replace(event, payload=GREET)


def _referred(event: Event, referral: _Referral) -> Event:
    """A link such as `m.me/<page>?ref=dang-ky-khai-sinh`: its words are what the citizen asks."""
    said = referral.ref.replace("-", " ").replace("_", " ").strip()
    return replace(event, text=said) if 0 < len(said) <= 200 else replace(event, payload=GREET)
