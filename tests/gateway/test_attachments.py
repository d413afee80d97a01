"""A citizen's file on a platform: only from the platform's hosts, within limits, through the usual way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web

from gateway.attachments import allowed
from gateway.channels.limits import limits_of
from gateway.keys import METRICS
from gateway.texts import say
from tests.gateway.fakes import Connect, FakeOnestop, FakeRasa, until
from tests.gateway.platforms import answered, loosen, served
from tests.platforms import zalo
from tests.platforms.zalo import ZaloServer


def photo(url: str, **more: Any) -> dict[str, Any]:
    return {"type": "image", "payload": {"url": url, "thumbnail": url, **more}}


def photos(*found: dict[str, Any], words: str = "") -> dict[str, Any]:
    message = {"msg_id": "m1", "attachments": list(found), "text": words}
    return zalo.event("user_send_image", message=message)


async def test_row_events_a_photo_goes_the_way_of_the_pages_upload(
    connect_zalo: Connect, rasa: FakeRasa, onestop: FakeOnestop, zalo_server: ZaloServer
) -> None:
    zalo_server.files["a.jpg"] = b"\xff\xd8 photo"
    client = await connect_zalo()
    await zalo.tell(client.post, photos(photo(f"{zalo_server.base}/files/a.jpg")))
    await answered(zalo_server, 1)
    (kept,) = onestop.files
    assert (kept["owner"], kept["content"], kept["name"]) == (
        "zalo:111",
        b"\xff\xd8 photo",
        "a.jpg",
    )
    inbound = rasa.received[0]
    assert (inbound["text"], inbound["attachments"][0]["file_id"]) == ("/upload", kept["file_id"])


async def test_row_events_a_file_keeps_its_name(
    connect_zalo: Connect, onestop: FakeOnestop, zalo_server: ZaloServer
) -> None:
    zalo_server.files["x"] = b"%PDF"
    client = await connect_zalo()
    payload = {"url": f"{zalo_server.base}/files/x", "name": "../Giấy khai sinh.pdf", "size": "4"}
    file = {"type": "file", "payload": {**payload, "type": "pdf"}}
    body = zalo.event("user_send_file", message={"msg_id": "m1", "attachments": [file]})
    await zalo.tell(client.post, body)
    await answered(zalo_server, 1)
    assert onestop.files[0]["name"] == "Giấy khai sinh.pdf"


async def test_a_good_file_goes_on_though_another_is_refused(
    connect_zalo: Connect, rasa: FakeRasa, onestop: FakeOnestop, zalo_server: ZaloServer
) -> None:
    zalo_server.files = {"good": b"\xff\xd8", "bad": b"MZ"}
    client = await connect_zalo()
    found = [photo(f"{zalo_server.base}/files/{name}") for name in ("bad", "good", "gone")]
    await zalo.tell(client.post, photos(*found))
    await answered(zalo_server, 2)
    told = zalo_server.texts("111")[0]
    assert "Em chỉ nhận ảnh hoặc PDF ạ." in told
    assert say("file_gone") in told
    assert len(rasa.received[0]["attachments"]) == 1


async def test_a_file_too_large_is_told_and_not_asked_of_rasa(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    zalo_server.files["big"] = b"x" * (1024 * 1024 + 1)
    client = await connect_zalo(upload_max_bytes=1024 * 1024)
    await zalo.tell(client.post, photos(photo(f"{zalo_server.base}/files/big")))
    await answered(zalo_server, 1)
    assert zalo_server.texts("111") == [say("file_too_large", megabytes=1)]
    assert rasa.received == []
    assert client.app is not None
    assert client.app[METRICS].total("files_refused", "zalo", "file_too_large") == 1


async def test_an_album_of_too_many_files_is_told(
    connect_zalo: Connect, zalo_server: ZaloServer
) -> None:
    client = await connect_zalo()
    await zalo.tell(client.post, photos(*[photo(f"{zalo_server.base}/files/a")] * 11))
    await answered(zalo_server, 1)
    assert zalo_server.texts("111") == [say("too_many_files", limit=10)]


async def test_a_store_that_is_down_gets_the_file_later_and_once(
    connect_zalo: Connect,
    rasa: FakeRasa,
    onestop: FakeOnestop,
    zalo_server: ZaloServer,
) -> None:
    zalo_server.files["a"] = b"\xff\xd8"
    onestop.down = True
    client = await connect_zalo()
    await zalo.tell(client.post, photos(photo(f"{zalo_server.base}/files/a")))
    await answered(zalo_server, 1)
    assert zalo_server.texts("111") == [say("delayed")]
    onestop.down = False

    async def done() -> bool:
        return len(rasa.received) == 1

    await until(done)
    assert len(onestop.files) == 1


async def test_another_host_is_never_asked_also_after_a_redirect(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    asked: list[str] = []

    async def inner(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=b"secret")

    secret = web.Application()
    secret.router.add_get("/{tail:.*}", inner)
    async with served(secret) as address:

        async def redirect(request: web.Request) -> web.Response:
            raise web.HTTPFound(f"{address}/secret")

        outer = web.Application()
        outer.router.add_get("/go", redirect)
        async with served(outer) as door:
            client = await connect_zalo()
            assert client.app is not None
            loosen(client.app, file_hosts=(door,))
            for number, url in enumerate((f"{address}/secret", f"{door}/go")):
                body = photos(photo(url))
                body["message"]["msg_id"] = f"m{number}"
                await zalo.tell(client.post, body)
            await answered(zalo_server, 2)
    assert asked == []
    assert zalo_server.texts("111") == [say("file_gone")] * 2
    assert rasa.received == []


@pytest.mark.parametrize(
    ("url", "taken"),
    [
        ("https://f20-zpc.zdn.vn/a/b.jpg?x=1", True),
        ("https://F20.ZDN.VN/a.jpg", True),
        ("http://f20-zpc.zdn.vn/a.jpg", False),
        ("https://zdn.vn.evil.example/a.jpg", False),
        ("https://evil.example/x.zdn.vn", False),
        ("https://evil.example/?https://a.zdn.vn", False),
        ("https://a.zdn.vn@evil.example/a.jpg", False),
        ("https://evil@a.zdn.vn/a.jpg", False),
        ("https://a.zdn.vn:8443/a.jpg", False),
        ("https://127.0.0.1/a", False),
        ("file:///etc/passwd", False),
        ("/relative", False),
        ("", False),
        ("https://[", False),
    ],
)
def test_only_the_platforms_own_addresses_are_asked(url: str, taken: bool) -> None:
    limits = limits_of("zalo")
    assert limits
    assert allowed(url, limits.file_hosts) is taken


async def test_a_slow_host_holds_nobody_else_up(
    connect_zalo: Connect, rasa: FakeRasa, zalo_server: ZaloServer
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        asked.set()
        await go_on.wait()
        return web.Response()

    slow = web.Application()
    slow.router.add_get("/a", hang)
    async with served(slow) as address:
        client = await connect_zalo()
        await zalo.tell(client.post, photos(photo(f"{address}/a")))
        async with asyncio.timeout(60):
            await asked.wait()
        await zalo.tell(client.post, zalo.text("chào", user="222"))
        await answered(zalo_server, 1)
        assert zalo_server.texts("222") == ["Anh/chị nói: chào"]
        go_on.set()
