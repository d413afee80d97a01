"""What is said of a dossier's fee: what is owed and how to pay it, the receipt of a payment, the order."""

from __future__ import annotations

import structlog

from actions.onestop_client import OnestopError
from actions.texts import Button, button
from actions.turn import Events, Turn
from onestop.schemas import Owed, PaymentOrder, Receipt

log = structlog.get_logger(__name__)
# What a button for each provider says; a provider that is not here is not offered.
TITLES = {"vnpay": "Trả qua VNPay", "vietqr": "Quét mã VietQR", "fake": "Trả thử (không mất tiền)"}

RECEIPT_TITLE = "Xem và in biên nhận"


def pay_buttons(owed: Owed) -> list[Button]:
    """A button for each way to pay."""
    return [
        button(TITLES[one], "pay", provider=one, grant=owed.grant)
        for one in owed.providers
        if one in TITLES
    ]


def show_owed(turn: Turn, owed: Owed) -> None:
    """What is owed with the ways to pay; of a paid dossier the receipt of its payment."""
    card = None
    if owed.receipt_url:
        card = {"type": "link", "title": RECEIPT_TITLE, "url": owed.receipt_url}
    turn.show("owed", owed=owed, titles=TITLES, buttons=pay_buttons(owed), card=card)


async def tell(turn: Turn, code: str, factor: str) -> Events:
    """Tell what is owed to who knows the second factor (the status loop has asked for both).

    Raises:
        OnestopRefusal: if the factor is wrong.
    """
    show_owed(turn, await turn.service.owed(turn.owner, code, factor))
    return []


async def after_sending(turn: Turn, receipt: Receipt) -> Owed | None:
    """What is owed for a dossier just sent; `None` if that cannot be told now: the receipt goes first."""
    if receipt.state != "received":
        return None
    try:
        return await turn.service.owed(turn.owner, receipt.code)
    except OnestopError as error:
        log.warning("owed_not_told", reason=type(error).__name__)
        return None


def show_order(turn: Turn, order: PaymentOrder) -> None:
    """The link to open or the code to scan, with all of it in words."""
    again = [button("Đã nhận được tiền chưa", "pay", dossier_code=order.code)]
    if order.url is not None:
        title = TITLES[order.provider]
        card = {"type": "link", "title": title, "url": order.url}
        turn.show("pay_link", order=order, card=card, buttons=again)
        return
    turn.show("pay_transfer", order=order, image=order.image, buttons=again)
