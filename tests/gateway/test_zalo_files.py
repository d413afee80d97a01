"""Row "images, files": our file is uploaded to Zalo and shown by its token; where not, its address is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from tests.gateway.fakes import Connect, FakeRasa
from tests.gateway.platforms import answered, served
from tests.platforms import zalo
from tests.platforms.zalo import ZaloServer

PDF = "application/pdf"


class OurSite:
    """The public site, with one file."""

    def __init__(self) -> None:
        self.base, self.content, self.kind, self.status = "", b"%PDF-1.7", PDF, 200

    async def file(self, request: web.Request) -> web.Response:
        headers = {"Content-Disposition": "attachment; filename*=UTF-8''T%E1%BB%9D%20khai.pdf"}
        return web.Response(
            body=self.content, status=self.status, content_type=self.kind, headers=headers
        )


@pytest.fixture
async def our_site() -> AsyncIterator[OurSite]:
    site, app = OurSite(), web.Application()
    app.router.add_get("/documents/{ticket}", site.file)
    async with served(app) as site.base:
        yield site


async def ask(connect_zalo: Connect, rasa: FakeRasa, site: OurSite) -> None:
    async def answer(_: Any) -> list[dict[str, Any]]:
        card = {"type": "link", "title": "Tờ khai (PDF)", "url": "/documents/abc", "file": True}
        return [{"text": "Tờ khai đây ạ.", "custom": card}]

    rasa.answer = answer
    client = await connect_zalo(public_url=site.base)
    assert await zalo.tell(client.post, zalo.text("tải tờ khai")) == 200


async def test_row_files_a_form_is_uploaded_and_shown_by_its_token(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer, our_site: OurSite
) -> None:
    await ask(connect_zalo, rasa, our_site)
    await answered(zalo_server, 2)
    assert zalo_server.sent == [
        ("111", {"attachment": {"type": "file", "payload": {"token": "token-of-file-1"}}}),
        ("111", {"text": "Tờ khai đây ạ."}),
    ]
    assert zalo_server.uploads == {"token-of-file-1": ("Tờ khai.pdf", b"%PDF-1.7")}


@pytest.mark.parametrize(
    "change",
    [
        {"content": b"x" * (5 * 1024**2 + 1)},
        {"kind": "image/gif"},
        {"status": 404},
        {"kind": "text/csv", "content": b""},
    ],
    ids=["larger than 5 MB", "of another kind", "gone", "refused by Zalo"],
)
async def test_row_files_what_zalo_does_not_take_is_told_by_its_address(
    connect_zalo: Connect,
    rasa: FakeRasa,
    zalo_server: ZaloServer,
    our_site: OurSite,
    change: dict[str, Any],
) -> None:
    vars(our_site).update(change)
    await ask(connect_zalo, rasa, our_site)
    await answered(zalo_server, 2)
    link, words = zalo_server.texts("111")
    assert f"{our_site.base}/documents/abc" in link
    assert words == "Tờ khai đây ạ."
    assert zalo_server.uploads == {}


async def test_row_files_an_upload_that_is_not_answered_is_tried_again(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer, our_site: OurSite
) -> None:
    zalo_server.upload_faults.append(-100)
    await ask(connect_zalo, rasa, our_site)
    await answered(zalo_server, 2)
    assert "attachment" in zalo_server.sent[0][1]
