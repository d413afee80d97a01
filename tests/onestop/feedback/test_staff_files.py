"""Staff open the files of a complaint that they may see, and of no other."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from common.database import Database
from common.settings import Settings
from onestop.feedback import complaints
from onestop.http.app import create_app
from onestop.http.staff_gate import HEADER
from onestop.staff.access import Role
from onestop.staff.models import AuditEntry
from tests.gateway.fakes import Client
from tests.onestop.dossiers.test_submission_races import OWNER
from tests.onestop.feedback.conftest import complaint
from tests.staff import make_account, open_session


@pytest.fixture
async def service(database: Database, tmp_path: Path) -> AsyncIterator[Client]:
    config = Settings(database_url=str(database.engine.url), upload_directory=tmp_path / "uploads")
    headers = {"Authorization": f"Bearer {config.internal_token.get_secret_value()}"}
    async with TestClient(TestServer(create_app(config)), headers=headers) as client:
        yield client


async def sent_file(service: Client) -> str:
    """A picture that the citizen has sent."""
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "JPEG")
    form = aiohttp.FormData()
    form.add_field("file", out.getvalue(), filename="quầy 3.jpg")
    answer = await service.post("/files", params={"owner": OWNER}, data=form)
    return str((await answer.json())["file_id"])


async def test_a_file_opens_with_its_complaint_alone(service: Client, database: Database) -> None:
    file, other = await sent_file(service), await sent_file(service)
    code = database.transact(complaints.take, complaint(file_ids=[file])).code
    token = open_session(database, make_account(database, "lan", Role.AGENT))
    path = f"/staff/complaints/{code}/files"
    answer = await service.get(f"{path}/{file}", headers={HEADER: token})
    assert (answer.status, answer.content_type) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert Image.open(io.BytesIO(await answer.read())).size == (40, 40)
    assert (await service.get(f"{path}/{other}", headers={HEADER: token})).status == 404
    bound = open_session(database, make_account(database, "mai", Role.AGENT, agencies=["Sở B"]))
    assert (await service.get(f"{path}/{file}", headers={HEADER: bound})).status == 404
    done = database.query(lambda session: [one.action for one in session.query(AuditEntry)])
    assert done == ["complaint.file_looked"]
