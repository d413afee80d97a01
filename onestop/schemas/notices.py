"""What citizens are told unasked."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field


class Choice(BaseModel):
    """A choice under a message; `payload` is what pressing it sends."""

    title: str
    payload: str


class NoticeContact(BaseModel):
    """Where an owner can be reached outside the chat; empty where nothing was told."""

    phone: str = ""
    email: str = ""


class NoticeView(BaseModel):
    """What an owner is to be told, ready to be said in a chat; `lease` is the claimer's.

    `about` and `contact` are for channels that may not write just now: what a template message needs,
    and where else the owner can be reached.
    """

    id: int
    owner: str
    template: str
    text: str
    buttons: list[Choice] = []
    card: dict[str, str] | None = None
    about: dict[str, str] = {}
    contact: NoticeContact | None = None
    created_at: datetime
    lease: str = ""


class NoticeClaim(BaseModel):
    """Take notices up to deliver them."""

    limit: int = Field(50, ge=1, le=100)


class DeliveryReport(BaseModel):
    """How it went with a claimed notice: in the chat, to be tried again, or not to be delivered at all."""

    lease: str
    outcome: Literal["delivered", "later", "failed"]
    reason: str = Field("", max_length=40, description="a code for staff, nothing personal")


class NoticeWish(BaseModel):
    """Whether an owner wants notices; without them only what must be told is."""

    wanted: bool
