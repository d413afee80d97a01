"""The gateway's migrations: up, down, up, and in step with the models."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command

from common.migrations import configuration, downgrade, upgrade


def test_the_stairway_up_down_up_ends_in_step_with_the_models(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/stairway.db"
    upgrade("gateway", url)
    downgrade("gateway", url)
    upgrade("gateway", url)
    command.check(configuration("gateway", url))  # raises if a model and its table differ


def test_messages_are_kept_with_what_they_answer_when_their_table_is_made_anew(
    tmp_path: Path,
) -> None:
    file = tmp_path / "kept.db"
    url = f"sqlite:///{file}"
    upgrade("gateway", url, "0005")
    columns = "id, sender, channel, direction, body, created_at, attempts, notified, parts_sent"
    with closing(sqlite3.connect(file)) as connection, connection:
        for number in range(1, 4):
            connection.execute(
                f"INSERT INTO messages ({columns}, reply_to) VALUES "
                "(?, 'a', 'web', 'in', x'00', '2026-01-01', 0, 0, 0, ?)",
                (number, number - 1 or None),
            )
    upgrade("gateway", url)
    downgrade("gateway", url, "0005")
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT id, reply_to FROM messages ORDER BY id").fetchall()
    assert found == [(1, None), (2, 1), (3, 2)]
