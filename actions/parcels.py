"""What is said of a dossier and the post; the status loop comes here too (`actions/status_form.py`)."""

from __future__ import annotations

from actions import requests
from actions.texts import button
from actions.turn import Events, Turn
from onestop.schemas import PostOpening


async def tell(turn: Turn, code: str, factor: str) -> Events:
    """Open the dossier for the post to who knows the second factor.

    Raises:
        OnestopRefusal: if the factor is wrong.
    """
    opening = await turn.service.post_of(turn.owner, code, factor)
    return show_opening(turn, opening, opened=True)


def show_opening(turn: Turn, opening: PostOpening, *, opened: bool = False) -> Events:
    """What is on its way, with what may be taken back; with nothing there the questions begin at once.

    Args:
        opened: the message was digits for the loop and tells nothing of what is wanted.
    """
    if not opening.requests and opening.offered:
        return requests.begin("post", opening.grant, opened=opened)
    buttons = [
        button("Hủy yêu cầu bưu điện", "post_delivery", value=one.code, grant=opening.grant)
        for one in opening.requests
        if one.can_cancel
    ]
    if opening.requests and opening.offered:
        more = {"dossier_code": opening.code, "everything": "yes"}
        buttons.append(button("Nhờ thêm việc khác", "post_delivery", **more))
    turn.show("post_state", opening=opening, buttons=buttons)
    return []
