"""The dashboard: the report's tables with plots, for reviewers and administrators.

The days stand in the address. A plot repeats its table for the eye; who cannot see it has the table beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, ConfigDict, TypeAdapter

from common import yaml_files
from common.problems import Problem
from onestop.reports.tables import Table, as_csv, shown, texts
from onestop.staff.access import Role, allow
from web.staff.keys import SERVICE
from web.staff.rendering import STAFF, render

routes = web.RouteTableDef()
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
LONG = 12  # rows of a table that are shown unfolded


class Plot(BaseModel):
    """How a table is drawn: what names its bars or points, and which columns are drawn (`plots.yml`)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["bar", "line"]
    labels: str
    values: list[str]
    most: int = 40  # bars; the rest is in the table


@lru_cache
def plots() -> dict[str, Plot]:
    """The plots by table."""
    read = yaml_files.read(STAFF / "plots.yml")
    return TypeAdapter(dict[str, Plot]).validate_python(read)


def period(query: Mapping[str, str]) -> tuple[date, date]:
    """The days asked for; without them this year so far.

    Raises:
        Problem: 422 `no_period` if they are none.
    """
    today = datetime.now(VIETNAM).date()
    days = []
    for name, usual in (("from", date(today.year, 1, 1)), ("to", today)):
        try:
            days.append(date.fromisoformat(query[name]) if query.get(name) else usual)
        except ValueError as error:
            raise Problem(422, "no_period") from error
    if days[1] < days[0]:
        raise Problem(422, "no_period")
    return days[0], days[1]


async def _tables(request: web.Request, first: date, last: date) -> list[Table]:
    asked = {"first": first.isoformat(), "last": last.isoformat()}
    return await request[SERVICE].ask(list[Table], "GET", "/staff/report", params=asked)


def drawn(table: Table) -> dict[str, object] | None:
    """What the page's script draws of a table; `None` where there is nothing to draw."""
    plot = plots().get(table.name)
    if plot is None or not table.rows:
        return None
    at = {column.name: number for number, column in enumerate(table.columns)}
    kinds = {column.name: column.kind for column in table.columns}
    rows = [row for row in table.rows if row[at[plot.labels]] != "whole"][: plot.most]
    factor = {name: 100 if kinds[name] == "share" else 1 for name in plot.values}
    return {
        "kind": plot.kind,
        "labels": [shown(row[at[plot.labels]], "text") for row in rows],
        "series": [
            {
                "label": texts().columns[name],
                "values": [(row[at[name]] or 0) * factor[name] for row in rows],
            }
            for name in plot.values
        ],
    }


def links(today: date) -> list[tuple[str, date, date]]:
    """Periods that are asked for often: this month, the last one, this quarter, this year, the last one."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    quarter = date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    year = date(today.year, 1, 1)
    return [
        ("Tháng này", month, today),
        ("Tháng trước", before.replace(day=1), before),
        ("Quý này", quarter, today),
        ("Năm nay", year, today),
        ("Năm trước", date(today.year - 1, 1, 1), year - timedelta(days=1)),
    ]


@routes.get("/report")
@allow(Role.REVIEWER, Role.ADMINISTRATOR)
async def dashboard(request: web.Request) -> web.Response:
    """All tables of the period."""
    today = datetime.now(VIETNAM).date()
    wanted = {name: request.query.get(name, "") for name in ("from", "to")}
    tables, refused = list[Table](), None
    try:
        first, last = period(request.query)
        wanted = {"from": first.isoformat(), "to": last.isoformat()}
        tables = await _tables(request, first, last)
    except Problem as problem:
        if problem.code != "no_period":
            raise
        refused = problem
    return render(
        request,
        "report.html.j2",
        problem=refused,
        tables=[(table, drawn(table)) for table in tables],
        words=texts(),
        shown=shown,
        wanted=wanted,
        periods=links(today),
        long=LONG,
    )


@routes.get(r"/report/{table:[a-z_]{1,40}}.csv")
@allow(Role.REVIEWER, Role.ADMINISTRATOR)
async def download(request: web.Request) -> web.Response:
    """One table for a spreadsheet."""
    first, last = period(request.query)
    name = request.match_info["table"]
    for table in await _tables(request, first, last):
        if table.name == name:
            file = f"{name}-{first}-{last}.csv"
            return web.Response(
                # With the mark that spreadsheets need to read Vietnamese letters.
                body=as_csv(table).encode("utf-8-sig"),
                headers={
                    "Content-Type": "text/csv; charset=utf-8",
                    "Content-Disposition": f'attachment; filename="{file}"',
                },
            )
    raise Problem(404, "no_page")
