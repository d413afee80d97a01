"""A small e-form and procedure, so that these tests do not change with the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from common.database import Database
from onestop.catalogue import store
from onestop.catalogue.content import Paper, Procedure, TimeUnit, Way, WayKind
from onestop.catalogue.sources import Source
from onestop.eforms.definition import EForm
from tests.databases import BACKENDS, migrated

CODE = "1.000001"


@pytest.fixture(params=BACKENDS)
def onestop_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty one-stop database; every test here runs on both kinds."""
    with migrated("onestop", request.param, tmp_path) as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture
def procedure() -> Procedure:
    """An online procedure of three working days."""
    return Procedure(
        code=CODE,
        name="Thủ tục thử",
        level=4,
        agency="Ủy ban nhân dân xã",
        ways=[
            Way(
                kind=WayKind.ONLINE,
                time_amount=3,
                time_unit=TimeUnit.WORKING_DAY,
                fee_amount=15000,
            )
        ],
        papers=[Paper(name="Giấy tờ thử", originals=1)],
    )


@pytest.fixture
def forms() -> dict[str, EForm]:
    """Three fields and an optional paper."""
    section = {"section": "Người nộp", "explanation": "Để cán bộ liên hệ."}
    form = EForm.model_validate(
        {
            "id": "small",
            "version": 1,
            "title": "Tờ khai thử",
            "procedures": [CODE],
            "consent_text": "Tôi cam đoan lời khai là đúng.",
            "fields": [
                {
                    "id": "name",
                    "type": "person_name",
                    "label": "Họ và tên",
                    "question": "Anh/chị tên gì?",
                    "example": "Nguyễn Văn An",
                    **section,
                },
                {
                    "id": "citizen_id",
                    "type": "citizen_id",
                    "label": "Số căn cước",
                    "question": "Số căn cước?",
                    "example": "035090001234",
                    **section,
                },
                {
                    "id": "phone",
                    "type": "phone",
                    "label": "Số điện thoại",
                    "question": "Số điện thoại?",
                    "example": "0912345678",
                    **section,
                },
                {
                    "id": "email",
                    "type": "email",
                    "label": "Thư điện tử",
                    "question": "Thư điện tử?",
                    "example": "an@example.vn",
                    "required": False,
                    **section,
                },
            ],
        }
    )
    return {form.id: form}


@pytest.fixture
def database(onestop_database: Database, procedure: Procedure) -> Database:
    """The one-stop database with the procedure in its catalogue."""
    onestop_database.transact(store.save, procedure, Source.SHIPPED)
    return onestop_database
