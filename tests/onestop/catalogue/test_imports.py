"""Uploads of national records on both databases: looked through, kept, taken whole, by one of two at once."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from common.database import Database, now
from onestop.catalogue import imports, store
from onestop.catalogue.imports import ImportRefused
from onestop.staff import audit
from onestop.staff.scope import Scope
from tests.databases import BACKENDS, migrated
from tests.onestop.catalogue.test_catalogue_formats import CRAWLED, LABELLED, STRUCTURED

ALL = Scope()


@pytest.fixture(params=BACKENDS)
def catalogue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with migrated("onestop", request.param, tmp_path) as url:
        database = Database(url)
        yield database
        database.close()


def upload(database: Database, *records: object) -> int:
    content = "\n".join(json.dumps(one) for one in records).encode()
    seen = database.query(imports.look, ALL, content)
    return database.transact(
        lambda session: imports.keep(session, "lan", "tệp", content, seen, now()).id
    )


def take(database: Database, number: int) -> dict[str, int]:
    read = database.query(imports.parsed, "lan", number)

    def work(session: Session) -> dict[str, int]:
        return dict(imports.take(session, imports.get(session, "lan", number), ALL, read))

    return database.transact(work)


def test_all_formats_are_taken_and_a_second_time_nothing_changes(catalogue: Database) -> None:
    number = upload(catalogue, LABELLED, STRUCTURED, CRAWLED)
    assert catalogue.query(store.version) == 0
    assert take(catalogue, number) == {"added": 3}
    version = catalogue.query(store.version)
    assert take(catalogue, upload(catalogue, LABELLED, STRUCTURED, CRAWLED)) == {"unchanged": 3}
    assert catalogue.query(store.version) == version
    with pytest.raises(LookupError):
        take(catalogue, number)
    catalogue.query(audit.verify)


def test_of_two_files_that_are_taken_at_once_the_second_is_looked_at_again(
    catalogue: Database,
) -> None:
    first = upload(catalogue, LABELLED)
    second = upload(catalogue, {**LABELLED, "Lĩnh vực": "Thú y"})
    gate, outcomes = threading.Barrier(2), []

    def one(number: int) -> None:
        gate.wait(60)
        try:
            outcomes.append(str(take(catalogue, number)))
        except ImportRefused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=one, args=(number,)) for number in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["catalogue_moved", "{'added': 1}"]
    (left,) = catalogue.query(imports.waiting, "lan")

    def again(session: Session) -> list[str]:
        found = imports.get(session, "lan", left.id)
        imports.look_again(session, found, ALL)
        return [line["outcome"] for line in found.lines]

    assert catalogue.transact(again) == ["changed"]
    assert take(catalogue, left.id) == {"changed": 1}
