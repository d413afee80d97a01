"""What every back end must do, the same cases for each."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from common.database import Database
from onestop import notices
from onestop.backends.base import Backend
from onestop.backends.contrib.embedded import EmbeddedBackend
from onestop.backends.contrib.http import HttpRemote
from onestop.catalogue.content import Procedure
from onestop.dossiers import drafts, submission, supplements
from onestop.dossiers.codes import normalise_code
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.eforms.definition import EForm
from onestop.schemas import AnswerRequest, NoticeView
from tests.onestop.backends.conftest import OWNER, Desk
from tests.onestop.dossiers.test_drafts import agree
from tests.onestop.uploads.test_cleaning import picture
from tests.papers import sent
from tests.platforms.onestop_server import OnestopServer


@pytest.fixture
def desk(
    database: Database,
    forms: dict[str, EForm],
    procedure: Procedure,
    backend: Backend,
    uploads: Path,
) -> Desk:
    return Desk(database, forms, procedure, backend, uploads)


def told(desk: Desk) -> list[NoticeView]:
    return desk.database.query(notices.waiting, 100)


def dossiers(desk: Desk) -> list[Dossier]:
    with desk.database.sessions.begin() as session:
        return list(session.scalars(select(Dossier)))


async def test_a_draft_becomes_one_dossier_with_a_national_code_that_the_citizen_hears(
    desk: Desk, remote: HttpRemote
) -> None:
    draft_id = desk.fill()
    receipt = desk.submit(draft_id)
    await desk.work_until_still(desk.worker(remote))
    (dossier,) = dossiers(desk)
    assert normalise_code(dossier.code) == dossier.code
    assert dossier.status == Status.REGISTERED
    assert dossier.second_factors == ["1234", "5678"]
    heard = receipt.code or next(one.text for one in told(desk) if one.owner == OWNER)
    assert dossier.code in heard
    assert desk.submit(draft_id).code == dossier.code


async def test_what_the_receipt_promises_does_not_depend_on_the_back_end(
    desk: Desk, remote: HttpRemote
) -> None:
    receipt = desk.submit(desk.fill())
    await desk.work_until_still(desk.worker(remote))
    (dossier,) = dossiers(desk)
    assert (receipt.fee_amount, receipt.pay) == (15000, "at_counter")
    assert receipt.due_at == dossier.due_at
    assert receipt.received_at == dossier.received_at
    assert dossier.receipt["state"] == "received"


async def test_submitting_again_before_it_is_sent_makes_no_second(
    desk: Desk, remote: HttpRemote
) -> None:
    draft_id = desk.fill()
    first = desk.submit(draft_id)
    assert desk.submit(draft_id) == first
    await desk.work_until_still(desk.worker(remote))
    desk.submit(draft_id)
    await desk.work_until_still(desk.worker(remote))
    assert len(dossiers(desk)) == 1


async def test_a_step_of_the_officer_reaches_history_and_citizen(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    desk.submit(desk.fill())
    worker = desk.worker(remote)
    await desk.work_until_still(worker)
    (dossier,) = dossiers(desk)
    if isinstance(desk.backend, EmbeddedBackend):
        desk.database.transact(
            submission.advance, dossier.code, Status.RECEIVED, "officer", "Đủ giấy tờ"
        )
    else:
        province.dossiers[0].update(TrangThaiHoSo=2, GhiChu="Đủ giấy tờ")
        desk.clock.move(minutes=11)
        assert await worker.work()
    with desk.database.sessions.begin() as session:
        moved = submission.find(session, dossier.code)
        assert [event.status for event in moved.history] == [1, 2]
    news = told(desk)[-1]
    assert "Được tiếp nhận" in news.text
    assert "Đủ giấy tờ" in news.text


async def test_a_fee_that_the_officer_waits_for_is_asked_of_the_citizen(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    desk.submit(desk.fill())
    worker = desk.worker(remote)
    await desk.work_until_still(worker)
    (dossier,) = dossiers(desk)
    if isinstance(desk.backend, EmbeddedBackend):
        for status in (Status.RECEIVED, Status.PROCESSING, Status.PAYMENT_REQUESTED):
            desk.database.transact(submission.advance, dossier.code, status, "officer")
    else:
        province.dossiers[0].update(TrangThaiHoSo=6, GhiChu="")
        desk.clock.move(minutes=11)
        assert await worker.work()
    news = told(desk)[-1]
    assert news.template == "payment_requested"
    assert "15.000 đồng" in news.text


async def test_a_withdrawal_reaches_the_officers(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    desk.submit(desk.fill())
    worker = desk.worker(remote)
    await desk.work_until_still(worker)
    with desk.database.sessions.begin() as session:
        dossier = session.scalars(select(Dossier)).one()
        supplements.withdraw(session, dossier, desk.backend)
        assert dossier.status == Status.WITHDRAWAL_REQUESTED
    desk.clock.move(minutes=1)
    await desk.work_until_still(worker)
    if not isinstance(desk.backend, EmbeddedBackend):
        (report,) = province.reports.values()
        assert (report["MaHoSo"], report["TrangThai"]) == (dossier.code, 7)


async def test_a_supplement_reaches_the_officers_with_its_paper(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    desk.submit(desk.fill())
    worker = desk.worker(remote)
    await desk.work_until_still(worker)
    with desk.database.sessions.begin() as session:
        dossier = session.scalars(select(Dossier)).one()
        if isinstance(desk.backend, EmbeddedBackend):
            wanted = supplements.Wanted(new_papers=["Giấy xác nhận nơi ở"])
            supplements.ask(session, dossier, wanted, "officer", "")
    if not isinstance(desk.backend, EmbeddedBackend):
        province.dossiers[0].update(TrangThaiHoSo=5, GhiChu="Giấy xác nhận nơi ở")
        desk.clock.move(minutes=11)
        assert await worker.work()
    assert "Giấy xác nhận nơi ở" in told(desk)[-1].text
    with desk.database.sessions.begin() as session:
        dossier = session.scalars(select(Dossier)).one()
        draft = supplements.begin(session, dossier, OWNER, "web")
        kept = sent(session, desk.uploads, OWNER, "noi-o.jpg", picture())
        drafts.answer(session, draft, AnswerRequest(file_ids=[kept.file_id]))
        agree(draft)
        receipt = drafts.submit(session, draft, desk.procedure, "H25", desk.backend)
        assert (receipt.state, receipt.code) == ("supplemented", dossier.code)
    desk.clock.move(minutes=1)
    await desk.work_until_still(worker)
    if not isinstance(desk.backend, EmbeddedBackend):
        (report,) = province.reports.values()
        (paper,) = report["DanhSachGiayToBoSung"]
        assert paper["GiayToDinhKem"][0]["TenGiayTo"] == "noi-o.jpg"
