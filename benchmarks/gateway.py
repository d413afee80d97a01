"""`python -m benchmarks.gateway`: what the gateway itself costs, before a Rasa that answers at once.

Prints one JSON line: milliseconds of one citizen's message alone, messages a second of many
citizens at once, and milliseconds until a signed webhook of Messenger is acknowledged, all through HTTP,
the inbox on SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import os
import secrets
import statistics
import tempfile
import time

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from cryptography.fernet import Fernet

os.environ.setdefault("MOTCUA_ENCRYPTION_KEYS", Fernet.generate_key().decode())
os.environ.setdefault("MOTCUA_INTERNAL_TOKEN", secrets.token_urlsafe(32))

from common.migrations import upgrade
from common.settings import Settings
from gateway.app import create_app

SECRET = "a-secret-for-the-benchmark"
Client = TestClient[web.Request, web.Application]


async def answer(request: web.Request) -> web.Response:
    """Rasa's part: the same short answer to everything."""
    return web.json_response([{"text": "Dạ."}])


async def say(client: Client, token: str) -> float:
    """One message and its answer; milliseconds."""
    begin = time.perf_counter()
    headers = {"Authorization": f"Bearer {token}"}
    async with client.post("/api/chat/messages", json={"text": "a"}, headers=headers) as response:
        assert response.status == 200
        await response.json()
    return (time.perf_counter() - begin) * 1000


async def citizen(client: Client) -> str:
    """A new citizen's token."""
    async with client.post("/api/chat/sessions") as response:
        token: str = (await response.json())["token"]
    client.session.cookie_jar.clear()
    return token


async def tell(client: Client, number: int, citizens: int) -> float:
    """One webhook, as Messenger posts it; milliseconds until it is acknowledged."""
    message = {"mid": f"m_{number}", "text": "a"}
    event = {
        "sender": {"id": str(number % citizens + 1)},
        "timestamp": int(time.time() * 1000),
        "message": message,
    }
    raw = json.dumps({"object": "page", "entry": [{"messaging": [event]}]}).encode()
    digest = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    begin = time.perf_counter()
    headers = {"X-Hub-Signature-256": f"sha256={digest}"}
    async with client.post("/webhooks/messenger", data=raw, headers=headers) as response:
        assert response.status == 200
    return (time.perf_counter() - begin) * 1000


async def measure(citizens: int, messages: int) -> dict[str, float]:
    """The figures, for so many citizens with so many messages each."""
    rasa = web.Application()
    rasa.router.add_post("/webhooks/gateway/webhook", answer)
    server = TestServer(rasa)
    await server.start_server()
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/gateway.db"
        upgrade("gateway", url)
        config = Settings(
            gateway_database_url=url,
            rasa_url=str(server.make_url("")).rstrip("/"),
            chat_messages_per_minute=1_000_000,
            messenger_page_id="1",
            messenger_app_secret=SECRET,
            messenger_page_token="token",
            messenger_verify_token="word",
            # What is answered finds nobody: only taking in is measured.
            messenger_api_url="http://127.0.0.1:9",
        )
        client = TestClient(TestServer(create_app(config)))
        await client.start_server()
        tokens = [await citizen(client) for _ in range(citizens)]
        alone = [await say(client, tokens[0]) for _ in range(messages)]

        async def talk(token: str) -> list[float]:
            return [await say(client, token) for _ in range(messages)]

        begin = time.perf_counter()
        together = [one for spent in await asyncio.gather(*map(talk, tokens)) for one in spent]
        seconds = time.perf_counter() - begin
        webhooks = [await tell(client, number, citizens) for number in range(messages)]
        await client.close()
    await server.close()
    return {
        "alone_p50_ms": round(statistics.median(alone), 1),
        "alone_p99_ms": round(statistics.quantiles(alone, n=100)[98], 1),
        "citizens": citizens,
        "messages_per_second": round(len(together) / seconds),
        "together_p50_ms": round(statistics.median(together), 1),
        "together_p99_ms": round(statistics.quantiles(together, n=100)[98], 1),
        "webhook_p50_ms": round(statistics.median(webhooks), 1),
        "webhook_p99_ms": round(statistics.quantiles(webhooks, n=100)[98], 1),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--citizens", type=int, default=16)
    parser.add_argument("--messages", type=int, default=100)
    options = parser.parse_args()
    print(json.dumps(asyncio.run(measure(options.citizens, options.messages))))


if __name__ == "__main__":
    main()
