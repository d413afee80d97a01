"""An action server that is away: the turn fails as a whole, whatever Rasa does with errors of actions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from structlog.testing import capture_logs

from bot.aborted import ActionsAway
from bot.action_endpoint import ActionEndpoint, guard
from tests.bot.test_channel import MESSAGE, TOKEN, Server, _many_servers_in_one_process
from tests.conversations.system import free_ports

__all__ = ["_many_servers_in_one_process"]  # a fixture of other tests
DOMAIN = Domain.from_dict({"actions": ["action_explain"]})


def nobody() -> str:
    """An address at which nobody listens."""
    return f"http://127.0.0.1:{free_ports(1)[0]}/actions"


def guarded(url: str) -> Any:
    """An agent whose endpoint was read from the configuration, guarded."""
    endpoint = EndpointConfig(url, headers={"Authorization": "Bearer x"}, enable_selective_domain=1)
    agent = SimpleNamespace(action_endpoint=endpoint, processor=SimpleNamespace())
    guard(agent)
    return agent


async def run(endpoint: EndpointConfig) -> bool:
    """Run an action as Rasa's processor does."""
    tracker = DialogueStateTracker.from_events("web:a", [])
    processor = MessageProcessor.__new__(MessageProcessor)
    processor.domain = DOMAIN
    return await processor._run_action(
        RemoteAction("action_explain", endpoint),
        tracker,
        CollectingOutputChannel(),
        TemplatedNaturalLanguageGenerator({}),
        PolicyPrediction.for_action_name(DOMAIN, "action_explain"),
    )


async def test_where_nobody_is_there_the_error_passes_through_rasa() -> None:
    with pytest.raises(ActionsAway):
        await run(guarded(nobody()).processor.action_endpoint)


async def test_rasas_own_endpoint_would_go_on_without_the_action() -> None:
    assert await run(EndpointConfig(nobody()))


async def test_what_an_action_server_answers_is_as_rasa_takes_it() -> None:
    async def act(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer x"
        return web.json_response({"events": [], "responses": []}, status=statuses.pop())

    app = web.Application()
    app.router.add_post("/actions", act)
    statuses = [500, 200]
    async with TestServer(app) as server:
        endpoint = guarded(str(server.make_url("/actions"))).action_endpoint
        assert await endpoint.request(json={}) == {"events": [], "responses": []}
        with pytest.raises(ClientResponseError):
            await endpoint.request(json={})


async def test_the_endpoint_is_made_once_and_follows_the_model() -> None:
    agent = guarded(nobody())
    made = agent.action_endpoint
    assert isinstance(made, ActionEndpoint)
    assert made.kwargs == {"enable_selective_domain": 1}
    agent.processor = SimpleNamespace(action_endpoint=None)  # another model was loaded
    guard(agent)
    assert agent.processor.action_endpoint is agent.action_endpoint is made


async def test_a_turn_without_actions_fails_and_is_played_again_for_its_key() -> None:
    away = [True]

    async def answer(message: UserMessage) -> None:
        if away.pop() if away else False:
            raise ActionsAway
        await message.output_channel.send_response(message.sender_id, {"text": "đây ạ"})

    server = Server(answer)
    headers = {**TOKEN, "Idempotency-Key": "7"}
    with capture_logs() as logs:
        failed = await server.post(MESSAGE, headers)
    assert (failed.status, failed.json["type"]) == (500, "urn:motcua:problem:turn_failed")
    assert [(one["event"], one["exc_type"]) for one in logs] == [("turn_failed", "ActionsAway")]
    again = await server.post(MESSAGE, headers)
    assert (again.status, again.json) == (200, [{"text": "đây ạ"}])


@pytest.mark.parametrize(
    "agent",
    [None, SimpleNamespace(processor=None), SimpleNamespace(processor=1, action_endpoint=None)],
)
def test_without_a_model_or_an_endpoint_there_is_nothing_to_guard(agent: Any) -> None:
    before = repr(agent)
    guard(agent)
    assert repr(agent) == before
