"""The other system answers late, twice, 500, nonsense or nothing: one dossier, or an honest word."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from onestop import notices
from onestop.backends import outbox
from onestop.backends.contrib.http import HttpRemote
from onestop.backends.outbox import OutboxRow, State
from onestop.backends.worker import Policy, Worker
from onestop.dossiers import submission
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from tests.onestop.backends.conftest import Desk
from tests.platforms import onestop_server as fake
from tests.platforms.onestop_server import OnestopServer
from tests.stopping import stopped_after

STEPS = ["token", "LayMaHoSo", "TaiTepTin", "DongBoHoSoMC", "TraCuuHoSo"]
FAULTS = [fake.LATE, fake.LOST, fake.BROKEN, fake.HALF, fake.ERROR, fake.SILENT, fake.EXPIRED]


def row(desk: Desk) -> OutboxRow:
    with desk.database.sessions.begin() as session:
        return session.scalars(select(OutboxRow)).one()


def codes(desk: Desk) -> list[str]:
    with desk.database.sessions.begin() as session:
        return list(session.scalars(select(Dossier.code).order_by(Dossier.code)))


def check_one_dossier(desk: Desk, province: OnestopServer) -> None:
    """The same single dossier here and there, the citizen told once."""
    assert [one["MaHoSo"] for one in province.dossiers] == codes(desk)
    assert len(codes(desk)) == 1
    assert [one.template for one in desk.database.query(notices.waiting, 9)] == ["sent"]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("step", STEPS)
async def test_one_fault_at_any_step_ends_as_one_dossier(
    desk: Desk, remote: HttpRemote, province: OnestopServer, step: str, fault: str
) -> None:
    province.plan(step, fault)
    assert desk.submit(desk.fill()).state == "sending"
    await desk.work_until_still(desk.worker(remote))
    check_one_dossier(desk, province)


@pytest.mark.parametrize("fault", [fake.LATE, fake.LOST, fake.BROKEN])
async def test_a_lost_reply_makes_no_second_dossier_where_the_system_pays_no_heed_to_keys(
    desk: Desk, remote: HttpRemote, province: OnestopServer, fault: str
) -> None:
    province.forgetful = True
    province.plan("DongBoHoSoMC", fault)
    desk.submit(desk.fill())
    await desk.work_until_still(desk.worker(remote))
    check_one_dossier(desk, province)


async def test_without_asking_by_our_key_there_would_be_two(
    desk: Desk,
    remote: HttpRemote,
    province: OnestopServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The guard removed: a system that pays no heed to keys, and nobody who asks it."""

    async def never_found(_token: str, _key: str) -> None:
        return None

    monkeypatch.setattr(remote, "find", never_found)
    province.forgetful = True
    province.plan("DongBoHoSoMC", fake.LOST)
    desk.submit(desk.fill())
    await desk.work_until_still(desk.worker(remote))
    assert len(province.dossiers) == 2


async def test_many_faults_in_a_row_at_every_step_end_as_one_dossier(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    for step in STEPS:
        province.plan(step, fake.ERROR, fake.BROKEN, fake.LOST, fake.HALF, fake.ERROR)
    desk.submit(desk.fill())
    await desk.work_until_still(desk.worker(remote), hours=12)
    check_one_dossier(desk, province)


async def test_down_for_an_hour_loses_nothing_and_doubles_nothing(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    province.down = True
    for number in range(6):
        owner = f"citizen-{number}"
        desk.submit(desk.fill(owner), owner)
    worker = desk.worker(remote)
    await desk.work_until_still(worker, hours=1)
    assert codes(desk) == []
    tried = sum(province.calls.values())
    assert tried <= 60 * 60 / worker.breaker.rest.total_seconds() + worker.breaker.threshold
    province.down = False
    await desk.work_until_still(worker)
    assert len(codes(desk)) == 6
    assert sorted(one["MaHoSo"] for one in province.dossiers) == codes(desk)


async def test_the_citizen_is_told_that_it_is_being_sent_while_it_is(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    province.down = True
    draft_id = desk.fill()
    receipt = desk.submit(draft_id)
    assert (receipt.state, receipt.code) == ("sending", "")
    await desk.work_until_still(desk.worker(remote), hours=0.1)
    assert desk.submit(draft_id).state == "sending"


async def test_a_refusal_ends_the_way_and_an_operator_may_send_it_again(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    province.plan("DongBoHoSoMC", fake.REFUSED)
    draft_id = desk.fill()
    desk.submit(draft_id)
    worker = desk.worker(remote)
    await desk.work_until_still(worker)
    assert (row(desk).state, row(desk).last_error) == (State.FAILED, "DongBoHoSoMC: error_code 17")
    assert desk.submit(draft_id).state == "failed"
    assert [one.template for one in desk.database.query(notices.waiting, 9)] == ["not_sent"]
    assert desk.database.transact(outbox.retry, draft_id)
    assert not desk.database.transact(outbox.retry, draft_id)
    desk.clock.move(minutes=1)
    await desk.work_until_still(worker)
    assert len(codes(desk)) == len(province.dossiers) == 1


@pytest.mark.parametrize("step", ["token", "TraCuuHoSo"])
async def test_a_refused_account_or_question_is_no_fault_of_the_dossier(
    desk: Desk, remote: HttpRemote, province: OnestopServer, step: str
) -> None:
    province.plan(step, *[fake.REFUSED] * 3)
    desk.submit(desk.fill())
    await desk.work_until_still(desk.worker(remote))
    check_one_dossier(desk, province)


async def test_a_fault_of_ours_is_put_off_and_does_not_hold_up_the_rest(
    desk: Desk, remote: HttpRemote, province: OnestopServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, seen = remote.create, []

    async def fail_once(*arguments: Any) -> None:
        seen.append(arguments)
        if len(seen) == 1:
            raise RuntimeError("a fault of ours")
        await real(*arguments)

    monkeypatch.setattr(remote, "create", fail_once)
    for owner in ("citizen-1", "citizen-2"):
        desk.submit(desk.fill(owner), owner)
    worker = desk.worker(remote)
    await worker.work()
    assert await worker.work()
    assert len(codes(desk)) == 1
    await desk.work_until_still(worker)
    assert len(codes(desk)) == len(province.dossiers) == 2


async def test_it_gives_up_after_its_time_and_says_so(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    province.down = True
    desk.submit(desk.fill())
    patient = Policy(give_up_after=timedelta(hours=1))
    await desk.work_until_still(desk.worker(remote, patient), hours=3)
    assert row(desk).state == State.FAILED
    assert [one.template for one in desk.database.query(notices.waiting, 9)] == ["not_sent"]


async def test_an_old_session_is_renewed_without_losing_the_way(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    province.plan("TaiTepTin", fake.EXPIRED)
    province.plan("DongBoHoSoMC", fake.EXPIRED)
    desk.submit(desk.fill())
    assert await desk.worker(remote).work()
    check_one_dossier(desk, province)
    assert province.calls["LayMaHoSo"] == 1
    assert province.calls["token"] == 3


async def test_who_lost_the_lease_writes_nothing(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    desk.submit(desk.fill())
    policy = Policy()
    slow = desk.database.transact(outbox.claim, desk.clock(), policy.lease)
    assert slow is not None
    assert desk.database.transact(outbox.claim, desk.clock(), policy.lease) is None
    desk.clock.move(seconds=91)
    assert await desk.worker(remote).work()
    with pytest.raises(outbox.LeaseLost):
        desk.database.transact(outbox.save, slow, State.TOKEN, {}, desk.clock())
    check_one_dossier(desk, province)


async def test_a_worker_that_is_woken_and_stopped_at_once_stops(
    desk: Desk, remote: HttpRemote, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing() -> bool:
        return False

    for steps in range(6):  # of the event loop, between the two
        worker = desk.worker(remote)
        monkeypatch.setattr(worker, "work", nothing)
        await stopped_after(steps, worker.run(), worker.wake)


async def test_two_workers_share_the_rows_and_double_none(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    for number in range(12):
        owner = f"citizen-{number}"
        desk.submit(desk.fill(owner), owner)
    done = []

    async def work(worker: Worker) -> None:
        count = 0
        while await worker.work():
            count += 1
        done.append(count)

    await asyncio.gather(work(desk.worker(remote)), work(desk.worker(remote)))
    assert sum(done) == 12
    assert min(done) > 0
    assert len(codes(desk)) == 12
    assert sorted(one["MaHoSo"] for one in province.dossiers) == codes(desk)
    assert province.calls["DongBoHoSoMC"] == 12


async def test_the_files_arrive_whole_and_the_record_bears_the_national_names(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    desk.submit(desk.fill())
    await desk.work_until_still(desk.worker(remote))
    (record,) = province.dossiers
    (paper,) = record["ThanhPhanHoSo"]
    (sheet,) = paper["GiayToDinhKem"]
    content = province.files[sheet["IdGiayTo"]]
    assert hashlib.sha256(content).hexdigest() == sheet["HashTepTin"]
    assert record["MaTTHC"] == desk.procedure.code
    person = record["ThongTinNguoiNop"]["ThongTinChiTiet"]
    assert (person["TenNguoiNop"], person["SoDienThoai"]) == ("Nguyễn Văn An", "0912345678")
    assert "Nguyễn Văn An" in record["ThongTinKhac"]


async def test_nothing_personal_stays_readable_in_the_outbox(
    desk: Desk, remote: HttpRemote
) -> None:
    desk.submit(desk.fill())
    await desk.work_until_still(desk.worker(remote))
    with desk.database.engine.connect() as connection:
        raw = repr(connection.exec_driver_sql("SELECT * FROM backend_outbox").fetchall())
        raw += repr(connection.exec_driver_sql("SELECT * FROM notices").fetchall())
    assert "035090001234" not in raw
    assert "Nguyễn" not in raw
    assert "session-" not in raw


def status(desk: Desk) -> int:
    with desk.database.sessions.begin() as session:
        return session.scalars(select(Dossier.status)).one()


async def test_news_told_twice_is_no_second_request(
    desk: Desk, remote: HttpRemote, province: OnestopServer
) -> None:
    """The other system says "supplement requested" until its officer has read what was sent."""
    desk.submit(desk.fill())
    worker = desk.worker(remote)
    await desk.work_until_still(worker)
    province.dossiers[0].update(TrangThaiHoSo=5, GhiChu="Giấy xác nhận nơi ở")
    for _ in range(2):
        desk.clock.move(minutes=11)
        assert await worker.work()
    with desk.database.sessions.begin() as session:
        dossier = session.scalars(select(Dossier)).one()
        submission.step(session, dossier, Status.REGISTERED, submission.CITIZEN)
    desk.clock.move(minutes=11)
    assert await worker.work()
    assert status(desk) == Status.REGISTERED
    assert [one.template for one in desk.database.query(notices.waiting, 9)] == [
        "sent",
        "supplement_requested",
    ]
    province.dossiers[0].update(TrangThaiHoSo=4, GhiChu="")
    desk.clock.move(minutes=11)
    assert await worker.work()
    assert status(desk) == Status.PROCESSING
