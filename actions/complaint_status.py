"""Tell where a complaint stands, to who knows its code and the sender's phone."""

from __future__ import annotations

from actions.turn import Events, Turn


async def tell(turn: Turn, code: str, factor: str) -> Events:
    """Tell it (the status loop has asked for both).

    Raises:
        OnestopRefusal: if the factor is wrong.
    """
    complaint = await turn.service.complaint(turn.owner, code, factor)
    turn.show("complaint_status", complaint=complaint)
    return []
