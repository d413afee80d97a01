"""The gateway's migrations: up, down, up, and in step with the models."""

from __future__ import annotations

from pathlib import Path

from alembic import command

from common.migrations import configuration, downgrade, upgrade


def test_the_stairway_up_down_up_ends_in_step_with_the_models(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/stairway.db"
    upgrade("gateway", url)
    downgrade("gateway", url)
    upgrade("gateway", url)
    command.check(configuration("gateway", url))  # raises if a model and its table differ
