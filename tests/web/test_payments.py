"""Paying over HTTP: the public addresses before the real one-stop service, from what is owed to the receipt."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import zxingcpp
from aiohttp.test_utils import TestClient, TestServer
from PIL import Image

from common.database import Database
from common.migrations import upgrade
from common.settings import Settings
from onestop.http.app import create_app as create_onestop
from tests.gateway.fakes import Client
from tests.onestop.dossiers.conftest import database, forms, onestop_database, procedure
from tests.onestop.dossiers.test_drafts import OWNER
from tests.onestop.payments.conftest import FEE, SECRET, SHOP, code, told
from web.app import create_app
from web.build import build

__all__ = ["code", "database", "forms", "onestop_database", "procedure"]  # fixtures of other tests
BANK = {"bank_bin": "970415", "bank_account": "113366668888", "bank_name": "Ngân hàng thử"}
VNPAY = {"vnpay_tmn_code": SHOP, "vnpay_hash_secret": SECRET}


@dataclass
class Site:
    """The public site, and the service behind it as our own processes reach it."""

    public: Client
    service: Client
    code: str

    async def owed(self, asker: str = OWNER, factor: str = "") -> tuple[int, dict[str, Any]]:
        body = {"asker": asker, "code": self.code, "factor": factor}
        answer = await self.service.post("/payments/owed", json=body)
        return answer.status, await answer.json()

    async def pay(self, provider: str, asker: str = OWNER) -> dict[str, Any]:
        _, owed = await self.owed()
        body = {"asker": asker, "grant": owed["grant"], "provider": provider}
        answer = await self.service.post("/payments", json=body)
        return {"http": answer.status, **await answer.json()}

    async def ipn(self, notice: dict[str, str]) -> str:
        answer = await self.public.get("/payments/vnpay/ipn", params=notice)
        assert answer.status == 200
        return str((await answer.json())["RspCode"])


@pytest.fixture
async def site(
    request: pytest.FixtureRequest, database: Database, code: str, tmp_path: Path
) -> AsyncIterator[Site]:
    """Configured by the test's parameter; VNPay and the bank's account by default."""
    build()
    upgrade("gateway", url := f"sqlite:///{tmp_path}/gateway.db")
    given = getattr(request, "param", {**BANK, **VNPAY})
    config = Settings(
        database_url=str(database.engine.url),
        gateway_database_url=url,
        turn_timeout_seconds=5,
        **given,
    )
    headers = {"Authorization": f"Bearer {config.internal_token.get_secret_value()}"}
    service = TestClient(TestServer(create_onestop(config)), headers=headers)
    await service.start_server()
    reached = config.model_copy(update={"onestop_url": str(service.make_url("")).rstrip("/")})
    public = TestClient(TestServer(create_app(reached)))
    await public.start_server()
    yield Site(public, service, code)
    await public.close()
    await service.close()


async def test_the_owner_is_told_what_is_owed_and_how_to_pay(site: Site) -> None:
    status, owed = await site.owed()
    assert (status, owed["state"], owed["amount"]) == (200, "due", FEE)
    assert owed["providers"] == ["vnpay", "vietqr"]


async def test_anyone_else_needs_the_second_factor_and_has_few_tries(site: Site) -> None:
    assert (await site.owed("another"))[0] == 403
    status, problem = await site.owed("another", "0000")
    assert (status, problem["attempts_left"]) == (404, 4)
    assert (await site.owed("another", "1234"))[0] == 200
    for _ in range(5):
        status, _ = await site.owed("another", "0000")
    assert status == 429


async def test_a_grant_is_for_its_asker_only(site: Site) -> None:
    assert (await site.pay("vnpay", asker="another"))["http"] == 403


async def test_paying_at_vnpay_from_link_to_receipt(site: Site) -> None:
    order = await site.pay("vnpay")
    assert order["http"] == 201
    said = dict(parse_qsl(urlsplit(order["url"]).query))
    assert urlsplit(said["vnp_ReturnUrl"]).path == "/payments/vnpay/return"
    notice = told(said["vnp_TxnRef"])
    page = await (await site.public.get("/payments/vnpay/return", params=notice)).text()
    assert "Đang chờ xác nhận" in page
    assert await site.ipn(notice) == "00"
    page = await (await site.public.get("/payments/vnpay/return", params=notice)).text()
    assert "Đã trả xong" in page
    assert site.code in page
    _, owed = await site.owed()
    assert (owed["state"], owed["paid_by"], owed["provider_ref"]) == ("paid", "vnpay", "14000001")
    assert owed["grant"] == ""
    answer = await site.public.get(owed["receipt_url"])
    page = await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    for fact in (owed["receipt_number"], site.code, "15.000 đồng", "14000001", "In biên nhận"):
        assert fact in page
    assert (await site.public.get(owed["receipt_url"][:-4] + "AAAA")).status == 404


async def test_what_is_wrong_with_a_notice_is_answered_by_vnpays_codes(site: Site) -> None:
    order = await site.pay("vnpay")
    ref = dict(parse_qsl(urlsplit(order["url"]).query))["vnp_TxnRef"]
    assert await site.ipn({**told(ref), "vnp_Amount": "100"}) == "97"
    assert await site.ipn({}) == "97"
    assert await site.ipn(told("NOBODYS")) == "01"
    assert await site.ipn(told(ref, FEE * 2)) == "04"
    assert await site.ipn(told(ref)) == "00"
    assert await site.ipn(told(ref)) == "02"


async def test_a_return_that_nobody_signed_tells_nothing(site: Site) -> None:
    order = await site.pay("vnpay")
    ref = dict(parse_qsl(urlsplit(order["url"]).query))["vnp_TxnRef"]
    answer = await site.public.get("/payments/vnpay/return", params={"vnp_TxnRef": ref})
    page = await answer.text()
    assert site.code not in page
    assert "Không xác nhận được" in page


async def test_when_the_service_is_down_vnpay_is_asked_to_tell_again(site: Site) -> None:
    await site.service.close()
    assert await site.ipn(told("REF")) == "99"
    answer = await site.public.get("/payments/vnpay/return", params=told("REF"))
    assert "Đang chờ xác nhận" in await answer.text()


async def test_the_picture_to_scan_is_public_under_its_key_and_holds_sum_and_code(
    site: Site,
) -> None:
    order = await site.pay("vietqr")
    assert order["note"] == site.code.replace("-", "")
    assert (order["bank_account"], order["bank_name"]) == ("113366668888", "Ngân hàng thử")
    answer = await site.public.get(order["image"])
    assert answer.content_type == "image/png"
    with Image.open(io.BytesIO(await answer.read())) as picture:
        (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    assert order["note"] in found.text
    assert f"54{len(str(FEE)):02}{FEE}" in found.text
    assert (await site.public.get("/payments/qr/AAAAAAAAAAAAAAAAAAAAAA.png")).status == 404


@pytest.mark.parametrize("site", [{}], indirect=True)
async def test_what_is_not_configured_is_not_offered(site: Site) -> None:
    _, owed = await site.owed()
    assert (owed["state"], owed["providers"], owed["grant"]) == ("due", [], "")
    for address in ("/payments/vnpay/ipn", "/payments/vnpay/return", "/payments/fake/page"):
        assert (await site.public.get(address)).status == 404


@pytest.mark.parametrize("site", [{"payment_fake": True}], indirect=True)
async def test_the_gateway_without_money_pays_what_one_says(site: Site) -> None:
    order = await site.pay("fake")
    link = urlsplit(order["url"])
    page = await (await site.public.get(f"{link.path}?{link.query}")).text()
    assert "không mất tiền" in page
    form = dict(parse_qsl(link.query))
    failed = await site.public.post(link.path, data={**form, "result": "failed"})
    assert "Chưa trả được" in await failed.text()
    done = await site.public.post(link.path, data={**form, "result": "paid"})
    assert "Đã trả xong" in await done.text()
    assert (await site.owed())[1]["state"] == "paid"


@pytest.mark.parametrize("site", [{"payment_fake": True, **BANK}], indirect=True)
async def test_it_never_stands_beside_a_real_account(site: Site) -> None:
    assert (await site.owed())[1]["providers"] == ["vietqr"]
    assert (await site.pay("fake"))["http"] == 404
