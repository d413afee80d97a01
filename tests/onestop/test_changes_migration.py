"""Migration 0020 takes the proposed changes of procedures along, both ways."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from common.migrations import downgrade, upgrade
from tests.databases import BACKENDS, migrated

REVISION = (
    "INSERT INTO procedure_revisions (id, code, source, digest, content, saved_at) "
    "VALUES (1, '1.000001', 'shipped', 'd', '{old}', '2026-11-01 00:00:00')"
)
RECORD = (
    "INSERT INTO procedures (code, revision_id, source, digest, name, kind, field, agency, "
    "decision_number, online, withdrawn) "
    "VALUES ('1.000001', 1, 'shipped', 'd', 'n', '', '', '', '', :no, :no)"
)
CHANGE = (
    "INSERT INTO procedure_changes (id, code, base_id, content, note, state, author, proposed_at, "
    "reviewer, review_note) VALUES (7, '1.000001', 1, '{new}', 'vì', 'pending', 'lan', "
    "'2026-11-02 00:00:00', '', '')"
)


@pytest.mark.parametrize("backend", BACKENDS)
def test_changes_of_procedures_stay(backend: str, tmp_path: Path) -> None:
    with migrated("onestop", backend, tmp_path) as url:
        downgrade("onestop", url, "0019")
        engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
        with engine.begin() as connection:
            connection.execute(text(REVISION.replace(":", "\\:")))
            connection.execute(text(RECORD), {"no": False})
            connection.execute(text(CHANGE.replace(":", "\\:")))
        upgrade("onestop", url)
        with engine.begin() as connection:
            row = connection.execute(text("SELECT * FROM changes")).mappings().one()
            assert (row["id"], row["kind"], row["code"]) == (7, "procedure", "1.000001")
            assert (row["before"], row["content"], row["state"]) == ("{old}", "{new}", "pending")
        downgrade("onestop", url, "0019")
        with engine.begin() as connection:
            row = connection.execute(text("SELECT * FROM procedure_changes")).mappings().one()
            assert (row["id"], row["base_id"], row["content"]) == (7, 1, "{new}")
            for table in ("procedure_changes", "procedures", "procedure_revisions"):
                connection.execute(text(f"DELETE FROM {table}"))
        engine.dispose()
        upgrade("onestop", url)
