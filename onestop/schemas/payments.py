"""What is owed and paid."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel


class OwedRequest(BaseModel):
    """Ask what is owed for a dossier; without a second factor only for the asker's own."""

    asker: str
    code: str
    factor: str = ""


class Owed(BaseModel):
    """What is owed for a dossier.

    `state`: `due`; `paid`; `nothing` (free or exempt); `unknown` (no fixed sum); `closed` (refused or
    stopped). `amount` in đồng where known. `exempted_by` says by which group; `exemptions` are groups that
    prove it to the officer. `grant` lets this asker pay; `providers` are the ways to. `received`: part of
    `amount` came by transfer. `receipt_url`: the receipt's page.
    """

    code: str
    procedure: str
    state: Literal["due", "paid", "nothing", "unknown", "closed"]
    amount: int | None
    note: str = ""
    exempted_by: str = ""
    exemptions: list[str] = []
    providers: list[str] = []
    grant: str = ""
    paid_at: datetime | None = None
    paid_by: str = ""
    provider_ref: str = ""
    received: int = 0
    receipt_number: str = ""
    receipt_url: str = ""


class PayRequest(BaseModel):
    """Begin to pay with a provider; `grant` as `Owed` gave it to this asker."""

    asker: str
    grant: str
    provider: str


class PaymentOrder(BaseModel):
    """What the citizen pays with: an address to open, or a picture to scan with the facts in words."""

    code: str
    provider: str
    amount: int
    url: str | None = None
    image: str | None = None
    expires_at: datetime | None = None
    note: str = ""
    bank_name: str = ""
    bank_account: str = ""


class PaymentReceipt(BaseModel):
    """The receipt of a payment; `amount` and `surplus` (to be given back) in đồng."""

    number: str
    code: str
    procedure: str
    amount: int
    surplus: int
    paid_at: datetime
    paid_by: str
    provider_ref: str


class PaymentNoticeResult(BaseModel):
    """What was made of a provider's notice; `reply` is what the provider wants to hear."""

    outcome: str
    reply: dict[str, str]
    code: str | None = None
