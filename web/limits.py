"""How many requests one address may make to the payment pages: anyone reaches them, and each is recorded."""

from __future__ import annotations

import math

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from common.limits import Limiter, address_of
from common.problems import Problem
from common.settings import Settings

LIMITED = "/payments/"
IPN = "/ipn"


def limit_payments(config: Settings) -> Middleware:
    """Middleware: who asks the payment addresses too often gets 429 with `Retry-After`.

    A provider tells of many citizens' payments from one address, so its notices have a limit of their own.
    """
    pages, notices = Limiter(config.pages_per_minute), Limiter(config.notices_per_minute)

    @web.middleware
    async def limited(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.path.startswith(LIMITED):
            return await handler(request)
        limiter = notices if request.path.endswith(IPN) else pages
        seconds = limiter.wait(address_of(request, config.trusted_proxies))
        if not seconds:
            return await handler(request)
        later = math.ceil(seconds)
        return Problem(429, "too_many_requests", "Try again later.", retry_after=later).response()

    return limited
