"""Asks the action server; where it is not there, the turn fails as a whole and is played again later.

See `bot.aborted`. Only where no connection comes about: then surely nothing was done that would be done twice.
"""

from __future__ import annotations

from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig

from bot.aborted import ActionsAway


class ActionEndpoint(EndpointConfig):
    """Rasa's endpoint, but for what comes of a connection that fails."""

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Ask; raises `ActionsAway` where nobody is there."""
        try:
            return await super().request(*args, **kwargs)
        except aiohttp.ClientConnectorError as error:
            raise ActionsAway from error


def guard(agent: Any) -> None:
    """Have an agent, and the processor of its present model, ask in this way; without a model nothing asks."""
    if getattr(agent, "processor", None) is None or agent.action_endpoint is None:
        return
    if not isinstance(agent.action_endpoint, ActionEndpoint):
        endpoint = ActionEndpoint()
        endpoint.__dict__.update(agent.action_endpoint.__dict__)
        agent.action_endpoint = endpoint
    agent.processor.action_endpoint = agent.action_endpoint
