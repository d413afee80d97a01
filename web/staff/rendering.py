"""How pages are rendered: the menu of whoever looks, texts, and times as Vietnamese write them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp_jinja2
import jinja2
from aiohttp import web

from common import yaml_files
from common.problems import Problem
from common.tenant import tenant
from gateway.keys import CONFIG
from onestop.staff.access import Access, Role, access_of
from web.staff import forms
from web.staff.keys import BUILD, ME

STAFF = Path(__file__).resolve().parent
TEXTS = [STAFF / "texts.yml", *sorted((STAFF / "texts").glob("*.yml"))]
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MENU: web.AppKey[list[tuple[dict[str, Any], Access]]] = web.AppKey("staff_menu")


class Unreachable(RuntimeError):
    """An entry of the menu that leads to no page."""


@lru_cache
def texts() -> dict[str, dict[str, str]]:
    """`texts.yml` and `texts/*.yml` joined: sentences and names by section and code.

    Raises:
        ValueError: if two files give a code of one section.
    """
    found: dict[str, dict[str, str]] = {}
    for path in TEXTS:
        for section, told in yaml_files.read(path).items():
            known = found.setdefault(section, {})
            if twice := known.keys() & told.keys():
                raise ValueError(f"{path.name}: {section}: {', '.join(twice)}: told twice")
            known |= told
    return found


def text(section: str, code: str) -> str:
    """A text by its code; a code that has none is shown itself."""
    return texts()[section].get(code, code)


def named(section: str, codes: Iterable[str] | None = None) -> list[tuple[str, str]]:
    """Codes (of the section's texts, if none are given) with their texts, for choices."""
    return [(code, text(section, code)) for code in (texts()[section] if codes is None else codes)]


def problem_text(problem: Problem) -> str:
    """What a refusal means for whoever reads it."""
    found = texts()["problems"].get(problem.code) or texts()["problems"]["error"]
    until = problem.extra.get("until")
    return found.format(until=moment(datetime.fromisoformat(until)) if until else "")


def moment(at: datetime | None) -> str:
    """A point in time in Vietnam: `29/11/2026 10:51`."""
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M}" if at else "–"


def clock(at: datetime) -> str:
    """A moment of a talk in Vietnam, short: `29/11 10:51`."""
    return f"{at.astimezone(VIETNAM):%d/%m %H:%M}"


def week(monday: date) -> str:
    """A week by its first day: `23/11 – 29/11/2026`."""
    return f"{monday:%d/%m} – {monday + timedelta(days=6):%d/%m/%Y}"


def number(value: float) -> str:
    """A number with Vietnamese separators: `10.998`, `4,82`."""
    shown = f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"
    return shown.translate(str.maketrans(",.", ".,"))


def setup(app: web.Application) -> None:
    """Make templates known; called when all pages are there, for the menu."""
    environment = aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(STAFF / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(moment=moment, clock=clock, week=week, number=number)
    environment.globals.update(
        text=text,
        named=named,
        tenant=tenant(),
        roles=list(Role),
        provider=bool(app[CONFIG].oidc_issuer),
    )
    app[MENU] = _menu(app)


def _menu(app: web.Application) -> list[tuple[dict[str, Any], Access]]:
    """The menu's entries with who may open them, as their pages declare it.

    Raises:
        Unreachable: if an entry leads to no page.
    """
    pages = {
        route.resource.canonical: access_of(route.handler)
        for route in app.router.routes()
        if route.method == "GET" and route.resource
    }
    entries: list[tuple[dict[str, Any], Access]] = []
    for entry in yaml_files.read(STAFF / "menu.yml"):
        access = pages.get(entry["path"].removeprefix(forms.PATH))
        if access is None:
            raise Unreachable(entry["path"])
        entries.append((entry, access))
    return entries


def render(
    request: web.Request,
    template: str,
    status: int = 200,
    *,
    problem: Problem | None = None,
    **context: Any,
) -> web.Response:
    """A page, or a part of one for htmx.

    Args:
        request: who looks; the menu holds what they may open.
        template: a file under `templates/`.
        status: of the answer.
        problem: the refusal that the page tells, with its status.
        **context: for the template, beside `me`, `csrf`, `menu`, `build`, `done`, `error`.
    """
    me = request.get(ME)
    menu = [one for one, access in request.app[MENU] if me and access.admits(me.stage, me.roles)]
    # Of several paths that begin this one the longest is the greatest.
    above = (
        (path, one["path"])
        for one in menu
        for path in (one["path"], *one.get("below", ()))
        if request.path.startswith(path)
    )
    _, here = max(above, default=("", ""))
    common = {
        "me": me,
        "menu": menu,
        "here": here,
        "csrf": forms.csrf(request),
        "csrf_header": forms.HEADER,
        "build": request.app[BUILD],
        "done": texts()["done"].get(request.query.get("done", ""), ""),
        "error": problem_text(problem) if problem else "",
    }
    page = aiohttp_jinja2.render_template(template, request, {**common, **context})
    page.set_status(problem.status if problem else status)
    return page


def render_problem(request: web.Request, problem: Problem) -> web.Response:
    """A refusal as a page; for htmx as a part that is shown where the answer would have been."""
    part = "HX-Request" in request.headers
    template = "problem_part.html.j2" if part else "problem.html.j2"
    return render(request, template, problem=problem)
