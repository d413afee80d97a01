"""Accounts, for administrators."""

from __future__ import annotations

from aiohttp import web
from pydantic import ValidationError

from common.problems import Problem
from onestop.staff.access import Role, allow
from onestop.staff.schemas import AccountChange, AccountNew, AccountView, PasswordMade
from web.staff import forms
from web.staff.keys import SERVICE
from web.staff.rendering import problem_text, render

routes = web.RouteTableDef()
ACCOUNTS = "/staff/accounts"
# What the page's buttons do: the service's call, and what is said of it.
STEPS = {
    "disable": ("POST", "disabling", "disabled"),
    "enable": ("POST", "enabling", "enabled"),
    "reset-code": ("DELETE", "second-factor", "second_factor_reset"),
}

BLANK: dict[str, object] = {"name": "", "display_name": "", "roles": [], "agencies": None}


async def _all(request: web.Request) -> list[AccountView]:
    return await request[SERVICE].ask(list[AccountView], "GET", ACCOUNTS)


async def _one(request: web.Request) -> AccountView:
    number = int(request.match_info["account"])
    for one in await _all(request):
        if one.id == number:
            return one
    raise Problem(404, "unknown_account")


async def _entered(request: web.Request) -> dict[str, object]:
    form = await forms.fields(request)
    agencies = [line.strip() for line in form.get("agencies", "").splitlines() if line.strip()]
    return {
        "display_name": form.get("display_name", ""),
        "roles": await forms.several(request, "roles"),
        "agencies": agencies or None,
    }


@routes.get("/accounts")
@allow(Role.ADMINISTRATOR)
async def accounts(request: web.Request) -> web.Response:
    """All accounts, and the form for another."""
    return render(request, "accounts.html.j2", accounts=await _all(request), entered=BLANK)


@routes.post("/accounts")
@allow(Role.ADMINISTRATOR)
async def add(request: web.Request) -> web.Response:
    """Make an account; its first password is shown once."""
    entered = {"name": (await forms.fields(request)).get("name", ""), **await _entered(request)}
    try:
        body = _fitting(AccountNew, entered)
        made = await request[SERVICE].ask(PasswordMade, "POST", ACCOUNTS, body)
    except Problem as problem:
        return render(
            request,
            "accounts.html.j2",
            problem.status,
            accounts=await _all(request),
            entered=entered,
            error=problem_text(problem),
        )
    return render(request, "password_made.html.j2", made=made)


@routes.get(r"/accounts/{account:\d{1,9}}")
@allow(Role.ADMINISTRATOR)
async def account(request: web.Request) -> web.Response:
    """One account."""
    return render(request, "account.html.j2", account=await _one(request))


@routes.post(r"/accounts/{account:\d{1,9}}")
@allow(Role.ADMINISTRATOR)
async def change(request: web.Request) -> web.Response:
    """Set name to show, roles, agencies."""
    number = request.match_info["account"]
    try:
        body = _fitting(AccountChange, await _entered(request))
        await request[SERVICE].ask(AccountView, "PUT", f"{ACCOUNTS}/{number}", body)
    except Problem as problem:
        return await _refused(request, problem)
    raise web.HTTPSeeOther(f"{ACCOUNTS}/{number}?done=account_changed")


@routes.post(r"/accounts/{account:\d{1,9}}/{step:disable|enable|reset-code}")
@allow(Role.ADMINISTRATOR)
async def step(request: web.Request) -> web.Response:
    """Disable, enable, take the second factor away."""
    number = request.match_info["account"]
    method, part, done = STEPS[request.match_info["step"]]
    try:
        await request[SERVICE].ask(AccountView, method, f"{ACCOUNTS}/{number}/{part}")
    except Problem as problem:
        return await _refused(request, problem)
    raise web.HTTPSeeOther(f"{ACCOUNTS}/{number}?done={done}")


@routes.post(r"/accounts/{account:\d{1,9}}/reset-password")
@allow(Role.ADMINISTRATOR)
async def reset_password(request: web.Request) -> web.Response:
    """Give a new first password, shown once."""
    number = request.match_info["account"]
    made = await request[SERVICE].ask(PasswordMade, "POST", f"{ACCOUNTS}/{number}/password")
    return render(request, "password_made.html.j2", made=made)


async def _refused(request: web.Request, problem: Problem) -> web.Response:
    if problem.code == "unknown_account":
        raise problem
    return render(
        request,
        "account.html.j2",
        problem.status,
        account=await _one(request),
        error=problem_text(problem),
    )


def _fitting(
    shape: type[AccountNew] | type[AccountChange], entered: dict[str, object]
) -> AccountNew | AccountChange:
    try:
        return shape.model_validate(entered)
    except ValidationError as error:
        raise Problem(422, "invalid_request") from error
