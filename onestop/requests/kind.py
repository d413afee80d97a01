"""What a kind of request is: its questions, and what becomes of the answers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, ClassVar

from sqlalchemy.orm import Session

from common.settings import ROOT
from onestop.dossiers.calendar import VIETNAM
from onestop.eforms.answers import Answers, Value
from onestop.eforms.definition import EForm, Field, read_eform
from onestop.requests.schemas import RequestDone

DIRECTORY = ROOT / "data" / "requests"


@dataclass(frozen=True)
class Context:
    """What a step knows: the transaction, who asks, about what, and the moment."""

    session: Session
    asker: str
    subject: str
    moment: datetime
    channel: str = ""

    @property
    def today(self) -> date:
        """The day in Vietnam."""
        return self.moment.astimezone(VIETNAM).date()


class RequestRefused(Exception):
    """The request cannot be submitted; `code` says why, `reopen` which answers are asked anew.

    `keep`: what the attempt wrote stays (a wrong try is counted).
    """

    def __init__(self, code: str, *reopen: str, keep: bool = False, **extra: Any) -> None:
        super().__init__(code)
        self.code, self.reopen, self.keep, self.extra = code, reopen, keep, extra


@cache
def _form(name: str) -> EForm:
    return read_eform(DIRECTORY / f"{name}.yml")


class Kind(ABC):
    """A kind of request; without state, one instance serves all."""

    name: ClassVar[str]
    # Whether the answers are summed up and agreed to before they are submitted.
    confirm: ClassVar[bool] = True

    @property
    def base(self) -> EForm:
        """The questions as they stand in `data/requests/<name>.yml`."""
        return _form(self.name)

    def form(self, context: Context, answers: Answers) -> EForm:
        """The questions as they are asked under these answers (free days as choices, say)."""
        return self.base

    def read(self, context: Context, field: Field, text: str, answers: Answers) -> Value | None:
        """Read an answer in the kind's own way; `None`: as any e-form does.

        Raises:
            onestop.eforms.answers.Refusal: if it cannot be taken.
        """
        return None

    def opening(self, context: Context, text: str) -> dict[str, Value]:
        """What the citizen's first words tell already.

        Raises:
            onestop.eforms.answers.Refusal: if they tell it, but not well enough.
        """
        return {}

    def stale(self, context: Context, answers: Answers) -> list[str]:
        """The fields whose answers no longer hold."""
        return []

    def facts(self, context: Context, answers: Answers) -> dict[str, Any]:
        """What is told of a complete request before it is submitted."""
        return {}

    @abstractmethod
    def submit(self, context: Context, answers: Answers) -> RequestDone:
        """Make it so.

        Raises:
            RequestRefused: if it cannot be.
        """
