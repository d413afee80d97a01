"""What reviewers corrected and a second person approved, as the one-stop service tells it."""

from __future__ import annotations

from typing import Any

import aiohttp
from pydantic import BaseModel, TypeAdapter

TIMEOUT = aiohttp.ClientTimeout(total=30)


class Correction(BaseModel):
    """One approved correction.

    Attributes:
        id: the suggestion's number.
        kind: `intent`, `procedure` or `entity`: what was corrected.
        text: the message, masked.
        value: what is right: `{kind: …}`.
    """

    id: int
    kind: str
    text: str
    value: dict[str, Any]

    @property
    def right(self) -> str:
        """The intent's name, or the procedure's code."""
        return str(self.value[self.kind])


async def approved(onestop_url: str, token: str) -> list[Correction]:
    """All approved corrections, in the order of their approval.

    Raises:
        aiohttp.ClientError, TimeoutError: if the service does not answer as it should.
    """
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        aiohttp.ClientSession(timeout=TIMEOUT, headers=headers, raise_for_status=True) as session,
        session.get(f"{onestop_url}/transcripts/suggestions/approved") as response,
    ):
        return TypeAdapter(list[Correction]).validate_json(await response.read())
