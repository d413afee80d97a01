"""A gateway without money, for tests and demonstrations: its page lets one say what came of the payment.

Off unless MOTCUA_PAYMENT_FAKE=true, and never beside a real one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from common.settings import Settings
from onestop.payments.base import Instructions, Notice, Order, Outcome, Provider


class FakeGateway:
    """Pays what one says."""

    name = "fake"
    lasting = False

    def __init__(self, public: str) -> None:
        self._public = public

    def begin(self, order: Order) -> Instructions:
        """The address of the page."""
        return Instructions(
            url=f"{self._public}/payments/fake/page?ref={order.txn_ref}&amount={order.amount}"
        )

    def read(self, received: Mapping[str, str]) -> Notice:
        """What the page's buttons say."""
        amount = received.get("amount", "")
        return Notice(
            txn_ref=received.get("ref", ""),
            amount=int(amount) if re.fullmatch(r"[0-9]{1,12}", amount) else None,
            succeeded=received.get("result") == "paid",
            provider_ref="fake",
        )

    def reply(self, outcome: Outcome) -> dict[str, str]:
        """The outcome itself."""
        return {"outcome": outcome}


def create(config: Settings) -> Provider | None:
    """The gateway, if it is asked for and no money could be meant."""
    real = config.vnpay_tmn_code or config.bank_account
    return FakeGateway(config.public) if config.payment_fake and not real else None
