"""Accounts, for administrators."""

from __future__ import annotations

from aiohttp import web

from common.problems import Problem
from onestop.staff.access import Role, allow
from onestop.staff.schemas import AccountChange, AccountNew, AccountView, PasswordMade
from web.staff import forms
from web.staff.gate import shows_again
from web.staff.keys import SERVICE
from web.staff.rendering import render

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


async def _list(request: web.Request, problem: Problem | None = None) -> web.Response:
    entered = BLANK
    if problem is not None:
        entered = {**(await forms.fields(request)), **await _entered(request)}
    return render(
        request,
        "accounts.html.j2",
        problem=problem,
        accounts=await _all(request),
        entered=entered,
    )


@routes.get("/accounts")
@allow(Role.ADMINISTRATOR)
async def accounts(request: web.Request) -> web.Response:
    """All accounts, and the form for another."""
    return await _list(request)


@routes.post("/accounts")
@allow(Role.ADMINISTRATOR)
@shows_again(_list)
async def add(request: web.Request) -> web.Response:
    """Make an account; its first password is shown once."""
    name = (await forms.fields(request)).get("name", "")
    body = forms.fitting(AccountNew, {"name": name, **await _entered(request)})
    made = await request[SERVICE].ask(PasswordMade, "POST", ACCOUNTS, body)
    return render(request, "password_made.html.j2", made=made)


async def _page(request: web.Request, problem: Problem | None = None) -> web.Response:
    return render(request, "account.html.j2", problem=problem, account=await _one(request))


@routes.get(r"/accounts/{account:\d{1,9}}")
@allow(Role.ADMINISTRATOR)
async def account(request: web.Request) -> web.Response:
    """One account."""
    return await _page(request)


@routes.post(r"/accounts/{account:\d{1,9}}")
@allow(Role.ADMINISTRATOR)
@shows_again(_page)
async def change(request: web.Request) -> web.Response:
    """Set name to show, roles, agencies."""
    number = request.match_info["account"]
    body = forms.fitting(AccountChange, await _entered(request))
    await request[SERVICE].ask(AccountView, "PUT", f"{ACCOUNTS}/{number}", body)
    raise web.HTTPSeeOther(f"{ACCOUNTS}/{number}?done=account_changed")


@routes.post(r"/accounts/{account:\d{1,9}}/{step:disable|enable|reset-code}")
@allow(Role.ADMINISTRATOR)
@shows_again(_page)
async def step(request: web.Request) -> web.Response:
    """Disable, enable, take the second factor away."""
    number = request.match_info["account"]
    method, part, done = STEPS[request.match_info["step"]]
    await request[SERVICE].ask(AccountView, method, f"{ACCOUNTS}/{number}/{part}")
    raise web.HTTPSeeOther(f"{ACCOUNTS}/{number}?done={done}")


@routes.post(r"/accounts/{account:\d{1,9}}/reset-password")
@allow(Role.ADMINISTRATOR)
async def reset_password(request: web.Request) -> web.Response:
    """Give a new first password, shown once."""
    number = request.match_info["account"]
    made = await request[SERVICE].ask(PasswordMade, "POST", f"{ACCOUNTS}/{number}/password")
    return render(request, "password_made.html.j2", made=made)
