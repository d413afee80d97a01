"""What a search answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from onestop.catalogue.content import Tier


class Candidate(BaseModel):
    """A procedure that a message may mean."""

    code: str
    name: str
    score: float = Field(ge=0, le=1, description="how likely this is the one meant, calibrated")
    level: int | None
    field: str
    agency: str
    tier: Tier | None


class SearchResult(BaseModel):
    """The candidates of a message, best first, and how sure the search is."""

    outcome: Literal["found", "choices", "none"]
    candidates: list[Candidate]
    question: str | None = Field(default=None, description="what tells the candidates apart")
    content_words: bool = Field(
        description="False: only words of conversation or aspects (fee, time …), so the talk's "
        "current procedure is meant"
    )
