"""What our addresses answer with."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from pydantic import BaseModel


def as_json(found: BaseModel | Sequence[BaseModel], status: int = 200) -> web.Response:
    """A model, or several as a list."""
    if isinstance(found, BaseModel):
        return web.json_response(found.model_dump(mode="json"), status=status)
    return web.json_response([one.model_dump(mode="json") for one in found], status=status)
