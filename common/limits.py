"""How many requests one address may make: anyone reaches us, and much of what we are asked is recorded.

A token bucket an address, in this process's memory: a guard against floods, not an account. `limits` and
its like bring storages and strategies that we have no use for.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from aiohttp import web

# Addresses that are kept in mind at once; the one unheard of for longest is forgotten first.
MOST_ADDRESSES = 10_000
# Of an IPv6 address the first 64 bits: the rest is the sender's to choose.
PREFIX = 64


class Limiter:
    """Lets each key through `per_minute` times a minute, all at once or spread.

    Args:
        per_minute: the bucket's size, and what flows in in a minute.
        clock: seconds that never go back.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._clock = float(per_minute), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str) -> float:
        """Seconds until `key` may come again; 0 if it may now, which is then counted."""
        now = self._clock()
        left, at = self._buckets.get(key, (self._size, now))
        left = min(self._size, left + (now - at) * self._size / 60)
        allowed = left >= 1
        self._buckets[key] = (left - allowed, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) * 60 / self._size


def address_of(request: web.Request, proxies: int) -> str:
    """Where a request comes from.

    Args:
        proxies: how many proxies of our own stand before us; so many entries at the end of
            X-Forwarded-For are theirs to be believed, any before may be invented.
    """
    passed = [one.strip() for one in request.headers.get("X-Forwarded-For", "").split(",") if one]
    said = passed[-proxies] if 0 < proxies <= len(passed) else request.remote or ""
    try:
        address = ip_address(said)
    except ValueError:
        return said[:64]
    if isinstance(address, IPv6Address):
        return str(ip_network((address, PREFIX), strict=False))
    return said
