"""The real records of the national portal: all are read, counted as their SOURCE.md says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from common.database import Database
from onestop.catalogue.content import Procedure, Tier
from onestop.catalogue.importing.files import find_files, read_raw
from onestop.catalogue.importing.formats import RejectedRecordError, read_record
from onestop.catalogue.sources import Source
from onestop.catalogue.store import Outcome, save, version

pytestmark = pytest.mark.timeout(300)  # thousands of records
Read = list[tuple[Procedure, Source]]


def read_all(directory: Path) -> Read:
    return [read_record(raw.record) for path in find_files([directory]) for raw in read_raw(path)]


@pytest.fixture(scope="module")
def portal(shared_data: Path) -> Read:
    return read_all(shared_data / "dvcqg_2026_hdtruong802")


def test_all_records_of_the_portal_are_read(portal):
    codes = {procedure.code for procedure, _ in portal}
    assert len(portal) == len(codes) == 5652
    assert Counter(procedure.tier for procedure, _ in portal) == {
        Tier.PROVINCE: 2669,
        Tier.COMMUNE: 1120,
        Tier.MINISTRY: 1778,
        None: 85,
    }
    assert all(procedure.level is None for procedure, _ in portal)
    assert [procedure.code for procedure, _ in portal if procedure.withdrawn] == ["1.014955-Xoa"]


def test_most_of_the_portals_texts_become_fields(portal):
    procedures = [procedure for procedure, _ in portal]
    ways = [way for procedure in procedures for way in procedure.ways]
    papers = [paper for procedure in procedures for paper in procedure.papers]
    bases = [basis for procedure in procedures for basis in procedure.legal_bases]
    assert len(ways) == 16509  # every "* Hình thức nộp" of the files
    assert sum(way.time_amount is not None for way in ways) / len(ways) > 0.88
    assert sum(paper.originals + paper.copies > 0 for paper in papers) / len(papers) > 0.98
    assert sum(bool(basis.number) for basis in bases) / len(bases) > 0.99
    assert not any("Cách thức thực hiện" in procedure.unparsed for procedure in procedures)


def test_no_fee_of_the_portal_is_free_without_words_that_say_so(portal):
    free = {
        way.fee_note.strip(" .;-").lower()
        for procedure, _ in portal
        for way in procedure.ways
        if way.fee_amount == 0
    }
    assert free <= {
        "không", "không có", "miễn phí", "miễn lệ phí", "không thu phí", "không thu lệ phí",
        "miễn lệ phí (thông tư số 47/2019/tt-btc)",
    }  # fmt: skip


def test_the_other_sources_are_read_and_the_records_without_code_rejected(shared_data):
    crawl = read_all(shared_data / "dvcqg_2026_chatbot_tthc")
    defence = read_all(shared_data / "bqp_nhdandz")
    assert (len(crawl), {source for _, source in crawl}) == (69, {Source.PORTAL_CRAWL})
    assert (len(defence), {source for _, source in defence}) == (207, {Source.DEFENCE})
    without_code = list(read_raw(shared_data / "dvcqg_2021_7sins" / "data.json"))
    assert [raw.line for raw in without_code] == list(range(1, 88))
    for raw in without_code:
        with pytest.raises(RejectedRecordError, match="no code"):
            read_record(raw.record)


def test_importing_all_records_twice_changes_nothing(portal, onestop_database: Database):
    def save_all(session):
        return Counter(save(session, procedure, source) for procedure, source in portal)

    assert onestop_database.transact(save_all) == {Outcome.ADDED: 5652}
    before = onestop_database.transact(version)
    assert onestop_database.transact(save_all) == {Outcome.UNCHANGED: 5652}
    assert onestop_database.transact(version) == before
