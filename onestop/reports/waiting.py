"""How long citizens waited for a person; the gateway knows, and is asked over its inner interface."""

from __future__ import annotations

import aiohttp

from common.agencies import agencies_header
from common.settings import Settings
from onestop.reports.dossiers import ALL
from onestop.reports.period import Period
from onestop.reports.tables import Cell, Column, Table
from onestop.staff.scope import Scope

TIMEOUT = aiohttp.ClientTimeout(total=5, connect=2)
CALLER = {"X-Staff-Id": "report", "X-Staff-Name": "report"}
STEPS = ("taken", "answered")


async def waiting(
    http: aiohttp.ClientSession, config: Settings, period: Period, scope: Scope = ALL
) -> Table | None:
    """The table of waiting times; `None` where the gateway does not answer: the rest is told all the same.

    Args:
        http: the connections to use.
        config: knows the gateway.
        period: the days on which a person was asked for.
        scope: whose matters are counted; what is nobody's only for who sees all.
    """
    token = config.internal_token.get_secret_value()
    params = {"begin": period.begin.isoformat(), "end": period.end.isoformat()}
    try:
        async with http.get(
            f"{config.gateway}/statistics",
            params=params,
            headers={
                "Authorization": f"Bearer {token}",
                **CALLER,
                **agencies_header(scope.agencies),
            },
            timeout=TIMEOUT,
        ) as response:
            if response.status != 200:
                return None
            found = await response.json()
            rows: list[list[Cell]] = [
                [step, found[step]["count"], found[step]["median"], found[step]["ninth_decile"]]
                for step in STEPS
            ]
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError):
        return None
    columns = [Column(name="step", kind="text"), Column(name="handovers")]
    columns += [Column(name=one, kind="number") for one in ("median", "ninth_decile")]
    rows.insert(0, ["asked_person", found["asked"], None, None])
    return Table(name="waiting", columns=columns, rows=rows)
