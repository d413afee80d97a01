"""Lists from the counter: strict, all or nothing, the same however often they are read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from common.database import Database
from common.settings import settings
from onestop.catalogue.content import WayKind
from onestop.cli import main
from onestop.reports import counter
from onestop.reports.counter import ListError, read
from onestop.reports.models import CounterDossier, CounterFile
from onestop.staff.models import AuditEntry
from tests.onestop.reports.conftest import know, procedure

TODAY = date(2026, 11, 29)
CODES = {"1.000001", "1.000002"}
HEADING = "Mã hồ sơ;Mã TTHC;Ngày tiếp nhận;Ngày hẹn trả;Ngày trả;Hình thức nộp;Đơn vị;Hình thức trả"
LINE = "G1-1;1.000001;01/11/2026;05/11/2026;04/11/2026;Trực tiếp;UBND phường Phủ Lý;Bưu chính"


def taken(database: Database, *lines: str) -> counter.Taken:
    content = "\n".join([HEADING, *lines]).encode()
    return database.transact(counter.take, content, "list.csv", "lan", TODAY)


def rows(database: Database) -> dict[str, Any]:
    return database.query(
        lambda session: {one.code: one for one in session.scalars(select(CounterDossier))}
    )


def test_a_line_is_read_with_all_that_it_tells() -> None:
    assert read(f"{HEADING}\n{LINE}\n", CODES, TODAY) == [
        {
            "code": "G1-1",
            "procedure_code": "1.000001",
            "agency": "UBND phường Phủ Lý",
            "way": WayKind.IN_PERSON,
            "received_on": date(2026, 11, 1),
            "due_on": date(2026, 11, 5),
            "finished_on": date(2026, 11, 4),
            "result_by_post": True,
        }
    ]


def test_columns_stand_in_any_order_and_more_of_them_are_not_read() -> None:
    text = (
        "Hình thức,Họ tên,Mã thủ tục,Mã hồ sơ,Ngày nhận\n"
        "Trực tuyến,Trần Thị Bưởi,1.000002,g-2,2026-11-02\n"
    )
    (row,) = read(text, CODES, TODAY)
    assert (row["code"], row["way"], row["due_on"]) == ("G-2", WayKind.ONLINE, None)
    assert "Trần Thị Bưởi" not in str(row)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (LINE.replace("1.000001", "9.999999"), "no procedure '9.999999'"),
        (LINE.replace("G1-1", ""), "the code is missing"),
        (LINE.replace("01/11/2026", "31/02/2026"), "'31/02/2026' is no date"),
        (LINE.replace("01/11/2026", ""), "the day of receiving is missing"),
        (LINE.replace("01/11/2026", "30/11/2026"), "a day lies in the future"),
        (LINE.replace("04/11/2026", "30/10/2026"), "before it was received"),
        (LINE.replace("Trực tiếp", "Nhờ hàng xóm"), "no way to hand in"),
        (LINE.replace("G1-1", "G" * 41), "longer than 40"),
    ],
)
def test_a_line_that_is_wrong_is_named(line: str, said: str) -> None:
    good = LINE.replace("G1-1", "G1-9")
    with pytest.raises(ListError) as caught:
        read("\n".join([HEADING, good, line]), CODES, TODAY)
    (error,) = caught.value.errors
    assert error.startswith("line 3: ")
    assert said in error


def test_all_that_is_wrong_is_told_at_once_and_nothing_is_kept(database: Database) -> None:
    know(database, procedure("1.000001"))
    with pytest.raises(ListError) as caught:
        taken(database, LINE, LINE, LINE.replace("G1-1", "G1-2").replace("1.000001", "x"))
    assert [error.partition(":")[0] for error in caught.value.errors] == ["line 3", "line 4"]
    assert "stands in line 2 too" in caught.value.errors[0]
    assert rows(database) == {}
    files = select(func.count()).select_from(CounterFile)
    assert database.query(lambda session: session.scalar(files)) == 0


def test_a_list_without_a_needed_column_or_without_utf8_is_refused(database: Database) -> None:
    with pytest.raises(ListError, match="there is no column"):
        read("Mã hồ sơ,Ngày tiếp nhận\nG1,01/11/2026\n", CODES, TODAY)
    with pytest.raises(ListError, match="UTF-8"):
        database.transact(counter.take, "Mã".encode("utf-16"), "x.csv", "lan", TODAY)


def test_a_later_list_tells_what_became_of_a_dossier(database: Database) -> None:
    know(database, procedure("1.000001"))
    open_line = LINE.replace("04/11/2026", "")
    assert taken(database, open_line) == counter.Taken(1, 0)
    assert taken(database, open_line) == counter.Taken(0, 1, before=True)
    more = LINE.replace("G1-1", "G1-2")
    assert taken(database, LINE, more) == counter.Taken(1, 1)
    assert rows(database)["G1-1"].finished_on == date(2026, 11, 4)


def test_the_same_list_twice_at_once_counts_once(database: Database) -> None:
    know(database, procedure("1.000001"))
    with ThreadPoolExecutor(4) as threads:
        told = list(threads.map(lambda _: taken(database, LINE), range(4)))
    assert sorted((one.new, one.before) for one in told) == [(0, True)] * 3 + [(1, False)]
    assert len(rows(database)) == 1


@given(st.text(max_size=300))
def test_whatever_the_file_holds_is_read_or_refused(text: str) -> None:
    for content in (text, f"{HEADING}\n{text}"):
        with suppress(ListError):
            assert all(row["procedure_code"] in CODES for row in read(content, CODES, TODAY))


def test_the_command_takes_a_list_and_names_every_wrong_line(
    database: Database,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    config = settings().model_copy(update={"database_url": url})
    monkeypatch.setattr("onestop.cli.report.settings", lambda: config)
    know(database, procedure("1.000001"))
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADING}\n{LINE.replace('01/11/2026', 'x')}\nG2;;;\n", encoding="utf-8-sig")
    assert main(["report", "import-counter", str(path)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 2
    path.write_text(f"{HEADING}\n{LINE.replace('2026', '2025')}\n", encoding="utf-8-sig")
    assert main(["report", "import-counter", str(path)]) == 0
    assert capsys.readouterr().out == "1 new, 0 known\n"
    assert main(["report", "import-counter", str(path)]) == 0
    assert "read before" in capsys.readouterr().out
    acts = database.query(lambda session: session.scalars(select(AuditEntry)).all())
    assert [(one.action, one.actor.partition(":")[0]) for one in acts] == [
        ("counter.imported", "cli"),
    ]
