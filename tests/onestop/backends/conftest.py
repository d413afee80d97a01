"""A small e-form with a paper, the fake system of a province, and the two back ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from common.database import Database, now
from common.settings import Settings
from onestop.backends import outbox
from onestop.backends.base import Backend
from onestop.backends.breaker import CircuitBreaker
from onestop.backends.contrib.embedded import EmbeddedBackend
from onestop.backends.contrib.http import HttpBackend, HttpRemote
from onestop.backends.worker import Policy, Worker
from onestop.catalogue.content import Procedure
from onestop.dossiers import drafts
from onestop.eforms.definition import EForm
from onestop.schemas import AnswerRequest, Receipt
from tests.onestop.dossiers import conftest as dossiers
from tests.onestop.dossiers.test_drafts import agree, fill
from tests.onestop.uploads.test_cleaning import picture
from tests.papers import sent
from tests.platforms.onestop_server import LATE, PASSWORD, SILENT, USERNAME, OnestopServer

database, procedure, small_forms = dossiers.database, dossiers.procedure, dossiers.forms
OWNER = "citizen-1"
IMPATIENT, PATIENT = (
    0.3,
    20.0,
)  # seconds: below the fake's LATE_SECONDS; longer than any machine stalls


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = now()

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Desk:
    """What a test does as a citizen and as the process that sends."""

    def __init__(
        self,
        database: Database,
        forms: Mapping[str, EForm],
        procedure: Procedure,
        backend: Backend,
        uploads: Path,
    ) -> None:
        self.database, self.forms, self.procedure = database, forms, procedure
        self.backend, self.uploads = backend, uploads
        self.clock = Clock()

    def fill(self, owner: str = OWNER) -> str:
        """A complete draft with its paper, agreed to."""
        with self.database.sessions.begin() as session:
            draft = drafts.start(session, self.forms, self.procedure, owner, "web")
            fill(session, draft)
            kept = sent(session, self.uploads, owner, "giay.jpg", picture())
            drafts.answer(session, draft, AnswerRequest(field="paper", file_ids=[kept.file_id]))
            agree(draft)
            return draft.id

    def submit(self, draft_id: str, owner: str = OWNER) -> Receipt:
        with self.database.sessions.begin() as session:
            draft = drafts.locked(session, draft_id, owner)
            receipt = drafts.submit(session, draft, self.procedure, "H25", self.backend)
        self.clock.at = max(self.clock.at, now())  # what was queued just now is due
        return receipt

    def worker(self, remote: HttpRemote, policy: Policy | None = None) -> Worker:
        return Worker(
            self.database,
            remote,
            policy or Policy(),
            CircuitBreaker(),
            clock=self.clock,
            chance=lambda: 1.0,
        )

    async def work_until_still(self, worker: Worker, hours: float = 2) -> None:
        """Work, and let the clock run where a pause or a rest is waited for."""
        end = self.clock.at + timedelta(hours=hours)
        while self.clock.at < end:
            if await worker.work():
                continue
            with self.database.sessions.begin() as session:
                if not any(row.next_at for row in outbox.unfinished(session)):
                    return
            self.clock.move(seconds=30)


@pytest.fixture
def forms(small_forms: dict[str, EForm]) -> dict[str, EForm]:
    """The small form with a paper behind its fields."""
    form = small_forms["small"].model_dump(mode="json")
    form["fields"].append(
        {
            "id": "paper",
            "type": "paper",
            "section": "Giấy tờ",
            "label": "Giấy tờ thử",
            "question": "Gửi giấy tờ thử?",
            "explanation": "Để đối chiếu.",
        }
    )
    return {"small": EForm.model_validate(form)}


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


@pytest.fixture
def province() -> OnestopServer:
    return OnestopServer()


@pytest.fixture
def patience(request: pytest.FixtureRequest) -> float:
    """How long a call may take: short only where the test's `fault` is an answer that comes too late."""
    case = getattr(request.node, "callspec", None)
    late = case is not None and case.params.get("fault") in (LATE, SILENT)
    return IMPATIENT if late else PATIENT


@pytest.fixture
async def config(
    province: OnestopServer, uploads: Path, patience: float
) -> AsyncIterator[Settings]:
    """Settings that name the fake system, which runs."""
    async with TestServer(province.create_app()) as server:
        yield Settings(
            backend="http",
            backend_url=str(server.make_url("")).rstrip("/"),
            backend_username=USERNAME,
            backend_password=PASSWORD,  # type: ignore[arg-type]
            backend_timeout_seconds=patience,
            upload_directory=uploads,
        )


@pytest.fixture
async def remote(config: Settings) -> AsyncIterator[HttpRemote]:
    made = HttpRemote(config)
    yield made
    await made.close()


@pytest.fixture(params=["embedded", "http"])
def backend(request: pytest.FixtureRequest, config: Settings) -> Backend:
    return EmbeddedBackend() if request.param == "embedded" else HttpBackend(config)


@pytest.fixture
def desk(
    database: Database,
    forms: dict[str, EForm],
    procedure: Procedure,
    config: Settings,
    uploads: Path,
) -> Desk:
    """The desk with the http back end."""
    return Desk(database, forms, procedure, HttpBackend(config), uploads)
