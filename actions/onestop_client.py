"""The typed client of the one-stop service: time-outs, bounded retries, an idempotency key.

OnestopError
 ├─ OnestopUnavailable   not reached, too late, or a failure on its side; the citizen may try again
 └─ OnestopRefusal       it understood and refused: `status`, `code` and the problem's members
"""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

import aiohttp
from pydantic import BaseModel

from common.settings import settings
from onestop.catalogue.content import Procedure
from onestop.requests.schemas import RequestDone, RequestStep, RequestSubmission, RequestView
from onestop.schemas import (
    AnswerRequest,
    AnswerResult,
    CardRequest,
    CardResult,
    ChooseRequest,
    ComplaintAnswer,
    ComplaintCheck,
    ComplaintRequest,
    ComplaintView,
    Consent,
    ConsentRequest,
    DocumentLinks,
    DocumentRequest,
    DraftView,
    FieldMatches,
    HelpHours,
    LookupRequest,
    NoticeWish,
    OfferDecision,
    Owed,
    OwedRequest,
    PaymentOrder,
    PayRequest,
    PostCancellation,
    PostFee,
    PostOpening,
    PostView,
    RatingOffer,
    RatingRequest,
    RatingView,
    Receipt,
    ResumeCodeView,
    ResumeRequest,
    SearchResult,
    StartRequest,
    StatusView,
    SupplementStart,
    UndoResult,
    UnitsFound,
)

M = TypeVar("M", bound=BaseModel)

# Far below the 60 s for which Rasa holds a conversation's lock (shared/channels.md).
TIMEOUT = aiohttp.ClientTimeout(total=8, connect=2)
TRIES = 2
PAUSE_SECONDS = 0.3


class OnestopError(Exception):
    """Any failure of a call."""


class OnestopUnavailable(OnestopError):
    """The service did not answer in time or failed; nothing is known of the outcome."""


class OnestopRefusal(OnestopError):
    """The service refused, for the reason in `code`."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("type", "")).rpartition(":")[2]
        self.problem = problem
        super().__init__(f"{status} {self.code}")


class OnestopClient:
    """Calls of the one-stop service; one connection pool for the process."""

    def __init__(self, base: str, token: str) -> None:
        self._base = base
        self._headers = {"Authorization": f"Bearer {token}"}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        body: BaseModel | None = None,
        idempotency_key: str | None = None,
    ) -> Any:
        """One call; reads and calls with an idempotency key are tried twice."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT, headers=self._headers)
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        tries = TRIES if method == "GET" or idempotency_key else 1
        for left in reversed(range(tries)):
            try:
                async with self._session.request(
                    method,
                    f"{self._base}{path}",
                    params=params,
                    json=body.model_dump(mode="json") if body is not None else None,
                    headers=headers,
                ) as response:
                    if response.status < 400:
                        return None if response.status == 204 else await response.json()
                    if response.status < 500:
                        raise OnestopRefusal(
                            response.status, await response.json(content_type=None)
                        )
                    failure: Exception = OnestopUnavailable(f"{response.status} at {path}")
            except (aiohttp.ClientError, TimeoutError) as error:
                failure = OnestopUnavailable(type(error).__name__)
            if left:
                await asyncio.sleep(PAUSE_SECONDS)
        raise failure

    async def search(self, query: str, limit: int = 5) -> SearchResult:
        """Find procedures in the citizen's own words."""
        params = {"q": query, "limit": str(limit)}
        return SearchResult.model_validate(await self._call("GET", "/procedures", params=params))

    async def procedure(self, code: str) -> Procedure:
        """A procedure's content; `OnestopRefusal` 404 if there is none."""
        return Procedure.model_validate(await self._call("GET", f"/procedures/{code}"))

    async def start_draft(self, owner: str, channel: str, procedure: str) -> DraftView:
        """Start a draft, or find the one that this owner has begun for the procedure."""
        body = StartRequest(owner=owner, channel=channel, procedure=procedure)
        return DraftView.model_validate(await self._call("POST", "/drafts", body=body))

    async def drafts(self, owner: str) -> list[DraftView]:
        """The owner's drafts that are still being filled, newest first."""
        found = await self._call("GET", "/drafts", params={"owner": owner})
        return [DraftView.model_validate(one) for one in found]

    async def draft(self, draft: str, owner: str) -> DraftView:
        """One draft."""
        found = await self._call("GET", f"/drafts/{draft}", params={"owner": owner})
        return DraftView.model_validate(found)

    async def answer(self, draft: str, owner: str, body: AnswerRequest) -> AnswerResult:
        """Answer or change a field."""
        done = await self._call(
            "POST", f"/drafts/{draft}/answers", params={"owner": owner}, body=body
        )
        return AnswerResult.model_validate(done)

    async def skip(self, draft: str, owner: str, field: str, turn: str | None) -> DraftView:
        """Leave an optional field out, or hand a paper in later, once a turn; refusal `field_required`."""
        params = {"owner": owner, **({"turn": turn} if turn else {})}
        done = await self._call("POST", f"/drafts/{draft}/fields/{field}/skip", params=params)
        return DraftView.model_validate(done)

    async def find_fields(self, draft: str, owner: str, phrase: str) -> FieldMatches:
        """The fields that a phrase such as "sửa số điện thoại" names."""
        params = {"owner": owner, "phrase": phrase}
        return FieldMatches.model_validate(
            await self._call("GET", f"/drafts/{draft}/fields", params=params)
        )

    async def choose_field(self, draft: str, owner: str, field: str | None) -> DraftView:
        """Ask a given field next, or go on in the form's order."""
        done = await self._call(
            "PUT",
            f"/drafts/{draft}/field",
            params={"owner": owner},
            body=ChooseRequest(field=field),
        )
        return DraftView.model_validate(done)

    async def read_card(self, draft: str, owner: str, body: CardRequest) -> CardResult:
        """Read a citizen card for a draft; the photo is deleted."""
        done = await self._call("POST", f"/drafts/{draft}/card", params={"owner": owner}, body=body)
        return CardResult.model_validate(done)

    async def decide(self, draft: str, owner: str, accept: bool, turn: str | None) -> AnswerResult:
        """Fill in what the draft offers, or forget it."""
        body = OfferDecision(accept=accept, turn=turn)
        done = await self._call(
            "POST", f"/drafts/{draft}/offer", params={"owner": owner}, body=body
        )
        return AnswerResult.model_validate(done)

    async def undo(self, draft: str, owner: str) -> UndoResult:
        """Take the last turn's answers back."""
        done = await self._call("POST", f"/drafts/{draft}/undo", params={"owner": owner})
        return UndoResult.model_validate(done)

    async def discard_file(self, owner: str, file_id: str) -> None:
        """Delete a file that nobody asked for."""
        await self._call("DELETE", f"/files/{file_id}", params={"owner": owner})

    async def consent(self, draft: str, owner: str, shown: Consent, channel: str) -> DraftView:
        """Record the agreement to the statement that was shown."""
        body = ConsentRequest(version=shown.version, text=shown.text, channel=channel)
        done = await self._call(
            "PUT", f"/drafts/{draft}/consent", params={"owner": owner}, body=body
        )
        return DraftView.model_validate(done)

    async def discard(self, draft: str, owner: str) -> None:
        """Give a draft up."""
        await self._call("DELETE", f"/drafts/{draft}", params={"owner": owner})

    async def submit(self, draft: str, owner: str) -> Receipt:
        """Submit a draft; its identifier is the idempotency key: a repeat makes no second dossier."""
        done = await self._call(
            "POST", f"/drafts/{draft}/submission", params={"owner": owner}, idempotency_key=draft
        )
        return Receipt.model_validate(done)

    async def documents(
        self, asker: str, *, draft: str = "", code: str = "", factor: str = ""
    ) -> DocumentLinks:
        """Links to the printed form of a draft or dossier; refusals `unknown_draft`, and as for `owed`."""
        body = DocumentRequest(asker=asker, draft=draft, code=code, factor=factor)
        return DocumentLinks.model_validate(await self._call("POST", "/documents", body=body))

    async def blank_form(self, asker: str, procedure: str) -> DocumentLinks:
        """Links to the empty official form of a procedure; refusal `no_form`."""
        body = DocumentRequest(asker=asker, procedure=procedure)
        return DocumentLinks.model_validate(await self._call("POST", "/documents", body=body))

    async def resume_code(self, draft: str, owner: str) -> ResumeCodeView:
        """A new code to go on with a draft elsewhere; refusal `no_factor`."""
        done = await self._call("POST", f"/drafts/{draft}/resume-codes", params={"owner": owner})
        return ResumeCodeView.model_validate(done)

    async def resume(self, asker: str, channel: str, code: str, factor: str) -> DraftView:
        """Take the draft of a code over; refusals `not_found` and `locked`."""
        body = ResumeRequest(asker=asker, channel=channel, code=code, factor=factor)
        return DraftView.model_validate(await self._call("POST", "/resumptions", body=body))

    async def want_notices(self, owner: str, *, wanted: bool) -> None:
        """Whether to tell the owner more than must be told."""
        await self._call("PUT", f"/owners/{owner}/notices", body=NoticeWish(wanted=wanted))

    async def payment_providers(self) -> list[str]:
        """The ways to pay online that are offered, in their order."""
        return [str(one) for one in await self._call("GET", "/payments/providers")]

    async def owed(self, asker: str, code: str, factor: str = "") -> Owed:
        """What is owed for a dossier; refusals `factor_needed`, `not_found` and `locked`."""
        body = OwedRequest(asker=asker, code=code, factor=factor)
        return Owed.model_validate(await self._call("POST", "/payments/owed", body=body))

    async def pay(self, asker: str, grant: str, provider: str) -> PaymentOrder:
        """Begin to pay; refusals `not_due`, `not_granted` and `unknown_provider`."""
        body = PayRequest(asker=asker, grant=grant, provider=provider)
        return PaymentOrder.model_validate(await self._call("POST", "/payments", body=body))

    async def find_units(self, question: str, *, asked: bool = False) -> UnitsFound:
        """What is known of the one-stop units that a question names; `asked`: for a commune."""
        params = {"q": question, "asked": str(asked).lower()}
        return UnitsFound.model_validate(await self._call("GET", "/units", params=params))

    async def help_hours(self) -> HelpHours:
        """Whether a person can be asked for, and when staff are there."""
        return HelpHours.model_validate(await self._call("GET", "/help-hours"))

    async def request_step(self, step: RequestStep) -> RequestView:
        """One step of a request (a counter time, a delivery by post)."""
        return RequestView.model_validate(await self._call("POST", "/requests/steps", body=step))

    async def submit_request(self, body: RequestSubmission) -> RequestDone:
        """Submit a complete request; refusals are the kind's, with `reopen`: what to ask anew."""
        return RequestDone.model_validate(await self._call("POST", "/requests", body=body))

    async def bookings(self, owner: str) -> list[RequestDone]:
        """The owner's booked counter times from today on, soonest first."""
        found = await self._call("GET", "/bookings", params={"owner": owner})
        return [RequestDone.model_validate(one) for one in found]

    async def cancel_booking(self, owner: str, code: str) -> RequestDone:
        """Give up a booking of one's own; refusal `unknown_booking`."""
        done = await self._call("DELETE", f"/bookings/{code}", params={"owner": owner})
        return RequestDone.model_validate(done)

    async def post_fees(self) -> list[PostFee]:
        """What an ordinary parcel costs: within the province, and elsewhere."""
        return [PostFee.model_validate(one) for one in await self._call("GET", "/post/fees")]

    async def post_of(self, asker: str, code: str, factor: str = "") -> PostOpening:
        """A dossier opened for the post; refusals `factor_needed`, `not_found` and `locked`."""
        body = OwedRequest(asker=asker, code=code, factor=factor)
        return PostOpening.model_validate(await self._call("POST", "/post/openings", body=body))

    async def cancel_post(self, asker: str, code: str, grant: str) -> PostView:
        """Take back what the post was asked for; refusals `impossible_step`, `not_granted`."""
        body = PostCancellation(asker=asker, grant=grant)
        done = await self._call("POST", f"/post/{code}/cancellation", body=body)
        return PostView.model_validate(done)

    async def look_up(self, asker: str, code: str, factor: str) -> StatusView:
        """Where a dossier stands; refusals `not_found` and `locked`."""
        body = LookupRequest(asker=asker, code=code, factor=factor)
        return StatusView.model_validate(await self._call("POST", "/lookups", body=body))

    async def supplement(self, asker: str, code: str, factor: str, channel: str) -> DraftView:
        """Begin the draft that supplements a dossier; refusals also `nothing_asked`."""
        body = SupplementStart(asker=asker, code=code, factor=factor, channel=channel)
        return DraftView.model_validate(await self._call("POST", "/supplements", body=body))

    async def withdraw(self, asker: str, code: str, factor: str) -> StatusView:
        """Ask for a dossier back; refusals also `impossible_step`."""
        body = LookupRequest(asker=asker, code=code, factor=factor)
        return StatusView.model_validate(await self._call("POST", "/withdrawals", body=body))

    async def check_complaint(self, body: ComplaintCheck) -> ComplaintAnswer:
        """Read a name or phone; refusals bear the sentence for the citizen as `detail`."""
        read = await self._call("POST", "/complaints/checks", body=body)
        return ComplaintAnswer.model_validate(read)

    async def complain(self, body: ComplaintRequest) -> ComplaintView:
        """Send a complaint; a repeat of its request is the same one."""
        done = await self._call("POST", "/complaints", body=body, idempotency_key=body.request)
        return ComplaintView.model_validate(done)

    async def complaint(self, asker: str, code: str, factor: str) -> ComplaintView:
        """Where a complaint stands; refusals `not_found` and `locked`."""
        body = LookupRequest(asker=asker, code=code, factor=factor)
        found = await self._call("POST", "/complaints/lookups", body=body)
        return ComplaintView.model_validate(found)

    async def rating_offers(self, owner: str) -> list[RatingOffer]:
        """The owner's finished dossiers that may be rated, the newest first."""
        found = await self._call("GET", "/ratings/offers", params={"owner": owner})
        return [RatingOffer.model_validate(one) for one in found]

    async def rate(self, body: RatingRequest) -> RatingView:
        """Rate a dossier; refusals `not_granted`, `not_finished`, `too_late` and `too_long`."""
        return RatingView.model_validate(await self._call("POST", "/ratings", body=body))


_client: OnestopClient | None = None


def onestop() -> OnestopClient:
    """The process's client."""
    global _client
    if _client is None:
        config = settings()
        _client = OnestopClient(config.onestop, config.internal_token.get_secret_value())
    return _client


async def close_client() -> None:
    """Close the process's client."""
    global _client
    if _client is not None:
        await _client.close()
        _client = None
