"""Printed forms: a link for its owner, and the file behind it."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import structlog
from aiohttp import web
from aiohttp_pydantic.decorator import inject_params
from aiohttp_pydantic.oas.typing import r200, r201, r403, r404, r429, r503
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem, as_problem
from onestop.catalogue import store
from onestop.documents import docx, links, pdf
from onestop.documents.content import Document, blank_form, of_draft
from onestop.dossiers import drafts, lookup
from onestop.dossiers.models import Draft
from onestop.eforms.definition import EForm
from onestop.http import proof
from onestop.http.answers import as_json
from onestop.http.keys import CONFIG, DATABASE, EFORMS, PDF
from onestop.kept import eforms
from onestop.schemas import DocumentLinks, DocumentRequest, ProblemDetail

routes = web.RouteTableDef()
receive = inject_params(on_validation_error=as_problem).and_request
log = structlog.get_logger(__name__)

PUBLIC = "/documents"  # where the public site hands links on (web/documents.py)


@routes.post("/documents")
@receive
async def make_links(
    request: web.Request, body: DocumentRequest
) -> r201[DocumentLinks] | r403[ProblemDetail] | r404[ProblemDetail] | r429[ProblemDetail]:
    """Links to the printed form of one's own draft or dossier, or of one whose second factor is known.

    Or to the empty form of a procedure, where that is an official one (else `no_form`).
    """
    config = request.app[CONFIG]
    limits = proof.limits_of(config)
    shipped = request.app[EFORMS]

    def work(session: Session) -> tuple[str, Document] | lookup.Refused:
        if body.procedure:
            return "", _blank(session, shipped, body.procedure)
        if body.draft:
            draft = drafts.locked(session, body.draft, body.asker)
        else:
            dossier = lookup.open_for(session, body.asker, body.code, body.factor, limits)
            if isinstance(dossier, lookup.Refused):
                return dossier
            draft = session.get_one(Draft, dossier.draft_id)
        return draft.id, of_draft(session, draft)

    try:
        found = await request.app[DATABASE].run(work)
    except drafts.DraftNotFound as error:
        raise Problem(404, "unknown_draft", "There is no such draft of this owner.") from error
    if isinstance(found, lookup.Refused):
        raise proof.refusal(found, "dossier")
    draft_id, document = found

    def link(form: links.Format) -> str:
        ticket = links.Ticket(body.asker, draft_id, form, body.procedure)
        return f"{PUBLIC}/{links.make(config.cipher(), ticket)}"

    made = DocumentLinks(
        title=document.title,
        docx=link("docx"),
        pdf=link("pdf") if request.app[PDF].offered else None,
        expires_at=now() + links.LIFETIME,
        missing=sum(not line.value for section in document.sections for line in section.lines),
    )
    return as_json(made, 201)


def _blank(session: Session, shipped: dict[str, EForm], code: str) -> Document:
    """The empty official form of a procedure.

    Raises:
        Problem: no_form, where there is none.
    """
    procedure = store.get(session, code)
    forms = eforms.forms(session, shipped).values()
    form = next((one for one in forms if code in one.procedures), None)
    if procedure is None or form is None or not docx.official(form.id):
        raise Problem(404, "no_form", "There is no official form of this procedure.")
    return blank_form(form, procedure)


@routes.get("/documents/{ticket}")
@receive
async def fetch(
    request: web.Request, ticket: str, /, asker: str = ""
) -> r200[bytes] | r404[ProblemDetail] | r503[ProblemDetail]:
    """The file behind a link; `asker` is the sender whose session the request bears."""
    try:
        wanted = links.read(request.app[CONFIG].cipher(), ticket, asker)
    except links.NoSuchLink as error:
        raise Problem(404, "no_document", "The link is not good, or not any more.") from error

    shipped = request.app[EFORMS]

    def work(session: Session) -> Document | None:
        if wanted.procedure:
            return _blank(session, shipped, wanted.procedure)
        draft = session.get(Draft, wanted.draft)
        return of_draft(session, draft) if draft and draft.state != "discarded" else None

    document = await request.app[DATABASE].read(work)
    if document is None:
        raise Problem(404, "no_document", "The draft is no longer there.")
    made, kind = await asyncio.to_thread(docx.render, document), docx.CONTENT_TYPE
    if wanted.format == "pdf":
        try:
            made, kind = await request.app[PDF].convert(made), pdf.CONTENT_TYPE
        except pdf.PdfUnavailable as error:
            log.error("pdf_not_made", reason=str(error))
            raise Problem(503, "no_pdf", "The PDF cannot be made now.") from error
    name = quote(f"{document.title}.{wanted.format}")
    headers = {
        "Content-Disposition": f"attachment; filename=\"to-khai.{wanted.format}\"; filename*=UTF-8''{name}",
        "Cache-Control": "no-store",
    }
    return web.Response(body=made, content_type=kind, headers=headers)
