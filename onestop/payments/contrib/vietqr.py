"""VietQR: the text of a QR code for a bank transfer (EMVCo merchant-presented mode, NAPAS 247).

Nobody is told when such a transfer comes in: the bank's statement is read (`onestop.payments.statement`).
"""

from __future__ import annotations

import io
import re

import segno

from common.settings import Settings
from onestop.payments.base import NOTE_LENGTH, Instructions, Order, Provider

# EMVCo QR Code Specification for Payment Systems, merchant-presented mode, and NAPAS's fields within it.
FORMAT, METHOD, NAPAS_ACCOUNT, CURRENCY, AMOUNT, COUNTRY, ADDITIONAL, CRC = (
    "00",
    "01",
    "38",
    "53",
    "54",
    "58",
    "62",
    "63",
)
ONCE = "12"  # "dynamic": for one sum
NAPAS_AID = "A000000727"
TO_ACCOUNT = "QRIBFTTA"
DONG = "704"  # ISO 4217
VIETNAM = "VN"
MODULE_PX = 6


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, from 0xFFFF, not reflected."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def _field(tag: str, value: str) -> str:
    if not 1 <= len(value) <= 99:
        raise ValueError(f"field {tag} takes 1 to 99 characters")
    return f"{tag}{len(value):02}{value}"


def payload(bank_bin: str, account: str, amount: int, note: str) -> str:
    """The text of the QR code.

    Args:
        bank_bin: the bank's six digits (BIN).
        account: 1–19 letters and digits.
        amount: đồng, more than 0.
        note: 1–25 letters and digits; comes back on the statement.

    Raises:
        ValueError: if one of them does not fit.
    """
    if not re.fullmatch(r"[0-9]{6}", bank_bin) or not re.fullmatch(r"[0-9A-Za-z]{1,19}", account):
        raise ValueError("no bank identifier or account number")
    if amount <= 0 or not re.fullmatch(rf"[0-9A-Za-z]{{1,{NOTE_LENGTH}}}", note):
        raise ValueError("no sum or note of a transfer")
    bank = _field("00", bank_bin) + _field("01", account)
    receiver = _field("00", NAPAS_AID) + _field("01", bank) + _field("02", TO_ACCOUNT)
    text = "".join(
        (
            _field(FORMAT, "01"),
            _field(METHOD, ONCE),
            _field(NAPAS_ACCOUNT, receiver),
            _field(CURRENCY, DONG),
            _field(AMOUNT, str(amount)),
            _field(COUNTRY, VIETNAM),
            _field(ADDITIONAL, _field("08", note)),
            f"{CRC}04",  # the checksum is taken over its own tag and length too
        )
    )
    return f"{text}{crc16(text.encode('ascii')):04X}"


def png(text: str) -> bytes:
    """The QR code as a PNG picture with its quiet zone; error correction M, as phones' screens need."""
    picture = io.BytesIO()
    segno.make_qr(text, error="m").save(picture, kind="png", scale=MODULE_PX)
    return picture.getvalue()


class VietQR:
    """Transfers to the office's account."""

    name = "vietqr"
    lasting = True

    def __init__(self, bank_bin: str, account: str) -> None:
        self._bank_bin, self._account = bank_bin, account

    def begin(self, order: Order) -> Instructions:
        """A code for just this sum and note."""
        return Instructions(qr=payload(self._bank_bin, self._account, order.amount, order.note))


def create(config: Settings) -> Provider | None:
    """VietQR, if the account is set."""
    if not (config.bank_bin and config.bank_account):
        return None
    return VietQR(config.bank_bin, config.bank_account)
