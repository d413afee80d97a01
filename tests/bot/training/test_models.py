"""A model is put to use in every server, or in none."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.training import models
from bot.training.__main__ import told
from common.settings import Settings

AWAY = "http://127.0.0.1:1"


class Server:
    """A Rasa server as far as models go: what it uses, and whether it takes another."""

    def __init__(self) -> None:
        self.uses, self.status = models.CURRENT, 200
        app = web.Application()
        app.router.add_put("/webhooks/gateway/model", self._use)
        self.server = TestServer(app)

    async def _use(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"].startswith("Bearer ")
        if self.status == 200:
            self.uses = (await request.json())["name"]
        return web.json_response({}, status=self.status)

    @property
    def url(self) -> str:
        return str(self.server.make_url("")).rstrip("/")


@pytest.fixture
async def servers() -> AsyncIterator[list[Server]]:
    made = [Server() for _ in range(3)]
    for one in made:
        await one.server.start_server()
    yield made
    for one in made:
        await one.server.close()


def config(*urls: str) -> Settings:
    return Settings(rasa_server_urls=list(urls))


async def test_every_server_uses_the_new_model(servers: list[Server]) -> None:
    use = await models.load(models.CANDIDATE, config(*(one.url for one in servers)))
    assert use == models.InUse(running=3, away=0)
    assert {one.uses for one in servers} == {models.CANDIDATE}


async def test_one_that_is_away_takes_it_at_its_next_start(servers: list[Server]) -> None:
    use = await models.load(models.CANDIDATE, config(servers[0].url, AWAY, servers[1].url))
    assert use == models.InUse(running=2, away=1)
    assert told("the new model", use) == (
        "the new model is in use in 2 running servers; 1 away: from their next start on"
    )
    use = await models.load(models.CANDIDATE, config(AWAY))
    assert told("the new model", use) == "the new model is used from the next start on"


async def test_when_one_refuses_all_go_back(servers: list[Server]) -> None:
    servers[1].status = 409
    with pytest.raises(models.RefusedError, match="status 409"):
        await models.load(models.CANDIDATE, config(*(one.url for one in servers)))
    assert {one.uses for one in servers} == {models.CURRENT}


def test_without_addresses_of_their_own_there_is_one_server() -> None:
    assert Settings(rasa_url="http://rasa:5005").rasa_servers == ["http://rasa:5005"]
