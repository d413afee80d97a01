"""The one-stop service over HTTP, with its real e-forms and a catalogue of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from common.database import Database
from common.migrations import upgrade
from common.settings import Settings
from onestop.catalogue import shipped
from onestop.catalogue.content import Procedure, Tier
from onestop.catalogue.sources import Source
from onestop.catalogue.store import save
from onestop.http.app import create_app
from tests.onestop.uploads.test_cleaning import picture
from tests.papers import card, encoded, page

Client = TestClient[aiohttp.web.Request, aiohttp.web.Application]
OWNER = {"owner": "citizen-1"}
MARITAL_STATUS = "1.004873"


@asynccontextmanager
async def serving(tmp_path: Path, procedures: Iterable[Procedure]) -> AsyncIterator[Client]:
    """The service with these procedures."""
    url = f"sqlite:///{tmp_path}/onestop.db"
    upgrade("onestop", url)
    database = Database(url)
    for procedure in procedures:
        database.transact(save, procedure, Source.SHIPPED)
    database.close()
    config = Settings(database_url=url, upload_directory=tmp_path / "uploads")
    token = config.internal_token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}"}
    async with TestClient(TestServer(create_app(config)), headers=headers) as client:
        yield client


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with serving(tmp_path, shipped.load_shipped(shipped.DIRECTORY)) as client:
        yield client


async def test_without_the_token_nothing_is_told(client: Client) -> None:
    answer = await client.get(
        "/procedures", params={"q": "khai sinh"}, headers={"Authorization": ""}
    )
    assert answer.status == 401
    assert answer.content_type == "application/problem+json"


async def test_a_procedure_is_found_by_its_everyday_name_without_accents(client: Client) -> None:
    answer = await client.get("/procedures", params={"q": "xin giay doc than"})
    found = await answer.json()
    assert found["outcome"] == "found"
    assert found["candidates"][0]["code"] == MARITAL_STATUS


def own(code: str, province: str) -> Procedure:
    """A procedure of one province's own."""
    return Procedure(
        code=code,
        name="Hỗ trợ nghệ nhân dạy nghề làm nón",
        agency=f"Sở Du lịch - tỉnh {province}",
        decision_number="12/QĐ-UBND",
        tier=Tier.PROVINCE,
    )


async def found(client: Client, **asked: str) -> list[str]:
    """The codes that are found."""
    answer = await client.get("/procedures", params=asked)
    assert answer.status == 200, await answer.text()
    return [one["code"] for one in (await answer.json())["candidates"]]


@pytest.mark.parametrize(
    ("first", "second"), [("Bắc Ninh", "Ninh Bình"), ("Ninh Bình", "Bắc Ninh")]
)
async def test_the_portal_s_own_province_goes_first_unless_another_is_asked_for(
    tmp_path: Path, first: str, second: str
) -> None:
    provinces = {"9.000001": first, "9.000002": second}
    async with serving(tmp_path, [own(code, name) for code, name in provinces.items()]) as client:
        asked = {"q": "hỗ trợ nghệ nhân dạy nghề làm nón"}
        assert provinces[(await found(client, **asked))[0]] == "Ninh Bình"
        assert provinces[(await found(client, **asked, place="Bắc Ninh"))[0]] == "Bắc Ninh"


async def test_a_search_is_narrowed_by_tier_and_service_level(client: Client) -> None:
    asked = {"q": "đăng ký khai sinh", "limit": "20"}
    tiers = {p.code: p.tier for p in shipped.load_shipped(shipped.DIRECTORY)}
    levels = {p.code: p.level or 0 for p in shipped.load_shipped(shipped.DIRECTORY)}
    everything = await found(client, **asked)
    assert {tiers[code] for code in everything} > {Tier.COMMUNE}
    assert {tiers[code] for code in await found(client, **asked, tier="commune")} == {Tier.COMMUNE}
    assert min(levels[code] for code in everything) < 4
    assert {levels[code] for code in await found(client, **asked, level="4")} == {4}
    for wrong in ({"tier": "huyện"}, {"level": "5"}):
        answer = await client.get("/procedures", params={**asked, **wrong})
        assert answer.status == 422


async def test_an_unknown_procedure_is_a_problem(client: Client) -> None:
    answer = await client.get("/procedures/9.999999")
    assert answer.status == 404
    assert (await answer.json())["type"] == "urn:motcua:problem:unknown_procedure"


async def test_a_request_that_does_not_fit_says_where_without_repeating_it(client: Client) -> None:
    answer = await client.post("/drafts", json={"owner": 5, "secret": "035090001234"})
    assert answer.status == 422
    text = await answer.text()
    assert "procedure" in text
    assert "035090001234" not in text


async def test_a_draft_is_filled_and_sent_once(client: Client) -> None:
    body = {**OWNER, "channel": "web", "procedure": MARITAL_STATUS}
    draft = await (await client.post("/drafts", json=body)).json()
    address = f"/drafts/{draft['id']}"
    for _ in range(draft["total"] * 3):
        field = draft["field"]
        if field is None:
            break
        if field["type"] == "paper":
            form = FormData()
            form.add_field("file", picture(), filename="giay.jpg")
            kept = await (await client.post("/files", params=OWNER, data=form)).json()
            answer = {"file_ids": [kept["file_id"]]}
        else:
            answer = {"text": field["example"]}
        done = await client.post(f"{address}/answers", params=OWNER, json=answer)
        result = await done.json()
        assert result["refusal"] is None, result["refusal"]
        draft = result["draft"]
    assert draft["field"] is None
    early = await client.post(f"{address}/submission", params=OWNER)
    assert (early.status, (await early.json())["title"]) == (409, "no consent")
    consent = {**draft["consent"], "channel": "web"}
    assert (await client.put(f"{address}/consent", params=OWNER, json=consent)).status == 200
    first = await (await client.post(f"{address}/submission", params=OWNER)).json()
    second = await (await client.post(f"{address}/submission", params=OWNER)).json()
    assert first == second
    asked = {"asker": "x", "code": first["code"], "factor": "0000"}
    refused = await client.post("/lookups", json=asked)
    assert (refused.status, (await refused.json())["attempts_left"]) == (404, 4)


async def test_another_owners_draft_is_unknown(client: Client) -> None:
    body = {**OWNER, "channel": "web", "procedure": MARITAL_STATUS}
    draft = await (await client.post("/drafts", json=body)).json()
    answer = await client.get(f"/drafts/{draft['id']}", params={"owner": "citizen-2"})
    assert answer.status == 404


async def test_a_file_that_is_none_of_the_kinds_is_refused_in_vietnamese(client: Client) -> None:
    form = FormData()
    form.add_field("file", b"MZ a program", filename="anh.jpg")
    answer = await client.post("/files", params=OWNER, data=form)
    assert answer.status == 415
    assert "PDF" in (await answer.json())["detail"]


CARD = "035098001234||Lê Văn Bình|15031998|Nam|Nhân Khang, Lý Nhân, Hà Nam|25122021"


async def begun(client: Client) -> str:
    """The address of a draft that has just been started."""
    body = {**OWNER, "channel": "web", "procedure": MARITAL_STATUS}
    draft = await (await client.post("/drafts", json=body)).json()
    return f"/drafts/{draft['id']}"


async def kept_file(client: Client, content: bytes, name: str = "the.jpg") -> str:
    """A file that the citizen has sent."""
    form = FormData()
    form.add_field("file", content, filename=name)
    kept = await (await client.post("/files", params=OWNER, data=form)).json()
    return str(kept["file_id"])


def stored(tmp_path: Path) -> list[str]:
    """The names of all contents that lie in the storage."""
    return [one.name for one in (tmp_path / "uploads").rglob("*") if one.is_file()]


@pytest.mark.parametrize("readable", [True, False])
async def test_the_photo_of_a_card_is_gone_once_it_was_looked_at(
    client: Client, tmp_path: Path, readable: bool
) -> None:
    address = await begun(client)
    photo = encoded(card(CARD)) if readable else encoded(page())
    file_id = await kept_file(client, photo)
    assert any(file_id in name for name in stored(tmp_path))
    answer = await client.post(f"{address}/card", params=OWNER, json={"file_ids": [file_id]})
    result = await answer.json()
    assert (result["draft"]["offer"] is not None) == readable
    assert bool(result["refusal"]) == (not readable)
    assert not any(file_id in name for name in stored(tmp_path))


async def test_a_card_that_came_as_a_paper_is_offered_and_stays(
    client: Client, tmp_path: Path
) -> None:
    address = await begun(client)
    draft = await (await client.get(address, params=OWNER)).json()
    numbers = []
    while draft["field"]["type"] != "paper":
        text = "có" if draft["field"]["type"] == "yes_no" else draft["field"]["example"]
        if draft["field"]["type"] == "citizen_id":
            numbers.append(text)
        done = await client.post(f"{address}/answers", params=OWNER, json={"text": text})
        draft = (await done.json())["draft"]
    mine = CARD.replace(CARD[:12], numbers[0])
    for photo, told in ((card(CARD), False), (page(), False), (card(mine), True)):
        file_id = await kept_file(client, encoded(photo))
        sent = {"field": draft["field"]["id"], "file_ids": [file_id]}
        assert (await client.post(f"{address}/answers", params=OWNER, json=sent)).status == 200
        looked = {"file_ids": [file_id], "paper": True}
        answer = await client.post(f"{address}/card", params=OWNER, json=looked)
        result = await answer.json()
        assert result["refusal"] == ""
        offer = result["draft"]["offer"]
        assert (offer is not None) == told  # another's card changes nobody's answers
        await client.delete(f"/files/{file_id}", params=OWNER)
        assert any(file_id in name for name in stored(tmp_path))
    assert "Lê Văn Bình" in [line["display"] for line in offer["lines"]]


async def test_a_strangers_photo_is_neither_read_nor_deleted(
    client: Client, tmp_path: Path
) -> None:
    file_id = await kept_file(client, encoded(card(CARD)))
    stranger = {"owner": "citizen-2"}
    body = {**stranger, "channel": "web", "procedure": MARITAL_STATUS}
    draft = await (await client.post("/drafts", json=body)).json()
    answer = await client.post(
        f"/drafts/{draft['id']}/card", params=stranger, json={"file_ids": [file_id]}
    )
    assert (await answer.json())["draft"]["offer"] is None
    await client.delete(f"/files/{file_id}", params=stranger)
    assert any(file_id in name for name in stored(tmp_path))


async def test_a_cards_text_is_offered_filled_in_and_taken_back(client: Client) -> None:
    address = await begun(client)
    done = await client.post(f"{address}/answers", params=OWNER, json={"text": "cho tôi"})
    assert (await done.json())["refusal"] is None
    answer = await client.post(f"{address}/card", params=OWNER, json={"text": CARD})
    offer = (await answer.json())["draft"]["offer"]
    assert "Lê Văn Bình" in [line["display"] for line in offer["lines"]]
    decision = {"accept": True, "turn": "7.20261129"}
    answer = await client.post(f"{address}/offer", params=OWNER, json=decision)
    result = await answer.json()
    assert len(result["accepted"]) == len(offer["lines"])
    assert result["draft"]["offer"] is None
    skip = f"{address}/fields/{result['draft']['field']['id']}/skip"
    again = await client.post(skip, params={**OWNER, "turn": decision["turn"]})
    assert (again.status, (await again.json())["field"]) == (200, result["draft"]["field"])
    assert (await client.post(skip, params={**OWNER, "turn": "8.20261129"})).status == 409
    taken_back = (await (await client.post(f"{address}/undo", params=OWNER)).json())["taken_back"]
    assert len(taken_back) == len(offer["lines"])


async def test_what_is_no_card_says_so_in_vietnamese(client: Client) -> None:
    address = await begun(client)
    answer = await client.post(f"{address}/card", params=OWNER, json={"text": "1|2|3"})
    result = await answer.json()
    assert "mã QR" in result["refusal"]
    assert result["draft"]["offer"] is None
