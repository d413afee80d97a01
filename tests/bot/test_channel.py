from __future__ import annotations

import asyncio

import pytest
from rasa.core.channels.channel import UserMessage

from bot import channel
from bot.channel import GatewayInput, Inbound

HELLO = Inbound(sender="s", text="chào em", channel="web")


class Agent:
    """Counts turns and answers when it is let."""

    def __init__(self) -> None:
        self.turns = 0
        self.go = asyncio.Event()
        self.fail = False

    async def __call__(self, message: UserMessage) -> None:
        self.turns += 1
        await self.go.wait()
        if self.fail:
            raise RuntimeError
        await message.output_channel.send_response("s", {"text": f"lượt {self.turns}"})


@pytest.fixture
async def agent() -> Agent:
    return Agent()


async def test_a_repeat_after_the_turn_gets_the_same_replies(agent: Agent) -> None:
    gateway = GatewayInput("token")
    agent.go.set()
    first = await gateway.turn(HELLO, "7", agent)
    assert await gateway.turn(HELLO, "7", agent) == first == [{"text": "lượt 1"}]
    assert agent.turns == 1


async def test_a_repeat_during_the_turn_waits_for_it_though_the_first_caller_hung_up(
    agent: Agent,
) -> None:
    gateway = GatewayInput("token")
    first = asyncio.create_task(gateway.turn(HELLO, "7", agent))
    await asyncio.sleep(0)
    first.cancel()
    again = asyncio.create_task(gateway.turn(HELLO, "7", agent))
    await asyncio.sleep(0)
    agent.go.set()
    assert await again == [{"text": "lượt 1"}]
    assert agent.turns == 1


async def test_a_turn_that_failed_is_played_again(agent: Agent) -> None:
    gateway = GatewayInput("token")
    agent.go.set()
    agent.fail = True
    with pytest.raises(RuntimeError):
        await gateway.turn(HELLO, "7", agent)
    agent.fail = False
    assert await gateway.turn(HELLO, "7", agent) == [{"text": "lượt 2"}]


async def test_without_a_key_every_message_is_a_turn(agent: Agent) -> None:
    gateway = GatewayInput("token")
    agent.go.set()
    await gateway.turn(HELLO, None, agent)
    await gateway.turn(HELLO, None, agent)
    assert agent.turns == 2


async def test_old_turns_are_forgotten(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "REMEMBERED_TURNS", 2)
    gateway = GatewayInput("token")
    agent.go.set()
    for key in ("1", "2", "3", "1"):
        await gateway.turn(HELLO, key, agent)
    assert agent.turns == 4
