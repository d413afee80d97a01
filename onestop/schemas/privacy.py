"""Erasures and what has had its time."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field


class ErasureClaims(BaseModel):
    """How many erasures a worker takes at once."""

    limit: int = Field(ge=1, le=100)


class ErasureClaim(BaseModel):
    """An erasure that the conversation's stores are to do, held by who has the lease."""

    id: int
    owner: str
    lease: str


class ErasureReport(BaseModel):
    """How many rows of each kind the conversation's stores erased."""

    lease: str
    counts: dict[str, Annotated[int, Field(ge=0)]]


class ExpiryOrder(BaseModel):
    """Take away what is older than `before` of a kind in a store, but nothing of the `held` owners."""

    store: Literal["gateway", "bot"]
    kind: str
    before: datetime
    held: list[str]


class ExpiryReport(BaseModel):
    """How many rows of a kind a store has taken away."""

    store: Literal["gateway", "bot"]
    kind: str
    count: int = Field(ge=0)
