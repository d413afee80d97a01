"""The public post."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel


class PostFee(BaseModel):
    """What the post costs, in đồng; `estimated`: the post says the exact sum."""

    zone: str
    amount: int
    estimated: bool


class PostView(BaseModel):
    """What the post was asked for with a dossier, and where it is.

    `code` is our tracking code, `carrier_ref` the post's own. `can_cancel`: the post does not hold it yet.
    """

    code: str
    dossier_code: str
    service: Literal["deliver", "collect"]
    service_name: str
    state: str
    state_name: str
    since: datetime
    note: str
    address: str
    carrier_ref: str
    fee: PostFee
    can_cancel: bool


class PostOpening(BaseModel):
    """A dossier opened for the post: what was asked for, what may be, and the grant that lets this asker.

    `in_person`: its result is handed over only to those who come and sign.
    """

    code: str
    grant: str
    requests: list[PostView]
    offered: list[Literal["deliver", "collect"]]
    in_person: bool = False


class PostCancellation(BaseModel):
    """Take back what the post was asked for."""

    asker: str
    grant: str
