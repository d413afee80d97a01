"""Dossiers: the receipt, where they stand, supplements."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from onestop.schemas.feedback import RatingOffer
from onestop.schemas.post import PostView


class Receipt(BaseModel):
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả (Nghị định 61/2018/NĐ-CP, Điều 17), as data.

    While `state` is `sending` the dossier is on its way to another system and `code` is empty; `failed`:
    it needs an operator. `supplemented`: asked-for fields and papers were added to the dossier `code`.
    """

    code: str
    state: Literal["received", "sending", "failed", "supplemented"] = "received"
    procedure_code: str
    procedure: str
    received_at: datetime
    due_at: datetime | None
    time_note: str
    fee_amount: int | None
    fee_note: str
    pay: Literal["nothing", "at_counter", "unknown"]
    collect_at: str


class LookupRequest(BaseModel):
    """Ask where a dossier stands; `factor`: last four digits of the citizen ID or the phone."""

    asker: str
    code: str
    factor: str


class SupplementStart(LookupRequest):
    """Begin to supplement a dossier, on the channel that the asker writes on."""

    channel: str


class StatusStep(BaseModel):
    """One line of a dossier's history."""

    at: datetime
    status: int
    status_name: str
    note: str


class StatusView(BaseModel):
    """Where a dossier stands; `rating`: it is finished and may be rated; `post`: what is on its way.

    `can_post`: the post may still be asked for something.
    """

    code: str
    procedure_code: str
    procedure: str
    status: int
    status_name: str
    received_at: datetime
    due_at: datetime | None
    collect_at: str
    history: list[StatusStep]
    rating: RatingOffer | None = None
    post: list[PostView] = []
    can_post: bool = False
