"""The process killed between each two steps of sending, then started again: exactly one dossier."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from common.database import now
from common.settings import ROOT, Settings
from onestop import notices
from onestop.backends.outbox import OutboxRow
from onestop.dossiers.models import Dossier
from tests.onestop.backends.conftest import Desk
from tests.platforms.onestop_server import PASSWORD, USERNAME, OnestopServer

POINTS = [
    f"{when}:{call}"
    for call in ("log_in", "next_code", "upload", "create", "progress")
    for when in ("before", "after")
]


async def run_sender(desk: Desk, config: Settings, kill_at: str = "") -> int:
    """Run the sending process to its end, or its death; returns its status."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.onestop.backends.sender",
        cwd=ROOT,
        env={
            **os.environ,
            "MOTCUA_DATABASE_URL": str(desk.database.engine.url),
            "MOTCUA_UPLOAD_DIRECTORY": str(desk.uploads),
            "MOTCUA_BACKEND": "http",
            "MOTCUA_BACKEND_URL": config.backend_url,
            "MOTCUA_BACKEND_USERNAME": USERNAME,
            "MOTCUA_BACKEND_PASSWORD": PASSWORD,
            "TEST_KILL_AT": kill_at,
        },
    )
    return await asyncio.wait_for(process.wait(), 60)


def lapse(desk: Desk) -> None:
    """Let the dead process's lease run out."""
    past = now() - timedelta(seconds=1)
    with desk.database.sessions.begin() as session:
        session.execute(update(OutboxRow).values(leased_until=past))


def check_one_dossier(desk: Desk, province: OnestopServer) -> None:
    with desk.database.sessions.begin() as session:
        (dossier,) = session.scalars(select(Dossier))
    assert [one["MaHoSo"] for one in province.dossiers] == [dossier.code]
    assert [one.template for one in desk.database.query(notices.waiting, 9)] == ["sent"]


@pytest.mark.parametrize("point", POINTS)
async def test_killed_there_and_started_again_it_ends_as_one_dossier(
    desk: Desk, config: Settings, province: OnestopServer, point: str
) -> None:
    desk.submit(desk.fill())
    assert await run_sender(desk, config, point) == -signal.SIGKILL
    lapse(desk)
    assert await run_sender(desk, config) == 0
    check_one_dossier(desk, province)


async def test_killed_at_every_point_one_after_the_other_with_a_system_that_forgets_keys(
    desk: Desk, config: Settings, province: OnestopServer
) -> None:
    province.forgetful = True
    desk.submit(desk.fill())
    for point in POINTS:
        await run_sender(desk, config, point)
        lapse(desk)
    assert await run_sender(desk, config) == 0
    check_one_dossier(desk, province)
