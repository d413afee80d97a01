"""The search for procedures."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class Candidate(BaseModel):
    """A procedure that a message may mean; `short_name` is for buttons."""

    code: str
    name: str
    short_name: str
    score: float = Field(ge=0, le=1, description="how likely this is the one meant, calibrated")
    level: int | None = None
    field: str = ""
    agency: str = ""
    tier: str | None = None


class SearchResult(BaseModel):
    """The candidates of a message, best first, and how sure the search is.

    `content_words` is false when the message names no subject at all, only words of conversation or
    aspects ("còn lệ phí thì sao?"), so that a follow-up keeps its procedure; `question` is what tells
    look-alikes apart; `named` says that the message is hardly more than the first candidate's name.
    `topics` is the topic that the message only names ("đất đai"), or, where nothing was found, topics to offer.
    `several` holds what to look for one by one, where the message wants several procedures; else nothing.
    """

    outcome: Literal["found", "choices", "none"]
    candidates: list[Candidate]
    question: str | None = None
    content_words: bool = True
    named: bool = False
    topics: list[str] = []
    several: list[str] = []

    @property
    def clear(self) -> bool:
        """Whether it need not be asked what is meant: one procedure is found, or one of several."""
        return self.outcome == "found" or bool(self.several)
