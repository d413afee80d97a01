"""Staff: e-forms listed, tried out while they are written, and their usual things changed by name."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r422
from sqlalchemy.orm import Session

from common.problems import Problem, as_problem
from onestop.changes import service as changes
from onestop.changes.schemas import EFormLine
from onestop.changes.subject import WAITING, Unfit
from onestop.eforms.definition import EFormError
from onestop.http.answers import as_json
from onestop.http.keys import DATABASE
from onestop.http.staff_gate import STAFF
from onestop.kept import eform_editing as editing
from onestop.kept import store
from onestop.kept.eforms import EForms, faults_of, parsed, usable, version_of
from onestop.kept.registry import SHELVES
from onestop.kept.schemas import EFormText, EFormTrial, PartsWanted, TrialWanted
from onestop.preview.trial import trial_of
from onestop.preview.walk import Try
from onestop.schemas import ProblemDetail
from onestop.staff.access import Role, allow

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
MOST_TRIES = 300


@routes.get("/staff/eforms")
@allow(Role.EDITOR)
@receive
async def list_eforms(request: web.Request) -> r200[list[EFormLine]]:
    """All e-forms that the account sees, in order of titles."""
    scope, shelf = request[STAFF].scope, SHELVES[EForms.kind]

    def work(session: Session) -> list[EFormLine]:
        kept = store.newest(session, EForms.kind)
        waits = changes.listed(session, scope, WAITING)
        waiting = Counter(one.code for one in waits if one.kind == EForms.kind)
        found = []
        for code, text in shelf.all(session).items():
            if not shelf.sees(session, code, scope):
                continue
            form = usable(code, text)
            found.append(
                EFormLine(
                    code=code,
                    title=form.title if form else code,
                    by_staff=code in kept,
                    waiting=waiting[code],
                    version=version_of(text),
                    procedures=form.procedures if form else [],
                    fields=len(form.fields) if form else 0,
                )
            )
        return sorted(found, key=lambda one: one.title)

    found = await request.app[DATABASE].read(work)
    return as_json(found)


def _tried(content: str, tries: list[Try]) -> EFormTrial:
    today = datetime.now(UTC).date()
    try:
        form = parsed(content)
    except EFormError:
        form = None
    found = trial_of(content.splitlines(), faults_of(content), form, tries[:MOST_TRIES], today)
    try:
        parts = editing.fields_of(content)
    except Unfit:
        parts = {}
    return EFormTrial(**dict(found), parts=parts)


@routes.post("/staff/eforms/trial")
@allow(Role.EDITOR)
@receive
async def try_out(request: web.Request, body: TrialWanted) -> r200[EFormTrial]:
    """What `eform check` says of a text, and how citizens would be asked by it. Nothing is kept."""
    found = await asyncio.to_thread(_tried, body.content, body.tries)
    return as_json(found)


@routes.post("/staff/eforms/parts")
@allow(Role.EDITOR)
@receive
async def change_parts(
    request: web.Request, body: PartsWanted
) -> r200[EFormText] | r422[ProblemDetail]:
    """The text with one field's usual things changed. Nothing is kept."""
    try:
        if body.remove:
            text = editing.without(body.content, body.field)
        else:
            text = editing.changed(body.content, body.field, body.values)
    except Unfit as unfit:
        raise Problem(422, "unfit", "The content cannot be used.", faults=unfit.faults) from unfit
    return web.json_response({"content": text})
