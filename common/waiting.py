"""Waiting for news, or for the time to look again."""

from __future__ import annotations

import asyncio


async def woken(event: asyncio.Event, seconds: float) -> bool:
    """Wait until `event` is set, at most so many seconds; whether it was."""
    # Not asyncio.wait_for: up to Python 3.11 it can swallow a cancellation.
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
