"""Alembic, alike for our databases: each package keeps its own `migrations/` beside its models.

A package's `migrations/env.py` is one call of `run_environment(metadata)`; `upgrade` and `downgrade`
drive it from the command line and from tests.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import MetaData

from common.database import open_engine
from common.settings import ROOT

UNMODELLED = ("turn_words",)
"""Beginnings of the names of tables that no model describes: full-text indexes, apart for each database."""


def is_modelled(name: str | None, kind: str, parents: object) -> bool:
    """Alembic's `include_name`: what is compared with the models."""
    return kind != "table" or not (name or "").startswith(UNMODELLED)


def configuration(package: str, url: str) -> Config:
    """Alembic's configuration for `package` (a top-level package with `migrations/`) at `url`."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / package / "migrations"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = url
    config.attributes["package"] = package
    return config


def upgrade(package: str, url: str, revision: str = "head") -> None:
    """Bring the database of `package` at `url` up to `revision`; a missing SQLite file is made."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(configuration(package, url), revision)


def downgrade(package: str, url: str, revision: str = "base") -> None:
    """Take the database of `package` at `url` back to `revision`."""
    command.downgrade(configuration(package, url), revision)


def run_environment(metadata: MetaData) -> None:
    """The body of every `migrations/env.py`: run the wanted steps in one transaction.

    Args:
        metadata: the tables as the models say, compared by `alembic revision --autogenerate`.
    """
    attributes = context.config.attributes
    engine = open_engine(attributes["url"])
    with engine.begin() as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            render_as_batch=True,  # SQLite cannot alter most things in place
            compare_type=True,
            include_name=is_modelled,
            # Each package may share one PostgreSQL database with the others.
            version_table=f"alembic_version_{attributes['package']}",
        )
        context.run_migrations()
    engine.dispose()
