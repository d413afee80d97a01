"""Alembic's environment of the tracker store's database."""

from bot.tables import metadata
from common.migrations import run_environment

run_environment(metadata)
