"""Erasure on request: what goes, what stays, who may ask, and that nothing is lost half-way."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database, now
from common.settings import Settings
from onestop.catalogue.content import Procedure
from onestop.dossiers.models import ANONYMOUS, Dossier
from onestop.dossiers.statuses import Status
from onestop.dossiers.submission import advance
from onestop.eforms.definition import EForm
from onestop.http.app import create_app
from onestop.models import Base
from onestop.privacy import erasing, holds
from onestop.privacy.models import Erasure
from onestop.requests import service
from onestop.requests.kind import Context, RequestRefused
from onestop.requests.registry import KINDS
from onestop.requests.schemas import RequestDone, RequestState, RequestStep, RequestView
from onestop.storage import registry
from onestop.storage.base import NotStored, Storage
from tests.gateway.fakes import Client
from tests.onestop.privacy.conftest import FACTOR, NAME, OWNER, Kept, half_filled, state_of
from tests.onestop.privacy.everything import tables_with

STRANGER = "web:la"
GONE = {"bookings": 1, "conversations": 1, "drafts": 1, "files": 1, "notices": 1}


@pytest.fixture
def config(database: Database, tmp_path: Path) -> Settings:
    url = database.engine.url.render_as_string(hide_password=False)
    return Settings(database_url=url, upload_directory=tmp_path / "up")


@pytest.fixture
def storage(config: Settings) -> Storage:
    return registry.create(config)


def wish(
    database: Database, factor: str | None, asker: str = OWNER
) -> RequestDone | RequestRefused:
    """Ask as the dialogue does: look, give the factor where it is asked for, submit."""
    kind = KINDS["erasure"]

    def step(session: Session, state: RequestState, text: str | None = None) -> RequestView:
        given = RequestStep(asker=asker, state=state, text=text)
        return service.take(kind, Context(session, asker, "", now()), given)

    def submit(session: Session, state: RequestState) -> RequestDone | RequestRefused:
        try:
            return service.submit(kind, Context(session, asker, "", now(), "web"), state)
        except RequestRefused as refused:
            return refused  # as the service does where what was written must stay

    view = database.query(step, RequestState(kind="erasure"))
    if factor is not None:
        assert view.field is not None
        view = database.query(step, view.state, factor)
    assert view.field is None
    return database.transact(submit, view.state)


def finish(database: Database, counts: dict[str, int]) -> None:
    """The other stores are done."""
    for one in database.transact(erasing.claim, now(), 10):
        database.transact(erasing.finish, one.id, one.lease or "", counts, now())


async def call(client: Client, method: str, path: str, body: Any) -> tuple[int, Any]:
    answer = await client.request(method, path, json=body)
    return answer.status, await answer.json() if answer.status != 204 else None


async def test_over_http_what_was_not_submitted_goes_and_the_dossier_stays(
    config: Settings, database: Database, kept: Kept, storage: Storage
) -> None:
    assert tables_with(config.database_url, NAME)[NAME] == {
        *("drafts", "files", "bookings", "turns", "turn_notes", "transcript_feeds"),
    }
    headers = {"Authorization": f"Bearer {config.internal_token.get_secret_value()}"}
    async with TestClient(TestServer(create_app(config)), headers=headers) as client:
        body: dict[str, Any] = {"asker": OWNER, "state": {"kind": "erasure"}, "text": FACTOR}
        _, view = await call(client, "POST", "/requests/steps", body)
        assert view["facts"]["erases"] == {"drafts": 1, "bookings": 1, "ratings": 0}
        submitted = {"asker": OWNER, "channel": "web", "state": view["state"]}
        status, done = await call(client, "POST", "/requests", submitted)
        assert status == 201
        assert done["facts"]["keeps"] == [kept.dossier]
        assert done["facts"]["erased"] == GONE
        _, (claim,) = await call(client, "POST", "/erasures/claims", {"limit": 10})
        assert claim["owner"] == OWNER
        path = f"/erasures/{claim['id']}"
        report = {"lease": claim["lease"], "counts": {"messages": 4}}
        assert (await call(client, "PUT", path, {**report, "lease": "other"}))[0] == 409
        assert (await call(client, "PUT", path, report))[0] == 204
        _, orders = await call(client, "GET", "/retention/orders", None)
        told = {(one["store"], one["kind"]) for one in orders}
        assert {("gateway", "messages"), ("bot", "tracker_events")} <= told
        went = {"store": "bot", "kind": "tracker_events", "count": 12}
        assert (await call(client, "POST", "/retention/runs", went))[0] == 204
        wrong = {"store": "bot", "kind": "messages", "count": 12}
        assert (await call(client, "POST", "/retention/runs", wrong))[0] == 422
    found = tables_with(config.database_url, NAME, "035090006789", "Nguyễn Văn An")
    assert found[NAME] == set()
    assert found["035090006789"] == set()
    assert "dossiers" in found["Nguyễn Văn An"]
    with pytest.raises(NotStored):
        storage.get(kept.file)


def test_only_counts_are_left_of_the_wish(database: Database, kept: Kept) -> None:
    wish(database, FACTOR)
    finish(database, {"messages": 4})
    row = database.query(lambda session: session.scalars(select(Erasure)).one())
    assert (row.owner, row.file_keys) == (ANONYMOUS, [])
    assert row.counts == {**GONE, "messages": 4}
    assert row.finished_at is not None


def test_a_wrong_factor_erases_nothing_and_is_counted_until_it_locks(
    database: Database, kept: Kept
) -> None:
    for left in (4, 3, 2, 1):
        refused = wish(database, "0000")
        assert isinstance(refused, RequestRefused)
        assert (refused.code, refused.reopen, refused.keep) == ("wrong_factor", ("factor",), True)
        assert refused.extra["left"] == left
    for factor in ("0000", FACTOR):
        refused = wish(database, factor)
        assert isinstance(refused, RequestRefused)
        assert refused.code == "locked"
    assert state_of(database, kept.draft)[:2] == (OWNER, "filling")


def test_who_told_nothing_yet_is_not_asked_for_a_factor(database: Database, kept: Kept) -> None:
    done = wish(database, None, asker=STRANGER)
    assert isinstance(done, RequestDone)
    assert done.facts == {"erased": {}, "keeps": []}


def test_under_a_legal_hold_nothing_goes(database: Database, kept: Kept) -> None:
    hold = database.transact(holds.place, "dossier", kept.dossier, "CV 12/CAT", "lan")
    refused = wish(database, FACTOR)
    assert isinstance(refused, RequestRefused)
    assert refused.code == "held"
    assert state_of(database, kept.draft)[:2] == (OWNER, "filling")
    database.transact(holds.release, hold.id, "xong vụ việc", "lan")
    assert isinstance(wish(database, FACTOR), RequestDone)


def test_a_finished_dossier_forgets_its_conversation_and_a_running_one_does_not(
    database: Database, kept: Kept
) -> None:
    def owner(session: Session) -> str:
        return session.scalars(select(Dossier.owner).where(Dossier.code == kept.dossier)).one()

    wish(database, FACTOR)
    finish(database, {})
    assert database.query(owner) == OWNER
    for status in (Status.RECEIVED, Status.PROCESSING, Status.DONE, Status.HANDED_OVER):
        database.transact(advance, kept.dossier, status, "officer")
    wish(database, "1234")
    finish(database, {})
    assert database.query(owner) == ANONYMOUS


def test_what_comes_in_while_the_other_stores_are_at_it_goes_too(
    database: Database, kept: Kept, forms: Mapping[str, EForm], procedure: Procedure
) -> None:
    wish(database, FACTOR)
    late = database.transact(half_filled, forms, procedure)
    finish(database, {})
    assert state_of(database, late) == (ANONYMOUS, "discarded", {})


def test_a_claim_is_one_workers_until_its_lease_ends(database: Database, kept: Kept) -> None:
    database.transact(erasing.ask, OWNER, "web")
    at = now()
    (first,) = database.transact(erasing.claim, at, 10)
    assert database.transact(erasing.claim, at, 10) == []
    (second,) = database.transact(erasing.claim, at + erasing.LEASE, 10)
    with pytest.raises(erasing.ClaimLost):
        database.transact(erasing.finish, first.id, first.lease or "", {}, at)
    database.transact(erasing.finish, second.id, second.lease or "", {"messages": 1}, at)
    with pytest.raises(erasing.ClaimLost):
        database.transact(erasing.finish, second.id, second.lease or "", {}, at)


def test_asking_twice_is_one_wish(database: Database, kept: Kept) -> None:
    first = database.transact(erasing.ask, OWNER, "web")
    second = database.transact(erasing.ask, OWNER, "web")
    assert first.id == second.id
    assert second.counts["drafts"] == 1


def test_every_table_that_names_an_owner_is_decided_on() -> None:
    """A new one must be erased (`erasing.erase`), or be among what the law keeps."""
    erased = {"drafts", "files", "bookings", "ratings", "notices", "muted_owners"}
    erased |= {"conversations", "transcript_feeds", "erasures"}
    kept = {"dossiers", "post_requests", "complaints"}
    named = {one.name for one in Base.metadata.sorted_tables if "owner" in one.c}
    assert named == erased | kept
