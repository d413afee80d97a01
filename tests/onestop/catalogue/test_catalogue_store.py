"""Saving keeps history, ranks sources, and changes nothing the second time."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from common.database import Database
from onestop.catalogue.content import LegalBasis, Paper, Procedure, TimeUnit, Way, WayKind
from onestop.catalogue.differences import differences
from onestop.catalogue.models import ProcedurePaper, ProcedureRecord, ProcedureWay
from onestop.catalogue.sources import Source
from onestop.catalogue.statistics import collect
from onestop.catalogue.store import Outcome, all_procedures, get, history, save, version
from tests.onestop.dossiers import conftest as dossiers

BIRD = Procedure(
    code="1.000001",
    name="Cấp giấy phép nuôi chim",
    aliases=["giấy nuôi chim"],
    level=4,
    field="Chăn nuôi",
    decision_number="1/QĐ-UBND",
    ways=[
        Way(kind=WayKind.ONLINE, time_amount=5, time_unit=TimeUnit.DAY, fee_amount=20_000),
        Way(kind=WayKind.IN_PERSON, time_note="theo mô tả", fee_note="theo quy định"),
    ],
    papers=[Paper(name="Đơn", originals=1, group="cấp mới"), Paper(name="Ảnh")],
    legal_bases=[
        LegalBasis(number="32/2018/QH14", title="Luật Chăn nuôi"),
        LegalBasis(title="Luật"),
    ],
)
FISH = BIRD.model_copy(update={"code": "1.000002", "name": "Nuôi cá", "unparsed": {"Mô tả": "…"}})


onestop_database = dossiers.onestop_database


@pytest.fixture
def database(onestop_database: Database) -> Database:
    return onestop_database


def saved(database: Database, content: Procedure, source: Source) -> Outcome:
    return database.transact(save, content, source)


def test_what_was_saved_is_read_back_equal(database):
    assert saved(database, BIRD, Source.PORTAL) is Outcome.ADDED
    assert database.transact(get, BIRD.code) == BIRD
    assert database.transact(get, "9.999999") is None


def test_saving_the_same_again_changes_nothing(database):
    saved(database, BIRD, Source.PORTAL)
    before = database.transact(version)
    assert saved(database, BIRD, Source.PORTAL) is Outcome.UNCHANGED
    assert database.transact(version) == before
    assert len(database.transact(history, BIRD.code)) == 1


def test_a_change_is_current_at_once_and_keeps_what_was_before(database):
    saved(database, BIRD, Source.PORTAL)
    before = database.transact(version)
    shorter = BIRD.model_copy(update={"papers": BIRD.papers[:1], "field": "Thú y"})
    assert saved(database, shorter, Source.PORTAL) is Outcome.CHANGED
    assert database.transact(get, BIRD.code) == shorter
    assert database.transact(version) > before
    newest, oldest = database.transact(history, BIRD.code)
    assert Procedure.model_validate_json(oldest.content) == BIRD
    assert newest.digest == shorter.digest()
    with database.sessions() as session:
        assert session.scalar(select(func.count()).select_from(ProcedurePaper)) == 1
        assert session.scalar(select(ProcedureRecord.field)) == "Thú y"


def test_an_import_never_displaces_the_shipped_wording_but_is_kept(database):
    saved(database, BIRD, Source.SHIPPED)
    national = BIRD.model_copy(update={"aliases": [], "decision_number": "2/QĐ-BTC"})
    assert saved(database, national, Source.PORTAL) is Outcome.KEPT_ASIDE
    assert saved(database, national, Source.PORTAL) is Outcome.UNCHANGED
    assert database.transact(get, BIRD.code) == BIRD
    assert {revision.source for revision in database.transact(history, BIRD.code)} == {
        "shipped",
        "portal_2026",
    }


def test_the_shipped_catalogue_takes_over_from_an_import(database):
    saved(database, BIRD, Source.DEFENCE)
    better = BIRD.model_copy(update={"summary": "Để nuôi chim cảnh."})
    assert saved(database, better, Source.SHIPPED) is Outcome.CHANGED
    assert database.transact(get, BIRD.code) == better


def test_two_sources_read_in_turn_do_not_displace_one_another(database):
    older = BIRD.model_copy(update={"name": "Tên cũ"})
    saved(database, older, Source.DEFENCE)
    saved(database, BIRD, Source.PORTAL)
    before = database.transact(version)
    assert saved(database, older, Source.DEFENCE) is Outcome.UNCHANGED
    assert saved(database, BIRD, Source.PORTAL) is Outcome.UNCHANGED
    assert database.transact(version) == before
    assert database.transact(get, BIRD.code) == BIRD


def test_the_ranks_of_sources_are_an_order():
    sources = list(Source)
    for place, source in enumerate(sources):
        assert [other for other in sources if source.outranks(other)] == sources[place + 1 :]


def test_an_undone_transaction_leaves_nothing(database):
    def save_and_fail(session):
        save(session, BIRD, Source.PORTAL)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.transact(save_and_fail)
    assert database.transact(version) == 0
    assert database.transact(get, BIRD.code) is None


def test_all_procedures_come_in_order_of_code(database):
    saved(database, FISH, Source.PORTAL)
    saved(database, BIRD, Source.PORTAL)
    assert database.transact(lambda session: list(all_procedures(session))) == [BIRD, FISH]


def test_the_rows_under_a_procedure_repeat_its_content(database):
    saved(database, BIRD, Source.PORTAL)
    with database.sessions() as session:
        online = session.scalars(select(ProcedureWay).where(ProcedureWay.kind == "online")).one()
        paper = session.scalars(select(ProcedurePaper).where(ProcedurePaper.position == 0)).one()
    assert (online.time_amount, online.time_unit, online.fee_amount) == (5, "day", 20_000)
    assert (paper.name, paper.originals, paper.case) == ("Đơn", 1, "cấp mới")


def test_statistics_count_what_there_is_and_what_was_parsed(database):
    saved(database, BIRD, Source.PORTAL)
    saved(database, FISH, Source.SHIPPED)
    found = database.transact(collect)
    assert (found.procedures, found.online, found.withdrawn) == (2, 2, 0)
    assert found.by_source == {"portal_2026": 1, "shipped": 1}
    assert found.by_level == {"4": 2}
    assert found.by_tier == {None: 2}
    assert found.by_way == {"in_person": 2, "online": 2}
    shares = {share.name: (share.count, share.total) for share in found.shares}
    assert shares["ways: time as a figure"] == (2, 4)
    assert shares["ways: fee in words"] == (2, 4)
    assert shares["papers: counted"] == (2, 4)
    assert shares["legal bases: with number"] == (2, 4)
    assert shares["procedures: nothing left unparsed"] == (1, 2)


def test_statistics_of_an_empty_catalogue_are_zero(database):
    found = database.transact(collect)
    assert found.procedures == 0
    assert all(share.total == 0 for share in found.shares)


def test_facts_that_a_weaker_source_tells_otherwise_are_listed(database):
    saved(database, BIRD, Source.SHIPPED)
    dearer = BIRD.ways[0].model_copy(update={"fee_amount": 30_000})
    saved(database, BIRD.model_copy(update={"ways": [dearer, BIRD.ways[1]]}), Source.PORTAL)
    (found,) = database.transact(lambda session: list(differences(session)))
    assert (found.code, found.fact, found.source) == (BIRD.code, "online fee", "portal_2026")
    assert (found.current, found.other) == ("20000 đồng", "30000 đồng")
