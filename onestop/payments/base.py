"""What a payment provider is: makes what the citizen pays with, and reads what it says afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

TXN_REF_LENGTH = 40
NOTE_LENGTH = 25  # EMVCo, field 62/08 ("purpose of transaction")


class Outcome(StrEnum):
    """What was made of a notice."""

    PAID = "paid"
    PENDING = "pending"  # the citizen is back before the provider's own word
    ALREADY = "already_confirmed"
    PARTLY_PAID = "partly_paid"  # a transfer of less than what is still owed
    OVERPAID = "overpaid"  # paid, with more than was owed: the rest is to be given back
    PAID_TWICE = "paid_twice"  # money came for a dossier that is paid: to be given back
    FAILED = "failed"
    WRONG_AMOUNT = "wrong_amount"
    UNKNOWN = "unknown_order"
    BAD_SIGNATURE = "bad_signature"


class BadSignature(ValueError):
    """The notice was not signed by the provider."""


@dataclass(frozen=True)
class Order:
    """What is to be paid.

    `txn_ref`: unique reference of the attempt, letters and digits; `note`: the dossier's code squeezed;
    `amount` in đồng; `at`: when the attempt was made; `key`: unguessable, names the attempt in addresses.
    """

    txn_ref: str
    note: str
    amount: int
    at: datetime
    key: str


@dataclass(frozen=True)
class Instructions:
    """What the citizen pays with: an address to open, or the text of a QR code to scan."""

    url: str | None = None
    qr: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Notice:
    """What a provider says of an attempt; `amount` in đồng, `None` if it is none."""

    txn_ref: str
    amount: int | None
    succeeded: bool
    provider_ref: str


class Provider(Protocol):
    """A way to pay."""

    @property
    def name(self) -> str:
        """The name in addresses and in the database."""

    @property
    def lasting(self) -> bool:
        """Whether one attempt serves a dossier for good, so that asking again makes no second one."""

    def begin(self, order: Order) -> Instructions:
        """What the citizen pays with."""


@runtime_checkable
class Notifying(Provider, Protocol):
    """A provider that tells by HTTP what came of an attempt."""

    def read(self, received: Mapping[str, str]) -> Notice:
        """The notice in the parameters that came.

        Raises:
            BadSignature: if the provider did not sign them.
        """

    def reply(self, outcome: Outcome) -> dict[str, str]:
        """What the provider wants to hear, as JSON."""


def squeeze(code: str) -> str:
    """A dossier code as a transfer's note: letters and digits only, as banks pass on nothing else.

    Raises:
        ValueError: if more than `NOTE_LENGTH` characters are left.
    """
    note = re.sub(r"[^A-Z0-9]", "", code.upper())
    if not 0 < len(note) <= NOTE_LENGTH:
        raise ValueError("the code does not fit a transfer's note")
    return note
