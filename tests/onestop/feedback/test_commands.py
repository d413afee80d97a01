"""Staff's commands: what they print, and what they refuse with one line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from common.database import Database, now
from common.settings import settings
from onestop.cli import main
from onestop.dossiers import files
from onestop.dossiers.models import StoredFile
from onestop.dossiers.submission import day_of
from onestop.feedback import complaints
from onestop.storage import registry
from tests.conversations.player import photo
from tests.onestop.dossiers.test_submission_races import OWNER
from tests.onestop.feedback.conftest import complaint, finish
from tests.onestop.feedback.test_ratings import ask, rate


@pytest.fixture(autouse=True)
def _settings(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    config = settings().model_copy(update={"database_url": str(database.engine.url)})
    monkeypatch.setattr("onestop.cli.feedback.settings", lambda: config)


def test_a_complaint_is_listed_shown_forwarded_and_answered(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    code = database.transact(complaints.take, complaint(about="Phường Phủ Lý")).code
    assert main(["feedback", "list"]) == 0
    listed = capsys.readouterr().out
    assert f"{code}  received" in listed
    assert "Chờ hai tiếng" not in listed
    assert main(["feedback", "show", code.lower()]) == 0
    shown = capsys.readouterr().out
    for part in ("Nguyễn Văn An, 0912345678", "Phường Phủ Lý", "| Chờ hai tiếng", "forward by"):
        assert part in shown
    assert main(["feedback", "forward", code, "--note", "UBND phường"]) == 0
    assert main(["feedback", "answer", code, "--note", "Đã mở thêm quầy."]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{code}: forwarded", f"{code}: answered"]
    assert main(["feedback", "list"]) == 0
    assert capsys.readouterr().out == ""
    assert main(["feedback", "list", "--all"]) == 0
    assert f"{code}  answered" in capsys.readouterr().out


def test_what_came_with_it_is_written_under_its_key(
    database: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = files.put_away(registry.create(settings()), photo())
    database.transact(files.record, OWNER, "../anh.jpg", kept)
    code = database.transact(complaints.take, complaint(file_ids=[kept.key])).code
    assert main(["feedback", "show", code, "--files", str(tmp_path / "out")]) == 0
    assert "file: anh.jpg (image/jpeg" in capsys.readouterr().out
    (written,) = (tmp_path / "out").iterdir()
    assert written.name == f"{kept.key}.jpg"
    assert written.read_bytes().startswith(b"\xff\xd8\xff")
    held = database.transact(lambda session: session.get_one(StoredFile, kept.key).held_at)
    assert held is not None


def test_what_cannot_be_done_is_said_in_one_line(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    code = database.transact(complaints.take, complaint()).code
    assert main(["feedback", "out-of-scope", code, "--note", "Gửi đơn khiếu nại."]) == 0
    assert main(["feedback", "answer", code, "--note", "x"]) == 1
    assert main(["feedback", "show", "PA-20200101-0001"]) == 1
    assert main(["feedback", "forward", "PA-20200101-0001", "--note", "x"]) == 1
    assert main(["feedback", "report", "--from", "2026-02-01", "--to", "2026-01-01"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 4
    with pytest.raises(SystemExit):
        main(["feedback", "answer", code, "--note", "  "])


def test_the_report_prints_counts_and_means_and_writes_each_rating(
    database: Database, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finish(database, code)
    rate(database, ask(code, 2, "=HYPERLINK(1)"))
    today, path = str(day_of(now())), tmp_path / "ratings.csv"
    assert main(["feedback", "report", "--from", today, "--to", today, "--csv", str(path)]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[0] == ["procedure", "1", "2", "3", "4", "5", "all", "mean"]
    assert rows[1] == ["all", "0", "1", "0", "0", "0", "1", "2.00"]
    assert rows[2] == ["1.000001", "0", "1", "0", "0", "0", "1", "2.00"]
    with path.open(encoding="utf-8-sig", newline="") as written:
        (row,) = csv.DictReader(written)
    # A spreadsheet must not take a citizen's words for a formula.
    assert (row["dossier"], row["stars"], row["reason"]) == (code, "2", "'=HYPERLINK(1)")
