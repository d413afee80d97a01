"""The payment addresses that the internet reaches: each hands on to the one-stop service.

`/payments/<provider>/ipn` is for the provider, `/payments/<provider>/return` for the citizen's browser,
`/payments/qr/<key>.png` the picture to scan, `/payments/receipt/<key>` the receipt of what was paid,
`/payments/fake/page` the page of the gateway without money.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import aiohttp_jinja2
import structlog
from aiohttp import web

from common.problems import Problem
from common.tenant import tenant
from gateway.keys import CONFIG

log = structlog.get_logger(__name__)
routes = web.RouteTableDef()
# VNPay waits longer than this for the answer to an IPN, and asks again.
TIMEOUT = aiohttp.ClientTimeout(total=8, connect=2)
HTTP = web.AppKey("payments_http", aiohttp.ClientSession)
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
PROVIDER = r"{provider:[a-z]{2,16}}"
# Said to a provider when the service does not answer, so that it tells once more (VNPay: 99, other).
LATER = {"RspCode": "99", "Message": "Unknown error"}


async def session(app: web.Application) -> AsyncIterator[None]:
    """The connections to the one-stop service."""
    token = app[CONFIG].internal_token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(timeout=TIMEOUT, headers=headers) as http:
        app[HTTP] = http
        yield


def setup(app: web.Application) -> None:
    """Add the addresses to the public site."""
    app.cleanup_ctx.append(session)
    app.add_routes(routes)


async def _hand_on(
    request: web.Request, provider: str, kind: str, received: Mapping[str, str]
) -> dict[str, Any]:
    """The service's word on a notice.

    Raises:
        Problem: 404 if the provider is not offered, 503 if the service does not answer.
    """
    address = f"{request.app[CONFIG].onestop}/payments/notices/{provider}/{kind}"
    try:
        async with request.app[HTTP].post(address, json=dict(received)) as answer:
            if answer.status == 404:
                raise Problem(404, "unknown_provider")
            answer.raise_for_status()
            result: dict[str, Any] = await answer.json()
            return result
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("payment_notice_not_handed_on", kind=kind, reason=type(error).__name__)
        raise Problem(503, "unavailable") from error


def _page(request: web.Request, result: Mapping[str, Any]) -> web.Response:
    page = aiohttp_jinja2.render_template(
        "payment.html.j2", request, {**result, "tenant": tenant()}
    )
    # The address holds what the provider said of the payment.
    page.headers["Cache-Control"] = "no-store"
    return page


@routes.get(f"/payments/{PROVIDER}/ipn")
async def notice(request: web.Request) -> web.Response:
    """What a provider says of a payment; it gets its own kind of answer."""
    try:
        result = await _hand_on(request, request.match_info["provider"], "ipn", request.query)
    except Problem as problem:
        if problem.status == 404:
            raise
        return web.json_response(LATER)
    return web.json_response(result["reply"])


@routes.get(f"/payments/{PROVIDER}/return")
async def back(request: web.Request) -> web.Response:
    """Where a citizen comes back to after paying: a page that says how it stands."""
    try:
        result = await _hand_on(request, request.match_info["provider"], "return", request.query)
    except Problem as problem:
        if problem.status == 404:
            raise
        result = {"outcome": "pending", "code": None}
    return _page(request, result)


@routes.get("/payments/qr/{key:[A-Za-z0-9_-]{16,32}}.png")
async def picture(request: web.Request) -> web.Response:
    """The QR code of an attempt to pay."""
    address = f"{request.app[CONFIG].onestop}/payments/{request.match_info['key']}/qr"
    try:
        async with request.app[HTTP].get(address) as answer:
            if answer.status == 404:
                raise Problem(404, "not_found")
            answer.raise_for_status()
            drawn = await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Problem(503, "unavailable") from error
    return web.Response(
        body=drawn, content_type="image/png", headers={"Cache-Control": "private, max-age=86400"}
    )


@routes.get("/payments/receipt/{key:[A-Za-z0-9_-]{16,32}}")
async def receipt(request: web.Request) -> web.Response:
    """The receipt of a payment, to be kept or printed."""
    address = f"{request.app[CONFIG].onestop}/payments/{request.match_info['key']}/receipt"
    try:
        async with request.app[HTTP].get(address) as answer:
            if answer.status == 404:
                raise Problem(404, "not_found")
            answer.raise_for_status()
            found = await answer.json()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Problem(503, "unavailable") from error
    paid_at = datetime.fromisoformat(found.pop("paid_at")).astimezone(VIETNAM)
    page = aiohttp_jinja2.render_template(
        "payment_receipt.html.j2",
        request,
        {**found, "paid_at": f"{paid_at:%H:%M ngày %d/%m/%Y}", "tenant": tenant()},
    )
    page.headers["Cache-Control"] = "no-store"
    return page


@routes.get("/payments/fake/page")
async def fake_page(request: web.Request) -> web.Response:
    """The page of the gateway without money."""
    if not request.app[CONFIG].payment_fake:
        raise Problem(404, "not_found")
    given = {name: request.query.get(name, "") for name in ("ref", "amount")}
    return aiohttp_jinja2.render_template("payment_fake.html.j2", request, given)


@routes.post("/payments/fake/page")
async def fake_pay(request: web.Request) -> web.Response:
    """Tell the service what the page's button says, as a provider would, and come back."""
    form = await request.post()
    received = {name: one for name, one in form.items() if isinstance(one, str)}
    await _hand_on(request, "fake", "ipn", received)
    return _page(request, await _hand_on(request, "fake", "return", received))
