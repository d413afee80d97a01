"""What the report counts, each table from rows whose counts are known."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from common.agencies import AGENCIES_HEADER, agencies_of
from common.database import Database, now
from common.settings import Settings, settings
from onestop.cli import main
from onestop.dossiers import drafts
from onestop.dossiers.models import Dossier, DossierEvent, Draft, SupplementRequest
from onestop.dossiers.statuses import Status
from onestop.dossiers.submission import day_of
from onestop.eforms.definition import EForm
from onestop.feedback import complaints
from onestop.feedback.models import Rating
from onestop.post.models import PostRequest
from onestop.reports import report
from onestop.reports.models import CounterDossier, CounterFile
from onestop.reports.period import Period
from onestop.reports.tables import Column, Table, as_csv, as_text, shown, texts
from onestop.reports.waiting import waiting
from onestop.schemas import AnswerRequest
from onestop.staff.scope import Scope
from onestop.transcripts.models import Conversation, ConversationProcedure, Turn
from tests.onestop.dossiers import conftest as dossiers_conftest
from tests.onestop.feedback.conftest import complaint
from tests.onestop.reports.conftest import at, know, plain, procedure, submitted, table

forms = dossiers_conftest.forms
CODE, OTHER = "1.000001", "1.000002"
DAY = date(2026, 3, 31)
MARCH = Period(date(2026, 3, 1), DAY)
LATER = at(date(2026, 4, 20))


@pytest.fixture(autouse=True)
def _catalogue(database: Database) -> None:
    know(database, procedure(CODE), procedure(OTHER, "Đất đai", "Sở Nông nghiệp"))


def build(database: Database, period: Period = MARCH, scope: Scope | None = None) -> list[Table]:
    return database.query(report.build, period, LATER, scope or Scope())


def elsewhere(session: Session, code: str, **given: Any) -> None:
    if session.get(CounterFile, "d") is None:
        session.add(CounterFile(digest="d", name="x", rows=1, actor="lan"))
        session.flush()
    values = {"way": "in_person", "agency": "", "received_on": DAY, "result_by_post": False}
    procedure_code = given.pop("procedure_code", CODE)
    session.add(
        CounterDossier(code=code, file="d", procedure_code=procedure_code, **{**values, **given})
    )


def test_a_day_is_a_day_in_vietnam(database: Database) -> None:
    database.transact(submitted, {DAY: 1}, CODE)
    late = datetime(2026, 3, 31, 17, 30, tzinfo=UTC)  # half past midnight of 1 April
    database.transact(lambda session: session.execute(update(Dossier).values(received_at=late)))
    assert plain(build(database), "dossiers") == []
    april = Period(date(2026, 4, 1), date(2026, 4, 1))
    assert plain(build(database, april), "dossiers_by_month") == [["2026-04", 1, 1, 1.0]]
    hours = plain(build(database, april), "hours")
    assert [row[0] for row in hours if row[3]] == [0]


def test_a_dossier_of_ours_on_the_counters_list_counts_once(database: Database) -> None:
    database.transact(submitted, {DAY: 1}, CODE)
    database.transact(elsewhere, f"H25-{CODE}-{DAY}-0")
    database.transact(elsewhere, "G1")
    assert table(build(database), "dossiers") == [["Tất cả", "1", "2", "50,00 %"]]


def test_fields_and_agencies_are_the_catalogues_unless_the_list_names_one(
    database: Database,
) -> None:
    database.transact(submitted, {DAY: 1}, OTHER)
    database.transact(elsewhere, "G1", agency="UBND phường Phủ Lý")
    tables = build(database)
    assert table(tables, "dossiers_by_field") == [
        ["Hộ tịch", "0", "1", "0,00 %"],
        ["Đất đai", "1", "1", "100,00 %"],
    ]
    assert [row[0] for row in plain(tables, "dossiers_by_agency")] == [
        "Sở Nông nghiệp",
        "UBND phường Phủ Lý",
    ]


def test_a_scope_sees_its_agencies_only(database: Database) -> None:
    database.transact(submitted, {DAY: 2}, CODE)
    database.transact(submitted, {DAY: 3}, OTHER)
    seen = build(database, scope=Scope.of(["Sở Nông nghiệp"]))
    assert plain(seen, "dossiers")[0][1:3] == [3, 3]
    assert sum(plain(seen, "timeliness")[0][1:6]) == 3  # type: ignore[arg-type]
    assert [row[0] for row in plain(seen, "funnel")] == [OTHER]
    assert {"channels", "hours"}.isdisjoint(one.name for one in seen)


def test_on_time_and_late_as_the_national_indicator_counts(database: Database) -> None:
    database.transact(submitted, {DAY: 7}, CODE)  # due on 5 April

    def handle(session: Session) -> None:
        ids = list(session.scalars(select(Dossier.id).order_by(Dossier.id)))
        done = Status.DONE

        def event(number: int, day: int, status: Status = done) -> None:
            moment = at(date(2026, 4, day))
            session.add(DossierEvent(dossier_id=ids[number], status=status, actor="lan", at=moment))

        event(0, 3)  # on time
        event(1, 9)  # late
        event(2, 3)  # on time, the handing over later does not count
        event(2, 9, Status.HANDED_OVER)
        # 3: open and late. 4: waits for its citizen since 2 April: the clock stands.
        waits = {"fields": [], "actor": "lan", "status_before": 2}
        asked = at(date(2026, 4, 2))
        session.add(SupplementRequest(dossier_id=ids[4], requested_at=asked, **waits))
        for _ in range(2):  # 5: asked twice is late, though done in time
            session.add(
                SupplementRequest(dossier_id=ids[5], requested_at=asked, answered_at=asked, **waits)
            )
        event(5, 3)
        no_promise = update(Dossier).where(Dossier.id == ids[6]).values(due_at=None)
        session.execute(no_promise)

    database.transact(handle)
    database.transact(elsewhere, "G1", due_on=DAY, finished_on=DAY)
    database.transact(elsewhere, "G2", due_on=DAY, finished_on=date(2026, 4, 1))
    database.transact(elsewhere, "G3", due_on=DAY)
    here, other = table(build(database), "timeliness")
    assert here == ["Qua trợ lý", "2", "2", "1", "1", "1", "50,00 %"]
    assert other == ["Tại quầy và nơi khác", "1", "1", "0", "1", "0", "33,33 %"]


def test_results_by_public_post_of_all_results(database: Database) -> None:
    database.transact(submitted, {DAY: 4}, CODE)

    def handle(session: Session) -> None:
        ids = list(session.scalars(select(Dossier.id).order_by(Dossier.id)))
        session.execute(update(Dossier).where(Dossier.id.in_(ids[:3])).values(status=10))
        for number, (service, state) in enumerate(
            [("deliver", "delivered"), ("deliver", "returned"), ("collect", "at_unit")]
        ):
            session.add(
                PostRequest(
                    code=f"P{number}",
                    dossier_id=ids[number],
                    owner="web:x",
                    service=service,
                    state=state,
                    details={},
                    zone="",
                    fee=0,
                    fee_estimated=True,
                )
            )

    database.transact(handle)
    database.transact(elsewhere, "G1", finished_on=DAY, result_by_post=True)
    assert table(build(database), "post") == [
        ["Trả kết quả tận nhà", "2", "4", "50,00 %"],
        ["Nhận hồ sơ tận nhà", "1", "4", "25,00 %"],
    ]


def talk(session: Session, owner: str, code: str, channel: str = "web") -> None:
    moment = at(DAY, 20)
    row = Conversation(owner=owner, first=0, channel=channel, started_at=moment, last_at=moment)
    row.procedures = [ConversationProcedure(code=code)]
    session.add(row)
    session.flush()
    for number, fallback in enumerate([False, False, True, False]):
        session.add(
            Turn(
                conversation_id=row.id,
                number=number,
                at=moment,
                text="",
                clear={},
                free=number < 3,
                intent="",
                alternatives=[],
                entities=[],
                fallback=fallback,
                lot=number,
            )
        )


def test_the_funnel_follows_drafts_from_asking_to_acceptance(
    database: Database, forms: Mapping[str, EForm]
) -> None:
    period = Period(day_of(now()), day_of(now()))

    def begin(session: Session, owner: str) -> Draft:
        return drafts.start(session, forms, procedure(CODE), owner, "zalo")

    def citizens(session: Session) -> None:
        for number in range(5):
            talk(session, f"web:{number}", CODE)
        session.execute(update(Conversation).values(started_at=now()))
        given_up = begin(session, "zalo:a")
        drafts.answer(session, given_up, AnswerRequest(text="Nguyễn Văn An"))
        drafts.discard(given_up)
        left_alone = begin(session, "zalo:b")
        session.flush()
        old = now() - timedelta(days=2)
        session.execute(update(Draft).where(Draft.id == left_alone.id).values(updated_at=old))
        begin(session, "zalo:c")  # still being filled
        submitted(session, {period.first: 2}, CODE)
        accepted = session.scalars(select(Dossier.id).order_by(Dossier.id)).first()
        session.add(DossierEvent(dossier_id=accepted, status=Status.RECEIVED, actor="lan"))

    database.transact(citizens)
    tables = database.query(report.build, period, now())
    assert table(tables, "funnel") == [
        [CODE, f"Thủ tục {CODE}", "5", "5", "2", "1", "40,00 %"],
    ]
    assert plain(tables, "left") == [
        [CODE, f"Thủ tục {CODE}", "Họ và tên", 1],
        [CODE, f"Thủ tục {CODE}", "Số căn cước", 1],
    ]
    assert plain(tables, "channels") == [["web", 5, 2, 2], ["zalo", 0, 3, 0]]


def test_what_was_typed_and_not_understood(database: Database) -> None:
    database.transact(talk, "web:a", CODE)
    tables = build(database)
    assert table(tables, "understanding") == [["3", "1", "33,33 %", "0", "–", "–", "–"]]
    assert [row for row in plain(tables, "hours") if row[1]] == [[20, 4, 0, 0]]


def test_what_was_understood_as_reviewers_judged_by_lot(database: Database) -> None:
    database.transact(talk, "web:a", CODE)

    def judge(session: Session) -> None:
        turns = list(session.scalars(select(Turn).where(Turn.free).order_by(Turn.id)))
        for turn, correct in zip(turns, (True, False, None), strict=True):
            turn.correct, turn.sampled = correct, correct is not None

    database.transact(judge)
    ((*_, judged, share, low, high),) = table(build(database), "understanding")
    # Wilson's interval for one of two.
    assert (judged, share, low, high) == ("2", "50,00 %", "9,45 %", "90,55 %")


def test_complaints_by_state_and_those_that_are_late(database: Database) -> None:
    database.transact(complaints.take, complaint())
    today = Period(day_of(now()), day_of(now()))
    soon, later = (
        database.query(report.build, today, now() + timedelta(days=days)) for days in (0, 60)
    )
    assert table(soon, "complaints")[0] == ["Mới nhận", "1", "0"]
    assert table(later, "complaints")[0] == ["Mới nhận", "1", "1"]


def test_ratings_are_those_that_were_given(database: Database) -> None:
    database.transact(submitted, {DAY: 1}, CODE)

    def judge(session: Session) -> None:
        dossier = session.scalars(select(Dossier)).one()
        given = {"owner": "web:x", "channel": "web", "rated_at": at(DAY)}
        session.add(Rating(dossier_id=dossier.id, stars=4, reason="", **given))

    database.transact(judge)
    assert table(build(database), "ratings")[0] == [
        *("Tất cả", "Chưa phân loại", "0", "0", "0", "1", "0", "1", "4,0"),
    ]


def test_complaints_are_counted_for_whose_matter_they_are(database: Database) -> None:
    for number, about in enumerate(("Sở Nông nghiệp", "", "chuyện khác")):
        told = complaint(f"request-{number:010}", about=about)
        database.transact(complaints.take, told)
    today = Period(day_of(now()), day_of(now()))
    land = Scope.of(["Sở Nông nghiệp"])
    counted = [
        plain(build(database, today, scope), "complaints")[0][:2]
        for scope in (Scope(), land, Scope.of(["Sở Y tế"]))
    ]
    assert counted == [["received", 3], ["received", 1], ["received", 0]]


async def test_waiting_times_come_from_the_gateway_or_are_left_out() -> None:
    asked: list[Mapping[str, str]] = []
    whose: list[frozenset[str] | None] = []

    async def statistics(request: web.Request) -> web.Response:
        asked.append(request.query)
        whose.append(agencies_of(request.headers.get(AGENCIES_HEADER)))
        step = {"count": 3, "median": 2.5, "ninth_decile": 14.0}
        return web.json_response({"asked": 4, "taken": step, "answered": {**step, "count": 2}})

    app = web.Application()
    app.router.add_get("/statistics", statistics)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    async with aiohttp.ClientSession() as http:
        config = Settings(gateway_url=f"http://127.0.0.1:{port}")
        found = await waiting(http, config, MARCH)
        await waiting(http, config, MARCH, Scope.of(["Sở Y tế"]))
        await runner.cleanup()
        assert await waiting(http, config, MARCH) is None
    assert found is not None
    assert table([found], "waiting") == [
        ["Yêu cầu gặp cán bộ", "4", "–", "–"],
        ["Đến khi có cán bộ nhận", "3", "2,5", "14,0"],
        ["Đã trả lời", "2", "2,5", "14,0"],
    ]
    assert whose == [None, {"Sở Y tế"}]
    assert asked[0]["begin"] == "2026-03-01T00:00:00+07:00"


def test_every_table_column_and_value_has_its_words(database: Database) -> None:
    for one in build(database):
        assert one.name in texts().tables
        assert {column.name for column in one.columns} <= texts().columns.keys()


def test_text_in_csv_is_never_a_formula() -> None:
    columns = [Column(name="field", kind="text"), Column(name="share", kind="share")]
    written = as_csv(Table(name="dossiers", columns=columns, rows=[["=HYPERLINK(1)", 0.12852]]))
    assert written.splitlines()[1] == "'=HYPERLINK(1),12.85"


@given(st.integers(0, 10**9), st.floats(0, 1))
def test_figures_are_written_as_vietnamese_does(count: int, part: float) -> None:
    assert int(shown(count, "count").replace(".", "")) == count
    written = shown(part, "share")
    assert abs(float(written.removesuffix(" %").replace(",", ".")) - part * 100) <= 0.00501
    assert len(written.removesuffix(" %").split(",")[1]) == 2


def test_the_command_prints_writes_and_refuses(
    database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    changed = {"database_url": url, "gateway_url": "http://127.0.0.1:9"}
    config = settings().model_copy(update=changed)
    monkeypatch.setattr("onestop.cli.report.settings", lambda: config)
    database.transact(submitted, {DAY: 2}, CODE)
    asked = ["report", "--from", "2026-03-01", "--to", "31/03/2026"]
    assert main(asked) == 0
    said = capsys.readouterr()
    assert "Hồ sơ theo tháng" in said.out
    assert "100,00 %" in said.out
    assert "without waiting times" in said.err
    assert main([*asked, "--json"]) == 0
    names = [one["name"] for one in json.loads(capsys.readouterr().out)]
    assert main([*asked, "--csv", str(tmp_path / "out")]) == 0
    assert sorted(path.stem for path in (tmp_path / "out").iterdir()) == sorted(names)
    assert main(["report", "--from", "2026-03-02", "--to", "2026-03-01"]) == 1
    assert main(["report", "--from", "2026-03-02"]) == 2
    assert as_text(Table(name="hours", columns=[Column(name="hour")], rows=[[7]])) == (
        "Theo giờ trong ngày\nGiờ\n  7\n"
    )
