"""The catalogue's commands: what they print, report and return."""

from __future__ import annotations

import json

import pytest

import onestop.cli.catalogue as commands
from common.database import Database
from onestop.catalogue.shipped import schema_text
from onestop.catalogue.store import get, history, version
from onestop.cli import main
from tests.onestop.catalogue.test_catalogue_formats import CRAWLED, LABELLED, STRUCTURED
from tests.onestop.catalogue.test_catalogue_shipped import GOOD


@pytest.fixture
def database(onestop_database: Database, monkeypatch) -> Database:
    """The database that the commands open, too."""

    class Settings:
        database_url = str(onestop_database.engine.url)

    monkeypatch.setattr(commands, "settings", Settings)
    return onestop_database


def write_lines(path, *records) -> str:
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return str(path)


def test_import_takes_all_formats_and_a_second_run_changes_nothing(database, tmp_path, capsys):
    path = write_lines(tmp_path / "a.jsonl", LABELLED, STRUCTURED, CRAWLED)
    assert main(["catalogue", "import", path]) == 0
    assert "3 added, 0 changed, 0 unchanged" in capsys.readouterr().out
    before = database.transact(version)
    assert main(["catalogue", "import", str(tmp_path)]) == 0
    assert "0 added, 0 changed, 3 unchanged" in capsys.readouterr().out
    assert database.transact(version) == before


def test_import_updates_a_changed_record_and_keeps_its_history(database, tmp_path, capsys):
    main(["catalogue", "import", write_lines(tmp_path / "a.jsonl", LABELLED)])
    changed = {**LABELLED, "Lĩnh vực": "Thú y"}
    main(["catalogue", "import", write_lines(tmp_path / "a.jsonl", changed)])
    assert "0 added, 1 changed" in capsys.readouterr().out
    assert len(database.transact(history, "1.000001")) == 2
    procedure = database.transact(get, "1.000001")
    assert procedure is not None
    assert procedure.field == "Thú y"


def test_a_preview_tells_what_would_change_and_changes_nothing(database, tmp_path, capsys):
    main(["catalogue", "import", write_lines(tmp_path / "a.jsonl", LABELLED)])
    before = database.transact(version)
    changed = {**LABELLED, "Lĩnh vực": "Thú y"}
    other = {**LABELLED, "Mã thủ tục": "1.000009"}
    path = write_lines(tmp_path / "b.jsonl", changed, other)
    capsys.readouterr()
    assert main(["catalogue", "import", "--preview", path]) == 0
    told = capsys.readouterr().out
    assert "1.000001  changed  field\n" in told
    assert "1.000009  added  " in told
    assert "1 added, 1 changed" in told
    assert database.transact(version) == before
    assert main(["catalogue", "import", path]) == 0
    assert "1 added, 1 changed" in capsys.readouterr().out


def test_import_reports_each_rejected_record_with_file_and_line(database, tmp_path, capsys):
    bad = {**LABELLED, "Mã thủ tục": "?"}
    path = write_lines(tmp_path / "a.jsonl", LABELLED, bad, {"question": "?"})
    assert main(["catalogue", "import", path]) == 0
    told = capsys.readouterr()
    assert f"{path}:2: code: " in told.err
    assert f"{path}:3: not a procedure record" in told.err
    assert "1 added, 0 changed, 0 unchanged, 0 kept aside, 2 rejected" in told.out


def test_import_skips_a_file_of_other_things_with_one_line(database, tmp_path, capsys):
    path = write_lines(tmp_path / "questions.jsonl", {"question": "a"}, {"question": "b"})
    assert main(["catalogue", "import", path]) == 0
    told = capsys.readouterr()
    assert told.err.count("questions.jsonl") == 1
    assert "0 rejected, 1 skipped files" in told.out


def test_import_goes_on_after_an_unreadable_file_and_fails_in_the_end(database, tmp_path, capsys):
    (tmp_path / "a.jsonl.gz").write_bytes(b"\x1f\x8b broken")
    write_lines(tmp_path / "b.jsonl", LABELLED)
    assert main(["catalogue", "import", str(tmp_path)]) == 1
    assert "1 added" in capsys.readouterr().out


def test_import_of_a_missing_path_is_one_line_and_a_failure(database, tmp_path, capsys):
    assert main(["catalogue", "import", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_import_in_batches_saves_all(database, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(commands, "BATCH", 2)
    records = [{**LABELLED, "Mã thủ tục": f"1.{number:06}"} for number in range(5)]
    main(["catalogue", "import", write_lines(tmp_path / "a.jsonl", *records)])
    assert "5 added" in capsys.readouterr().out


def test_load_shipped_loads_the_files_and_stats_counts_them(database, tmp_path, capsys):
    (tmp_path / "birds.yml").write_text(GOOD, encoding="utf-8")
    assert main(["catalogue", "load-shipped", "--directory", str(tmp_path)]) == 0
    assert "1 added" in capsys.readouterr().out
    assert main(["catalogue", "stats"]) == 0
    printed = capsys.readouterr().out
    assert "1 procedures, 1 online, 0 withdrawn" in printed
    assert "100.0 %  ways: time as a figure" in printed


def test_load_shipped_loads_nothing_if_a_file_is_at_fault(database, tmp_path, capsys):
    (tmp_path / "a.yml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yml").write_text("- {}", encoding="utf-8")
    assert main(["catalogue", "load-shipped", "--directory", str(tmp_path)]) == 1
    assert "b.yml: procedure 1" in capsys.readouterr().err
    assert database.transact(version) == 0


def test_differences_lists_what_the_national_record_says_otherwise(database, tmp_path, capsys):
    (tmp_path / "birds.yml").write_text(GOOD, encoding="utf-8")
    main(["catalogue", "load-shipped", "--directory", str(tmp_path)])
    main(["catalogue", "import", write_lines(tmp_path / "a.jsonl", LABELLED)])
    assert "1 kept aside" in capsys.readouterr().out
    assert main(["catalogue", "differences"]) == 0
    assert "1.000001  post time: – | portal_2026: 5 day" in capsys.readouterr().out


def test_schema_prints_the_schema(capsys):
    assert main(["catalogue", "schema"]) == 0
    assert capsys.readouterr().out == schema_text()


def test_a_database_without_tables_is_one_line_and_a_failure(tmp_path, monkeypatch, capsys):
    class Settings:
        database_url = f"sqlite:///{tmp_path}/empty.db"

    monkeypatch.setattr(commands, "settings", Settings)
    assert main(["catalogue", "stats"]) == 1
    assert "is it migrated?" in capsys.readouterr().err


def test_a_wrong_call_is_a_usage_error():
    with pytest.raises(SystemExit) as error:
        main(["catalogue", "import"])
    assert error.value.code == 2
