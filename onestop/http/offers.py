"""Answers that need not be typed: a citizen card, what was told before; and the last ones taken back."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp_pydantic.oas.typing import r200, r404, r409, r422
from sqlalchemy.orm import Session

from common.problems import Problem
from onestop.dossiers import card_photos, drafts, files, offers
from onestop.dossiers.draft_view import accepted
from onestop.dossiers.models import Draft
from onestop.eforms import engine
from onestop.eforms.answers import Refusal
from onestop.eforms.cards import Card, read_card
from onestop.eforms.texts import card_text
from onestop.http.answers import as_json
from onestop.http.drafts import on_draft, receive
from onestop.http.files import throw_away
from onestop.http.keys import DATABASE, STORAGE
from onestop.schemas import (
    AnswerResult,
    CardRequest,
    CardResult,
    OfferDecision,
    ProblemDetail,
    ProposalRequest,
    ProposalView,
    UndoResult,
)
from onestop.storage.base import StorageError

routes = web.RouteTableDef()


@routes.post("/drafts/{draft}/card")
@receive
async def card(
    request: web.Request, draft: str, /, body: CardRequest, owner: str
) -> r200[CardResult] | r404[ProblemDetail]:
    """Read a citizen card and offer to fill in what it tells; a photo that is no paper is deleted."""
    if body.file_ids:
        found, unread = await _card_in_photos(request, owner, body.file_ids), "card_no_code"
    else:
        found, unread = read_card(body.text), "card_unreadable"

    def step(_session: Session, one: Draft) -> CardResult:
        refusal = _offer(one, found, correcting=not body.paper) if found is not None else unread
        if body.paper:
            refusal = None
        return CardResult(draft=drafts.view(one), refusal=card_text(refusal) if refusal else "")

    return as_json(await on_draft(request, draft, owner, step))


def _offer(draft: Draft, card: Card, *, correcting: bool) -> str | None:
    """Offer the card; returns why that cannot be done."""
    try:
        offers.offer_card(draft, card, correcting=correcting)
    except offers.NothingToFill:
        return "card_nothing_to_fill"
    return None


async def _card_in_photos(request: web.Request, owner: str, file_ids: list[str]) -> Card | None:
    """The first card in the owner's photos; those that nothing holds are gone then.

    Looking takes up to a second of computing, so it is done outside of any transaction.

    Raises:
        Problem: 503 if a photo cannot be fetched now.
    """
    found = None
    for file_id in file_ids:
        owned = await request.app[DATABASE].read(files.owned, owner, file_id)
        if owned is not None and found is None:
            try:
                content = await asyncio.to_thread(request.app[STORAGE].get, file_id)
            except StorageError as error:
                raise Problem(503, "storage_unavailable", "The file cannot be read.") from error
            code = await asyncio.to_thread(card_photos.read_code, content)
            found = read_card(code) if code is not None else None
        await throw_away(request.app, owner, file_id)
    return found


@routes.post("/drafts/{draft}/offer")
@receive
async def decide(
    request: web.Request, draft: str, /, body: OfferDecision, owner: str
) -> r200[AnswerResult] | r404[ProblemDetail] | r409[ProblemDetail]:
    """Fill in what is offered, or forget it; 409 `stale_offer` if it is not the one that was shown."""

    def step(_session: Session, one: Draft) -> AnswerResult:
        offers.check_shown(one, body.offer)
        if not body.accept:
            offers.decline(one)
            return AnswerResult(draft=drafts.view(one))
        filled = offers.accept(one, body.turn)
        return AnswerResult(
            draft=drafts.view(one),
            accepted=[accepted(field, value) for field, value in filled.taken],
            reopened=[field.label for field in filled.ask_again],
        )

    try:
        return as_json(await on_draft(request, draft, owner, step))
    except offers.StaleOffer as error:
        raise Problem(409, "stale_offer", "That offer is over.") from error


@routes.post("/drafts/{draft}/proposals")
@receive
async def propose(
    request: web.Request, draft: str, /, body: ProposalRequest, owner: str
) -> r200[ProposalView] | r404[ProblemDetail] | r422[ProblemDetail]:
    """Offer the citizen what an officer proposes for a field; it must pass as if the citizen had typed it."""

    def step(_session: Session, one: Draft) -> ProposalView:
        try:
            offer, field, value = offers.propose(one, body.field, body.text)
        except Refusal as refusal:
            text = engine.refusal_text(refusal, 1)
            raise Problem(422, "proposal_refused", text) from refusal
        return ProposalView(offer=offer, field=field.id, label=field.label, display=value.display)

    return as_json(await on_draft(request, draft, owner, step))


@routes.post("/drafts/{draft}/undo")
@receive
async def undo(
    request: web.Request, draft: str, /, owner: str
) -> r200[UndoResult] | r404[ProblemDetail]:
    """Take back the answers of the last turn; what they answered is asked again."""
    result = await on_draft(request, draft, owner, lambda _session, one: drafts.undo(one))
    return as_json(result)
