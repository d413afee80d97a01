"""What is owed for a dossier, how it is paid, and what providers say of it."""

from __future__ import annotations

import asyncio
from typing import Literal

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r403, r404, r409, r429
from pydantic import RootModel
from sqlalchemy.orm import Session

from common.problems import Problem, as_problem
from onestop.dossiers import grants, lookup
from onestop.dossiers.lookup import Refused
from onestop.http import proof
from onestop.http.answers import as_json
from onestop.http.keys import BACKEND, CONFIG, DATABASE, PROVIDERS, wake
from onestop.payments import service, settling
from onestop.payments.base import Notifying, squeeze
from onestop.payments.contrib import vietqr
from onestop.schemas import (
    Owed,
    OwedRequest,
    PaymentNoticeResult,
    PaymentOrder,
    PaymentReceipt,
    PayRequest,
    ProblemDetail,
)

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request


class Parameters(RootModel[dict[str, str]]):
    """The parameters of a notice, as they came."""


@routes.post("/payments/owed")
@receive
async def owed(
    request: web.Request, body: OwedRequest
) -> r200[Owed] | r403[ProblemDetail] | r404[ProblemDetail] | r429[ProblemDetail]:
    """What is owed for the asker's own dossier, or for one whose second factor is known."""
    config = request.app[CONFIG]
    limits = proof.limits_of(config)
    offered = request.app[PROVIDERS]

    def work(session: Session) -> Owed | Refused:
        dossier = lookup.open_for(session, body.asker, body.code, body.factor, limits)
        if isinstance(dossier, Refused):
            return dossier
        view = service.owed(session, dossier, offered)
        if view.receipt_url:
            view.receipt_url = f"{config.public_url}{view.receipt_url}"
        if view.providers:
            view.grant = grants.give(config.cipher(), body.asker, dossier.code)
        return view

    found = await request.app[DATABASE].run(work)
    if isinstance(found, Refused):
        raise proof.refusal(found, "dossier")
    return as_json(found)


@routes.get("/payments/providers")
@receive
async def offered(request: web.Request) -> r200[list[str]]:
    """The names of the ways to pay that are offered, in their order."""
    offered = request.app[PROVIDERS]
    return web.json_response(list(offered))


@routes.post("/payments")
@receive
async def begin(
    request: web.Request, body: PayRequest
) -> r201[PaymentOrder] | r403[ProblemDetail] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Begin to pay; 409 if nothing is due, with the `state` that `Owed` would have."""
    config = request.app[CONFIG]
    provider = request.app[PROVIDERS].get(body.provider)
    if provider is None:
        raise Problem(404, "unknown_provider", "That provider is not offered.")
    code = grants.opened(config.cipher(), body.asker, body.grant)
    if code is None:
        raise Problem(403, "not_granted", "The grant is not this asker's, or too old.")
    try:
        payment, given = await request.app[DATABASE].run(service.begin, code, provider)
    except service.NotDue as error:
        raise Problem(409, "not_due", "There is nothing to pay.", state=error.state) from error
    except LookupError as error:
        raise Problem(404, "not_found", "The dossier is gone.") from error
    order = PaymentOrder(
        code=code,
        provider=provider.name,
        amount=payment.amount - payment.received,
        url=given.url,
        expires_at=given.expires_at,
    )
    if given.qr is not None:
        order.image = f"{config.public_url}/payments/qr/{payment.key}.png"
        order.note = squeeze(code)
        order.bank_name, order.bank_account = config.bank_name, config.bank_account
    return as_json(order, 201)


@routes.get("/payments/{key}/qr")
@receive
async def picture(request: web.Request, key: str, /) -> r200[bytes] | r404[ProblemDetail]:
    """The QR code of an attempt as a PNG picture; its key is the secret."""
    offered = request.app[PROVIDERS]
    try:
        given = await request.app[DATABASE].read(service.instructions, key, offered)
    except LookupError as error:
        raise Problem(404, "not_found", "There is no such payment.") from error
    if given.qr is None:
        raise Problem(404, "no_picture", "That payment has no picture.")
    drawn = await asyncio.to_thread(vietqr.png, given.qr)
    return web.Response(body=drawn, content_type="image/png")


@routes.get("/payments/{key}/receipt")
@receive
async def receipt(request: web.Request, key: str, /) -> r200[PaymentReceipt] | r404[ProblemDetail]:
    """The receipt of a paid attempt; its key is the secret."""
    try:
        found = await request.app[DATABASE].read(settling.receipt, key)
    except LookupError as error:
        raise Problem(404, "not_found", "There is no such receipt.") from error
    return as_json(found)


@routes.post("/payments/notices/{provider}/{kind}")
@receive
async def take_notice(
    request: web.Request, provider: str, kind: Literal["ipn", "return"], /, body: Parameters
) -> r200[PaymentNoticeResult] | r404[ProblemDetail]:
    """What a provider says (`ipn`), or what a browser brings back (`return`); each is recorded."""
    notifying = request.app[PROVIDERS].get(provider)
    if not isinstance(notifying, Notifying):
        raise Problem(404, "unknown_provider", "That provider is not offered.")
    outcome, code = await request.app[DATABASE].run(
        settling.take_notice, notifying, kind, body.root, request.app[BACKEND]
    )
    wake(request.app)
    result = PaymentNoticeResult(outcome=outcome, reply=notifying.reply(outcome), code=code)
    return as_json(result)
