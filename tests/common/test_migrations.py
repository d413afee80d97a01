from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect

from common.__main__ import PACKAGES
from common.database import open_engine
from common.migrations import downgrade, is_modelled, upgrade
from tests.databases import BACKENDS, empty

MODELS = {
    "onestop": (
        "onestop.models",
        "onestop.backends.outbox",
        "onestop.bookings.models",
        "onestop.catalogue.models",
        "onestop.dossiers.models",
        "onestop.feedback.models",
        "onestop.notices.models",
        "onestop.payments.models",
        "onestop.post.models",
        "onestop.privacy.models",
        "onestop.reports.models",
        "onestop.staff.models",
        "onestop.transcripts.models",
    ),
    "gateway": ("gateway.models",),
    "bot": ("bot.tables",),
}


def metadata(package: str) -> MetaData:
    modules = [importlib.import_module(name) for name in MODELS[package]]
    found = modules[0].Base.metadata if hasattr(modules[0], "Base") else modules[0].metadata
    assert isinstance(found, MetaData)
    return found


def tables(url: str) -> set[str]:
    engine = open_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names


@pytest.fixture(params=BACKENDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, on each kind of server."""
    with empty(request.param, tmp_path) as made:
        yield made


@pytest.mark.parametrize("package", PACKAGES)
def test_up_down_up_leaves_what_up_made(package: str, url: str) -> None:
    upgrade(package, url)
    made = tables(url)
    downgrade(package, url)
    assert tables(url) == {f"alembic_version_{package}"}
    upgrade(package, url)
    assert tables(url) == made


@pytest.mark.parametrize("package", PACKAGES)
def test_migrations_make_what_the_models_say(package: str, url: str) -> None:
    upgrade(package, url)
    engine = open_engine(url)
    with engine.connect() as connection:
        options = {
            "version_table": f"alembic_version_{package}",
            "compare_type": True,
            "include_name": is_modelled,
        }
        context = MigrationContext.configure(connection, opts=options)
        differences = compare_metadata(context, metadata(package))
    engine.dispose()
    assert differences == []
