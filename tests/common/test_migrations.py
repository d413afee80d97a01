from __future__ import annotations

import importlib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect

from common.__main__ import PACKAGES
from common.database import open_engine
from common.migrations import downgrade, is_modelled, upgrade

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


@pytest.mark.parametrize("package", PACKAGES)
def test_up_down_up_leaves_what_up_made(package: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/{package}.db"
    upgrade(package, url)
    made = tables(url)
    downgrade(package, url)
    assert tables(url) == {f"alembic_version_{package}"}
    upgrade(package, url)
    assert tables(url) == made


@pytest.mark.parametrize("package", PACKAGES)
def test_migrations_make_what_the_models_say(package: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/{package}.db"
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
