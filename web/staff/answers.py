"""Ready-made answers: listed, added, changed, removed; used in the talk with citizens at once."""

from __future__ import annotations

import secrets

from aiohttp import web

from common.problems import Problem
from onestop.kept.schemas import ReadyAnswer
from onestop.staff.access import Role, allow
from web.staff import forms
from web.staff.gate import shows_again
from web.staff.keys import SERVICE
from web.staff.rendering import problem_text, render, texts

routes = web.RouteTableDef()
ANSWERS = "/staff/answers"
ID = r"{answer:[a-z0-9][a-z0-9_-]{0,63}}"
keepers = allow(Role.AGENT, Role.EDITOR)


async def _page(request: web.Request, problem: Problem | None = None) -> web.Response:
    return render(
        request,
        "answers.html.j2",
        problem.status if problem else 200,
        found=await request[SERVICE].ask(list[ReadyAnswer], "GET", ANSWERS),
        blanks=texts()["answer_blanks"],
        entered=await forms.fields(request),
        error=_told(problem) if problem else "",
    )


def _told(problem: Problem) -> str:
    """A refusal; a fault of the text with the blank that is not known."""
    for fault in problem.extra.get("faults", []):
        _, _, said = fault.partition(": ")
        code, _, name = said.partition(" ")
        if told := texts()["answer_faults"].get(code):
            return told.format(name=f"{{{name}}}")
    return problem_text(problem)


@routes.get("/answers")
@keepers
async def answers(request: web.Request) -> web.Response:
    """All answers, each as a form, and one more to add."""
    return await _page(request)


@routes.post("/answers")
@keepers
@shows_again(_page)
async def add(request: web.Request) -> web.Response:
    """Add an answer, or change the one whose `id` the form bears."""
    entered = await forms.fields(request)
    written = {
        "id": entered.get("id") or secrets.token_hex(6),
        "title": entered.get("title", ""),
        "text": entered.get("text", "").replace("\r\n", "\n"),
    }
    body = forms.fitting(ReadyAnswer, written)
    await request[SERVICE].tell("PUT", f"{ANSWERS}/{body.id}", body)
    raise web.HTTPSeeOther(f"{ANSWERS}?done=answer_saved")


@routes.post(f"/answers/{ID}/remove")
@keepers
async def remove(request: web.Request) -> web.Response:
    """Remove an answer."""
    await request[SERVICE].tell("DELETE", f"{ANSWERS}/{request.match_info['answer']}")
    raise web.HTTPSeeOther(f"{ANSWERS}?done=answer_removed")
