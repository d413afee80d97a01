"""The dashboard: what it shows and to whom, the period in the address, downloads."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from html import unescape

import pytest

from common.database import Database
from common.problems import Problem
from onestop.reports.tables import texts
from onestop.staff.access import Role
from tests.onestop.reports.conftest import know, procedure, submitted
from tests.staff import make_account, open_session
from tests.web.staff.conftest import Console
from web.staff.report import links, period, plots

CODE, OTHER = "1.000001", "1.000002"
MARCH = "from=2026-03-01&to=2026-03-31"


@pytest.fixture(autouse=True)
def _dossiers(database: Database) -> None:
    know(database, procedure(CODE), procedure(OTHER, "Đất đai", "Sở Nông nghiệp"))
    database.transact(submitted, {date(2026, 3, 3): 2}, CODE)
    database.transact(submitted, {date(2026, 3, 4): 1}, OTHER)


async def test_tables_are_written_as_vietnamese_does_with_plots_beside(console: Console) -> None:
    console.enter(Role.REVIEWER)
    status, page = await console.get(f"/staff/report?{MARCH}")
    assert status == 200
    assert "100,00 %" in page
    told = [json.loads(unescape(one)) for one in re.findall(r'data-plot="([^"]*)"', page)]
    month = next(one for one in told if one["labels"] == ["2026-03"])
    assert [(one["label"], one["values"]) for one in month["series"]] == [
        ("Trực tuyến", [3]),
        ("Tổng số", [3]),
    ]


async def test_a_table_comes_for_spreadsheets(console: Console) -> None:
    console.enter(Role.ADMINISTRATOR)
    status, body = await console.get(f"/staff/report/dossiers_by_field.csv?{MARCH}")
    assert status == 200
    rows = list(csv.reader(io.StringIO(body.removeprefix("\ufeff"))))
    assert rows[1:] == [["Hộ tịch", "2", "2", "100.00"], ["Đất đai", "1", "1", "100.00"]]
    assert (await console.get(f"/staff/report/nothing.csv?{MARCH}"))[0] == 404


async def test_an_account_of_one_agency_sees_no_other(console: Console) -> None:
    account = make_account(console.database, "nam", Role.REVIEWER, agencies=["Sở Nông nghiệp"])
    console.bear(open_session(console.database, account))
    _, page = await console.get(f"/staff/report?{MARCH}")
    assert f"Thủ tục {OTHER}" in page
    assert f"Thủ tục {CODE}" not in page
    assert texts().tables["channels"] not in page


@pytest.mark.parametrize("query", ["from=x", "from=2026-03-02&to=2026-03-01"])
async def test_days_that_are_none_are_refused_and_the_form_stays(
    console: Console, query: str
) -> None:
    console.enter(Role.REVIEWER)
    status, page = await console.get(f"/staff/report?{query}")
    assert status == 422
    assert "Ngày chưa đúng" in page
    assert 'name="from"' in page


def test_periods_that_are_asked_for_often_are_whole_and_in_order() -> None:
    for today in (date(2026, 1, 1), date(2026, 3, 31), date(2028, 2, 29), date(2026, 12, 31)):
        named = {name: (first, last) for name, first, last in links(today)}
        assert all(first <= last for first, last in named.values())
        assert named["Quý này"][0].month in (1, 4, 7, 10)
        assert named["Tháng trước"][1].month != today.month


def test_a_period_is_this_year_unless_it_is_said() -> None:
    first, last = period({})
    assert (first.month, first.day) == (1, 1)
    assert first.year == last.year
    with pytest.raises(Problem):
        period({"from": "2026-03-02", "to": "2026-03-01"})


def test_what_is_drawn_is_in_its_table() -> None:
    for name, plot in plots().items():
        assert name in texts().tables
        assert {plot.labels, *plot.values} <= texts().columns.keys()
