"""The lists between the post office and us, and the commands around them."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest

from common.database import Database
from common.settings import settings
from onestop.cli import main
from onestop.post import exchange, service
from tests.onestop.post.conftest import DETAILS, ask


@pytest.fixture(autouse=True)
def own_database(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    own = settings().model_copy(update={"database_url": url})
    for module in ("dossier", "post"):
        monkeypatch.setattr(f"onestop.cli.{module}.settings", lambda: own)


def test_the_list_says_all_that_a_postman_needs(
    database: Database, code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    parcel = database.transact(ask, code).code
    assert main(["post", "list", "--new"]) == 0
    (row,) = csv.DictReader(StringIO(capsys.readouterr().out))
    assert (row["code"], row["dossier"], row["address"]) == (parcel, code, DETAILS["address"])
    main(["post", "move", parcel, "sent_out"])
    capsys.readouterr()
    main(["post", "list", "--new"])
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_formula_in_a_list_is_only_text(database: Database, code: str) -> None:
    database.transact(ask, code, details={**DETAILS, "address": "=HYPERLINK(1)"})
    out = StringIO()
    database.query(exchange.write, out, new_only=False)
    assert "'=HYPERLINK" in out.getvalue()


def test_states_come_back_by_a_file_that_may_be_read_twice(
    database: Database, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parcel = database.transact(ask, code).code
    file = tmp_path / "post.csv"
    line = f"{parcel},bưu điện đang giao,vn123456789vn,32000,Đã cân 120 g"
    file.write_text(f"Code,State,Carrier_ref,Fee,Note\n{line}\n", encoding="utf-8-sig")
    assert main(["post", "update", str(file)]) == 0
    assert main(["post", "update", str(file)]) == 0
    assert capsys.readouterr().out == "1 lines: 1 changed\n1 lines: 0 changed\n"
    with database.sessions.begin() as session:
        fee = service.view(service.locked(session, parcel)).fee
        assert (fee.amount, fee.estimated) == (32000, False)
    assert main(["dossier", "show", code]) == 0
    assert f"post {parcel} deliver sent_out VN123456789VN" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("code,note\n", "the heading lacks: state"),
        ("code,state\nX,delivered\n", "line 2: no tracking code"),
        ("code,state\nBC261125-0001,vanished\n", "line 2: no state"),
        ("code,state,fee\nBC261125-0001,delivered,-5\n", "line 2: the fee"),
        ("code,state,carrier_ref\nBC261125-0001,delivered,<b>\n", "line 2: the post's number"),
        ("code,state\nBC991231-0001,delivered\n", "line 2: there is no"),
        ("code,state\n{parcel},sent_out\n{parcel},at_unit\n", "line 3: "),
    ],
)
def test_a_faulty_file_changes_nothing_and_says_where(
    database: Database,
    code: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    lines: str,
    reason: str,
) -> None:
    parcel = database.transact(ask, code).code
    file = tmp_path / "post.csv"
    file.write_text(lines.format(parcel=parcel), encoding="utf-8")
    assert main(["post", "update", str(file)]) == 1
    assert reason in capsys.readouterr().err
    with database.sessions.begin() as session:
        assert service.locked(session, parcel).state == "requested"
