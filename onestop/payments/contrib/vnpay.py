"""VNPay, payment gateway 2.1.0: a signed link, and signed notices (return of the citizen, IPN).

The parameters are sorted, form-encoded as `k=v&…` and signed with HMAC-SHA512 under the shop's secret;
amounts are đồng × 100. The answers to an IPN are the codes of VNPay's documentation.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlencode

from common.settings import Settings
from onestop.dossiers.calendar import VIETNAM
from onestop.payments.base import BadSignature, Instructions, Notice, Order, Outcome, Provider

VERSION = "2.1.0"
LINK_LIFE = timedelta(minutes=15)
HUNDREDTHS = 100
SUCCESS = "00"
SIGNATURE = "vnp_SecureHash"
UNSIGNED = {SIGNATURE, "vnp_SecureHashType"}
# Any address will do for VNPay; the citizen's own is not known in a conversation and not told to others.
IP_ADDRESS = "127.0.0.1"
TIME_FORMAT = "%Y%m%d%H%M%S"  # in Vietnam

REPLIES = {
    Outcome.PAID: ("00", "Confirm Success"),
    Outcome.FAILED: ("00", "Confirm Success"),
    Outcome.UNKNOWN: ("01", "Order not found"),
    Outcome.ALREADY: ("02", "Order already confirmed"),
    Outcome.PAID_TWICE: ("02", "Order already confirmed"),
    Outcome.WRONG_AMOUNT: ("04", "Invalid amount"),
    Outcome.BAD_SIGNATURE: ("97", "Invalid signature"),
}
OTHER = ("99", "Unknown error")


def query(parameters: Mapping[str, str]) -> str:
    """The parameters as they are signed and sent: sorted, those without a value left out."""
    return urlencode(sorted((key, value) for key, value in parameters.items() if value))


def sign(parameters: Mapping[str, str], secret: str) -> str:
    """The signature (HMAC-SHA512, hexadecimal) of the `vnp_` parameters, itself left out."""
    signed = {
        key: value
        for key, value in parameters.items()
        if key.startswith("vnp_") and key not in UNSIGNED
    }
    return hmac.new(secret.encode(), query(signed).encode(), hashlib.sha512).hexdigest()


class VNPay:
    """The gateway under one shop's code.

    Args:
        url: the pay page, `…/paymentv2/vpcpay.html`.
        tmn_code: the shop's code.
        secret: the HashSecret.
        return_url: where the citizen's browser comes back to.
    """

    name = "vnpay"
    lasting = False

    def __init__(self, url: str, tmn_code: str, secret: str, return_url: str) -> None:
        self._url, self._tmn_code, self._secret = url, tmn_code, secret
        self._return_url = return_url

    def begin(self, order: Order) -> Instructions:
        """A link that VNPay takes for `LINK_LIFE`."""
        at = order.at.astimezone(VIETNAM)
        parameters = {
            "vnp_Version": VERSION,
            "vnp_Command": "pay",
            "vnp_TmnCode": self._tmn_code,
            "vnp_Amount": str(order.amount * HUNDREDTHS),
            "vnp_CurrCode": "VND",
            "vnp_TxnRef": order.txn_ref,
            "vnp_OrderInfo": order.note,
            "vnp_OrderType": "other",
            "vnp_Locale": "vn",
            "vnp_ReturnUrl": self._return_url,
            "vnp_IpAddr": IP_ADDRESS,
            "vnp_CreateDate": at.strftime(TIME_FORMAT),
            "vnp_ExpireDate": (at + LINK_LIFE).strftime(TIME_FORMAT),
        }
        signature = sign(parameters, self._secret)
        return Instructions(
            url=f"{self._url}?{query(parameters)}&{SIGNATURE}={signature}",
            expires_at=order.at + LINK_LIFE,
        )

    def read(self, received: Mapping[str, str]) -> Notice:
        """A notice; paid only if both codes say so."""
        given = received.get(SIGNATURE, "").lower()
        if not hmac.compare_digest(given.encode(), sign(received, self._secret).encode()):
            raise BadSignature
        if received.get("vnp_TmnCode") != self._tmn_code:
            raise BadSignature
        codes = (received.get("vnp_ResponseCode"), received.get("vnp_TransactionStatus"))
        return Notice(
            txn_ref=received.get("vnp_TxnRef", ""),
            amount=_dong(received.get("vnp_Amount", "")),
            succeeded=codes == (SUCCESS, SUCCESS),
            provider_ref=received.get("vnp_TransactionNo", ""),
        )

    def reply(self, outcome: Outcome) -> dict[str, str]:
        """The answer to an IPN."""
        code, message = REPLIES.get(outcome, OTHER)
        return {"RspCode": code, "Message": message}


def _dong(text: str) -> int | None:
    """The đồng in VNPay's hundredths, or `None` if it is no such sum."""
    if not (text.isascii() and text.isdigit()) or int(text) % HUNDREDTHS:
        return None
    return int(text) // HUNDREDTHS


def create(config: Settings) -> Provider | None:
    """VNPay, if its code and secret are set."""
    secret = config.vnpay_hash_secret.get_secret_value()
    if not (config.vnpay_tmn_code and secret):
        return None
    return_url = f"{config.public}/payments/vnpay/return"
    return VNPay(config.vnpay_url, config.vnpay_tmn_code, secret, return_url)
