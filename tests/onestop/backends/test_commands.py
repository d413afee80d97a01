"""The officers' and operators' commands around supplements and sending."""

from __future__ import annotations

import argparse
from datetime import timedelta

import pytest
from sqlalchemy import select

from common.database import now
from common.settings import Settings
from onestop.backends.contrib.http import HttpRemote
from onestop.cli import main
from onestop.cli.dossier import read_date
from onestop.dossiers.models import Dossier, SupplementRequest
from onestop.dossiers.submission import day_of
from tests.onestop.backends.conftest import Desk
from tests.platforms import onestop_server as fake
from tests.platforms.onestop_server import OnestopServer


@pytest.fixture(autouse=True)
def own_database(desk: Desk, config: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    own = config.model_copy(update={"database_url": str(desk.database.engine.url)})
    for module in ("dossier", "outbox"):
        monkeypatch.setattr(f"onestop.cli.{module}.settings", lambda: own)


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d/%m/%Y"])
def test_a_deadline_is_read_as_officers_write_it(form: str) -> None:
    tomorrow = day_of(now()) + timedelta(days=1)
    assert read_date(tomorrow.strftime(form)) == tomorrow


@pytest.mark.parametrize("text", ["31/02/2030", "2020-01-01", "mai", ""])
def test_a_deadline_that_is_none_or_past_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        read_date(text)


async def test_what_failed_is_listed_without_personal_data_and_sent_again(
    desk: Desk,
    remote: HttpRemote,
    province: OnestopServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    province.plan("DongBoHoSoMC", fake.REFUSED)
    draft_id = desk.fill()
    desk.submit(draft_id)
    await desk.work_until_still(desk.worker(remote))
    assert main(["outbox", "list"]) == 0
    listed = capsys.readouterr().out
    assert f"{draft_id}  failed" in listed
    assert "error_code 17" in listed
    assert "Nguyễn" not in listed
    assert main(["outbox", "retry", draft_id]) == 0
    assert main(["outbox", "retry", draft_id]) == 1
    desk.clock.at = now()
    await desk.work_until_still(desk.worker(remote))
    capsys.readouterr()
    assert main(["outbox", "list"]) == 0
    assert capsys.readouterr().out == "nothing waits\n"


async def test_an_officer_asks_sees_the_count_and_reminds(
    desk: Desk, remote: HttpRemote, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.submit(desk.fill())
    await desk.work_until_still(desk.worker(remote))
    with desk.database.sessions.begin() as session:
        code = session.scalars(select(Dossier.code)).one()
    ask = ["dossier", "advance", code, "5"]
    assert main(ask) == 1
    assert main([*ask, "--fields", "tuổi của cha"]) == 1
    assert "citizen_id" in capsys.readouterr().err
    until = day_of(now()).strftime("%d/%m/%Y")
    assert main([*ask, "--fields", "số điện thoại", "--until", until]) == 0
    assert main(["dossier", "remind"]) == 0
    assert "0 reminded" in capsys.readouterr().out  # just asked
    with desk.database.sessions.begin() as session:
        session.scalars(select(SupplementRequest)).one().requested_at -= timedelta(days=14)
    assert main(["dossier", "remind"]) == 0
    assert "1 reminded" in capsys.readouterr().out
    assert main(["dossier", "show", code]) == 0
    shown = capsys.readouterr().out
    assert "Cần bổ sung: Số điện thoại" in shown
    assert "on_time" in shown
