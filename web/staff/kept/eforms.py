"""E-forms: the list, one with its history, and the editor with its live preview.

What was tried in the preview is kept in the page (`tries`) and played again on the text as it is now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from common.problems import Problem
from onestop.changes.schemas import (
    DOCUMENT_CODE,
    SHIPPED,
    ChangeView,
    ChangeWhole,
    EFormLine,
    KeptNew,
    KeptView,
)
from onestop.eforms.definition import FieldType
from onestop.kept.eform_editing import FIELD_PARTS, FORM, FORM_PARTS, NEW_FIELD
from onestop.kept.schemas import EFormText, EFormTrial, PartsWanted, TrialWanted
from onestop.preview.walk import Try
from onestop.staff.access import Role, allow
from web.staff import forms
from web.staff.changes import CHANGES, reason_of
from web.staff.gate import shows_again
from web.staff.kept.faults import say_fault
from web.staff.keys import SERVICE
from web.staff.rendering import render, texts

routes = web.RouteTableDef()
EFORMS, KEPT = "/staff/eforms", "/staff/kept/eform"
CODE = f"{{code:{DOCUMENT_CODE}}}"
MOST_TRIES = 200
_TRIES: TypeAdapter[list[Try]] = TypeAdapter(list[Try])
_BUTTONS = ("skip", "why", "file", "later")


@routes.get("/eforms")
@allow(Role.EDITOR)
async def eforms(request: web.Request) -> web.Response:
    """All e-forms."""
    found = await request[SERVICE].ask(list[EFormLine], "GET", EFORMS)
    return render(request, "eforms.html.j2", found=found)


@routes.post("/eforms")
@allow(Role.EDITOR)
async def begin(request: web.Request) -> web.Response:
    """Begin a new form as a copy of another; nothing is kept until it is proposed."""
    entered = await forms.fields(request)
    code, like = entered.get("code", "").strip(), entered.get("like", "")
    raise web.HTTPSeeOther(f"{EFORMS}/{_fit(code)}/change?like={_fit(like)}")


def _fit(code: str) -> str:
    """A form's name that may stand in an address.

    Raises:
        Problem: 422 `eform_name`.
    """
    if not re.fullmatch(DOCUMENT_CODE, code):
        raise Problem(422, "eform_name")
    return code


async def _kept(request: web.Request, code: str = "") -> KeptView:
    code = code or request.match_info["code"]
    return await request[SERVICE].ask(KeptView, "GET", f"{KEPT}/{code}")


def _new(code: str, content: str = "") -> KeptView:
    """A form that is not there yet."""
    return KeptView(
        kind="eform", code=code, title=code, content=content, moved=False, history=[], changes=[]
    )


async def _seen(request: web.Request) -> KeptView:
    """The form as it stands; one that is not there yet with the text of the form it is made like."""
    code = request.match_info["code"]
    try:
        return await _kept(request)
    except Problem as problem:
        if problem.status != 404 or not request.query.keys() & {"like", "draft"}:
            raise
    if "like" not in request.query:
        return _new(code)
    copied = (await _kept(request, _fit(request.query["like"]))).content
    said = {"id:": f"id: {code}", "procedures:": "procedures: []"}
    lines = [
        next((new for key, new in said.items() if line.startswith(key)), line)
        for line in copied.splitlines()
    ]
    return _new(code, "\n".join(lines) + "\n")


async def _trial(request: web.Request, content: str, tries: list[Try]) -> dict[str, Any]:
    """The context of the preview's part."""
    body = TrialWanted(content=content, tries=tries)
    found = await request[SERVICE].ask(EFormTrial, "POST", f"{EFORMS}/trial", body)
    used = sum(one.by == "author" for one in found.walk.said) if found.walk else len(tries)
    return {
        "trial": found,
        "faults": [(one.line, say_fault(one.text)) for one in found.faults],
        "tries": _TRIES.dump_json(tries[:used]).decode(),
        "code": request.match_info["code"],
    }


@routes.get(f"/eforms/{CODE}")
@allow(Role.EDITOR)
async def eform(request: web.Request) -> web.Response:
    """A form as citizens are asked by it, with its history."""
    found = await _kept(request)
    trial = await _trial(request, found.content, [])
    return render(request, "eform.html.j2", found=found, **trial)


async def _editor(
    request: web.Request, found: KeptView, entered: Mapping[str, str], problem: Problem | None
) -> web.Response:
    content = entered.get("content", found.content)
    refused = [say_fault(one) for one in problem.extra.get("faults", [])] if problem else []
    return render(
        request,
        "eform_editor.html.j2",
        problem=problem,
        found=found,
        base=entered.get("base", found.history[0].id if found.history else SHIPPED),
        content=content,
        entered=entered,
        refused=refused,
        new_field=NEW_FIELD,
        **await _trial(request, content, tries_of(entered)),
    )


@routes.get(f"/eforms/{CODE}/change")
@allow(Role.EDITOR)
async def change_form(request: web.Request) -> web.Response:
    """The editor; with `?draft=` it goes on from the text of a change of this form."""
    found, entered, number = await _seen(request), {}, request.query.get("draft", "")
    if number.isdecimal() and len(number) < 10:
        draft = await request[SERVICE].ask(ChangeWhole, "GET", f"{CHANGES}/{number}")
        if (draft.change.kind, draft.change.code) == ("eform", found.code):
            entered = {"content": draft.after, "note": draft.change.note}
    return await _editor(request, found, entered, None)


async def _refused(request: web.Request, problem: Problem) -> web.Response:
    found = _new(request.match_info["code"])
    return await _editor(request, found, await forms.fields(request), problem)


@routes.post(f"/eforms/{CODE}/change")
@allow(Role.EDITOR)
@shows_again(_refused)
async def change(request: web.Request) -> web.Response:
    """Propose the text."""
    entered, code = await forms.fields(request), request.match_info["code"]
    base = entered.get("base", "")
    body = KeptNew(
        base=int(base) if base.isdecimal() else SHIPPED,
        content=entered.get("content", ""),
        **dict(reason_of(entered)),
    )
    made = await request[SERVICE].ask(ChangeView, "POST", f"{KEPT}/{code}/changes", body)
    raise web.HTTPSeeOther(f"{CHANGES}/{made.id}?done=proposed")


def tries_of(entered: Mapping[str, str]) -> list[Try]:
    """What was tried so far, as the page keeps it; nothing if it makes no sense."""
    try:
        return _TRIES.validate_json(entered.get("tries") or "[]")[:MOST_TRIES]
    except ValidationError:
        return []


def tried(tries: list[Try], attempt: str, said: str, titles: Mapping[str, str]) -> list[Try]:
    """The tries after a button or an answer.

    Args:
        tries: so far.
        attempt: a button's value: `skip`, `why`, `file`, `later`, `examples`, `back`, `again`, `say:…`; or "".
        said: what was typed.
        titles: of the buttons, as the author sees them pressed.
    """
    if attempt == "again":
        return []
    if attempt == "back":
        return tries[:-1]
    if attempt == "examples":
        return [*tries, *[Try(kind="example")] * (MOST_TRIES - len(tries))]
    if attempt in _BUTTONS:
        return [*tries, Try.model_validate({"kind": attempt, "text": titles[attempt]})]
    text = attempt.removeprefix("say:") or said.strip()
    return [*tries, Try(text=text[:2000])] if text else tries


@routes.post(f"/eforms/{CODE}/trial")
@allow(Role.EDITOR)
async def try_out(request: web.Request) -> web.Response:
    """The preview for the text as it is now, after one more try."""
    entered = await forms.fields(request)
    titles = texts()["eform_buttons"]
    tries = tried(tries_of(entered), entered.get("attempt", ""), entered.get("said", ""), titles)
    context = await _trial(request, entered.get("content", ""), tries)
    return render(request, "eform_trial_part.html.j2", **context)


def _values(entered: Mapping[str, str]) -> dict[str, str]:
    names = (*FORM_PARTS, *FIELD_PARTS, "after")
    given = {name: entered.get(f"part-{name}") for name in names}
    return {name: value.replace("\r\n", "\n") for name, value in given.items() if value is not None}


@routes.post(f"/eforms/{CODE}/parts")
@allow(Role.EDITOR)
async def parts(request: web.Request) -> web.Response:
    """One field of the text as a form (`do=show`), or the text with it changed (`write`, `remove`)."""
    entered = await forms.fields(request)
    content, chosen = entered.get("content", ""), entered.get("chosen", FORM)
    do, refused, written = entered.get("do", "show"), [], False
    if do in ("write", "remove"):
        field = entered.get("part-id", "").strip() if chosen == NEW_FIELD else chosen
        body = PartsWanted(
            content=content, field=field or "?", values=_values(entered), remove=do == "remove"
        )
        if chosen == FORM:
            body.field = FORM
        try:
            made = await request[SERVICE].ask(EFormText, "POST", f"{EFORMS}/parts", body)
        except Problem as problem:
            if problem.status != 422:
                raise
            refused = [say_fault(one) for one in problem.extra.get("faults", [])]
        else:
            content, written = made.content, True
            chosen = FORM if do == "remove" else field
    context = await _trial(request, content, tries_of(entered))
    known = context["trial"].parts
    shown = _values(entered) if refused else known.get(chosen, {})
    return render(
        request,
        "eform_parts_part.html.j2",
        content=content,
        chosen=chosen if chosen in known or chosen == NEW_FIELD else FORM,
        shown=shown,
        new_id=entered.get("part-id", ""),
        new_field=NEW_FIELD,
        field_parts=FIELD_PARTS,
        types=list(FieldType),
        refused=refused,
        written=written,
        **context,
    )
