"""What is woken and stopped at once must stop: `asyncio.wait_for` of Python 3.11 may swallow the stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


async def stopped_after(
    steps: int, run: Coroutine[Any, Any, None], wake: Callable[[], None]
) -> None:
    """Wake what runs, cancel it so many steps of the event loop later; fails if it goes on."""
    task = asyncio.create_task(run)
    for _ in range(5):  # until it waits for news
        await asyncio.sleep(0)
    wake()
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert done, f"it goes on, {steps} steps after it was woken"
