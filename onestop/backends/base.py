"""What a back end is, and what is handed to it.

BackendError
 ├─ BackendUnavailable   no answer in time, a failure on its side, or an answer that makes no sense:
 │                       whether it acted is unknown, so the step is tried again
 ├─ SessionExpired       its token is no longer good: log in again and repeat
 └─ BackendRefused       it understood and refused: repeating would not help
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from onestop.dossiers.statuses import Status
from onestop.schemas import Receipt

if TYPE_CHECKING:
    from common.database import Database
    from onestop.backends.worker import Worker
    from onestop.dossiers.models import Dossier, Draft


class BackendError(Exception):
    """Any failure of a call; the message is a reason without personal data."""


class BackendUnavailable(BackendError):
    """Nothing is known of the outcome; try again."""


class SessionExpired(BackendError):
    """The token is no longer good."""


class BackendRefused(BackendError):
    """The system understood and refused."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Applicant(_Part):
    """Who hands the dossier in, as the e-form says; empty where it does not ask. Dates in ISO 8601."""

    name: str = ""
    citizen_id: str = ""
    birth_date: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""


class SentFile(_Part):
    """A file of a paper; the content lies under `file_id` in the storage."""

    file_id: str
    name: str
    content_type: str
    sha256: str


class SentPaper(_Part):
    """A dossier paper (thành phần hồ sơ): the e-form's field and the files given for it, if any yet."""

    field: str
    name: str
    files: list[SentFile]


class Parcel(_Part):
    """A filled e-form on its way, complete in itself: the draft may be gone when it is sent.

    `key` is the draft's identifier: the same parcel always bears the same key. `receipt` is what the
    citizen was told; its code is filled in by whoever gives the code.
    """

    key: str
    owner: str
    agency: str
    procedure_code: str
    procedure_name: str
    field: str
    lines: list[dict[str, Any]]
    second_factors: list[str]
    applicant: Applicant
    papers: list[SentPaper]
    receipt: Receipt


class Report(_Part):
    """News of a dossier from the citizen's side (a withdrawal, papers handed in later); `key` as above."""

    key: str
    code: str
    status: Status
    note: str
    lines: list[dict[str, Any]] = []
    papers: list[SentPaper] = []


class Progress(_Part):
    """Where a dossier stands in the other system."""

    status: Status
    note: str = ""
    at: datetime


class Backend(Protocol):
    """Takes dossiers. All calls are made within the citizen's transaction: they must not wait."""

    def send(self, session: Session, draft: Draft, parcel: Parcel) -> Receipt:
        """Take a filled e-form; called once a draft.

        Args:
            session: the transaction in which the draft becomes a dossier or a parcel on its way.
            draft: its row, locked.

        Returns:
            The receipt, with the code if the dossier is there, else in the state `sending`.
        """

    def report(self, session: Session, dossier: Dossier, report: Report) -> None:
        """Pass on what the citizen did with a dossier that exists."""

    def worker(self, database: Database) -> Worker | None:
        """What does the sending in the background; `None` if there is nothing to send."""


class Remote(Protocol):
    """The calls of a one-stop system elsewhere, in the order of the national steps B1–B6.

    Each raises `BackendError`; each but `log_in` and `progress` bears the parcel's key, so that a repeat
    can be told from a second dossier.
    """

    async def log_in(self) -> str:
        """B1: a token for the calls that follow."""

    async def next_code(self, token: str, parcel: Parcel) -> str:
        """B2: the code that the dossier will have."""

    async def upload(self, token: str, key: str, file: SentFile) -> str:
        """B3: hand one file over; its identifier there."""

    async def create(self, token: str, parcel: Parcel, code: str, uploaded: dict[str, str]) -> None:
        """B4: make the dossier; `uploaded`: our file's identifier → theirs."""

    async def report(self, token: str, report: Report, uploaded: dict[str, str]) -> None:
        """B5: news of a dossier from the citizen's side."""

    async def progress(self, token: str, code: str) -> Progress:
        """B6: where the dossier stands."""

    async def find(self, token: str, key: str) -> str | None:
        """The code of the dossier that was made with `key`; `None` if there is none."""

    async def close(self) -> None:
        """Close the connections."""
