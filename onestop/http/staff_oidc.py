"""Staff: logging in through the OpenID Connect provider, where the settings name one."""

from __future__ import annotations

import structlog
from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r201, r403, r404, r503

from common.database import now
from common.problems import Problem, as_problem
from onestop.http.answers import as_json
from onestop.http.keys import CONFIG, DATABASE
from onestop.schemas import ProblemDetail
from onestop.staff import oidc
from onestop.staff.access import Stage, anyone
from onestop.staff.schemas import OidcBegin, OidcBegun, OidcReturn, SessionOpened

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
log = structlog.get_logger(__name__)


def _provider(request: web.Request) -> oidc.Provider:
    config = request.app[CONFIG]
    if not config.oidc_issuer:
        raise Problem(404, "no_provider", "The settings name no provider.")
    return oidc.Provider(config)


def _unavailable(error: oidc.ProviderUnavailableError) -> Problem:
    log.error("oidc_provider_unavailable", reason=str(error))
    return Problem(503, "provider_unavailable", "The provider does not answer as it should.")


@routes.post("/staff/oidc/flows")
@anyone
@receive
async def begin(
    request: web.Request, body: OidcBegin
) -> r201[OidcBegun] | r404[ProblemDetail] | r503[ProblemDetail]:
    """Begin a log-in; the address that the browser is sent to."""
    provider = _provider(request)
    state, flow = await request.app[DATABASE].run(oidc.begin, body.binding, now())
    try:
        address = await provider.address(state, flow)
    except oidc.ProviderUnavailableError as error:
        raise _unavailable(error) from error
    return as_json(OidcBegun(url=address), 201)


@routes.post("/staff/oidc/sessions")
@anyone
@receive
async def finish(
    request: web.Request, body: OidcReturn
) -> r201[SessionOpened] | r403[ProblemDetail] | r404[ProblemDetail] | r503[ProblemDetail]:
    """Finish a log-in with what the browser brought back; a state is good once."""
    provider, database = _provider(request), request.app[DATABASE]
    flow = await database.run(oidc.take, body.state, body.binding, now())
    if flow is None:
        raise Problem(403, "flow_over", "That log-in has not begun here, or is over.")
    try:
        person = await provider.person(body.code, flow)
        token = await database.run(oidc.enter, person, now())
        if isinstance(token, oidc.NotLetInError):
            raise token
    except oidc.ProviderUnavailableError as error:
        raise _unavailable(error) from error
    except oidc.NotLetInError as error:
        raise Problem(403, error.code, "The log-in is refused.") from error
    opened = SessionOpened(token=token, stage=Stage.OPEN)
    return as_json(opened, 201)
