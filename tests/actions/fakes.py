"""A one-stop service in memory, and shapes for it: actions are tested without any server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from actions.onestop_client import OnestopError, OnestopRefusal
from onestop.catalogue.content import Procedure
from onestop.requests.schemas import (
    RequestDone,
    RequestState,
    RequestStep,
    RequestSubmission,
    RequestView,
)
from onestop.schemas import (
    Accepted,
    AnswerRequest,
    AnswerResult,
    Candidate,
    CardRequest,
    CardResult,
    ComplaintAnswer,
    ComplaintCheck,
    ComplaintRequest,
    ComplaintView,
    Consent,
    DocumentLinks,
    DraftView,
    FieldMatches,
    FieldView,
    HelpHours,
    Line,
    Option,
    Owed,
    PaymentOrder,
    PostFee,
    PostOpening,
    PostView,
    ProcedureRef,
    RatingOffer,
    RatingRequest,
    RatingView,
    Receipt,
    Refusal,
    ResumeCodeView,
    SearchResult,
    StatusView,
    UndoResult,
    UnitsFound,
)

NOW = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


def field(kind: str, name: str = "name", **given: Any) -> FieldView:
    """A field of an e-form."""
    view: dict[str, Any] = {
        "id": name,
        "type": kind,
        "label": "Họ tên",
        "question": "Họ tên là gì ạ?",
        "explanation": "In trên giấy.",
        "example": "Nguyễn Văn An",
        "required": True,
        **given,
    }
    return FieldView.model_validate(view)


def choice(*labels: str) -> FieldView:
    """A field with options."""
    options = [Option(value=str(at), label=label, names=[label]) for at, label in enumerate(labels)]
    return field("choice", "kind", options=options)


def draft(
    asked: FieldView | None, name: str = "d1", procedure: str = "Đăng ký tạm trú"
) -> DraftView:
    """A draft that asks for a field, or for agreement."""
    return DraftView(
        id=name,
        procedure=ProcedureRef(code="1.004194", name=procedure),
        title="Tờ khai",
        state="filling",
        field=asked,
        answered=1,
        total=3,
        lines=[Line(number=1, field="name", label="Họ tên", value="Lê Văn Bình")],
        consent=Consent(version="f-1", text="Tôi cam đoan."),
        consented=False,
        updated_at=NOW,
    )


def candidate(code: str, name: str) -> Candidate:
    """A procedure that a query may mean."""
    return Candidate.model_validate({"code": code, "name": name, "short_name": name, "score": 0.5})


PROCEDURE = Procedure.model_validate(
    {
        "code": "1.004194",
        "name": "Đăng ký tạm trú",
        "level": 4,
        "agency": "Công an cấp xã",
        "ways": [
            {
                "kind": "online",
                "time_amount": 3,
                "time_unit": "working_day",
                "fee_amount": 7000,
            }
        ],
        "papers": [{"name": "Tờ khai CT01", "originals": 1}],
        "decision_number": "1/QĐ-BCA",
    }
)
COUNTER_ONLY = PROCEDURE.model_copy(
    update={"code": "2.000815", "name": "Chứng thực bản sao", "level": 2}
)
NOTHING = SearchResult(outcome="none", candidates=[], content_words=False)
UNKNOWN = SearchResult(outcome="none", candidates=[], content_words=True)
FOUND = SearchResult(outcome="found", candidates=[candidate("1.004194", "Đăng ký tạm trú")])
SEVERAL = SearchResult(
    outcome="choices",
    candidates=[candidate("1.004194", "Đăng ký tạm trú"), candidate("2.000815", "Chứng thực")],
)


PRINTED = DocumentLinks(
    title="Tờ khai", docx="/documents/d", pdf="/documents/p", expires_at=NOW, missing=0
)
OWED = Owed(code="", procedure="Đăng ký tạm trú", state="due", amount=7000, grant="g1")
LINK = PaymentOrder(
    code="H25-20261124-0000001", provider="vnpay", amount=7000, url="https://pay.example/?a=1"
)


UNITS = UnitsFound(hours=[("Thứ Hai – Thứ Sáu", "7 giờ 30 – 11 giờ 30, 13 giờ 30 – 17 giờ")])


class FakeOnestop:
    """Answers what the test set; `calls` says what was asked of it."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.found = NOTHING
        self.found_for: dict[str, SearchResult] = {}  # by the query; else the one above
        self.procedures = {one.code: one for one in (PROCEDURE, COUNTER_ONLY)}
        self.open: list[DraftView] = []
        self.keys: list[
            str | None
        ] = []  # of the messages, as answers, skips and decisions bore them
        self.right: set[str] = set()  # texts that the asked field takes
        self.refused = Refusal(field="name", code="wrong", message="Chưa đúng ạ.", attempt=1)
        self.matches: list[FieldView] = []
        self.value: str | None = None  # that a correction brings along
        self.no_card = ""  # why a card cannot be offered
        self.taken_back: list[Accepted] = []
        self.appended: list[bool] = []  # whether the files of each answer were further pages
        self.result: AnswerResult | None = None  # of any answer
        self.refusal: OnestopRefusal | None = None  # of any answer
        self.chosen: DraftView | None = None  # the draft after a field was chosen
        self.status: StatusView | OnestopRefusal | None = None
        self.providers: list[str] = []
        self.owes: Owed | OnestopError = OWED
        self.help = HelpHours(offered=True, open=True)
        self.units = UNITS
        self.printed: DocumentLinks | OnestopRefusal = PRINTED
        self.request: RequestView | None = None
        self.states: list[RequestState] = []
        self.undone = 0
        self.cards_as_papers: list[bool] = []
        self.done: RequestDone | OnestopRefusal | None = None
        self.held: list[RequestDone] = []
        self.opening: PostOpening | OnestopRefusal | None = None
        self.order: PaymentOrder | OnestopRefusal = LINK
        self.official: set[str] = set()  # procedures with an official form
        self.factor_known = True  # whether a draft can be gone on with elsewhere
        self.elsewhere: DraftView | OnestopRefusal | None = None
        self.complaint_refused: OnestopRefusal | None = None
        self.rateable: list[RatingOffer] = []
        self.rating_refused: OnestopRefusal | None = None

    def called(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of each call of that name."""
        return [rest for called, *rest in self.calls if called == name]  # type: ignore[misc]

    async def search(self, query: str, limit: int = 5) -> SearchResult:
        self.calls.append(("search", query))
        return self.found_for.get(query, self.found)

    async def procedure(self, code: str) -> Procedure:
        if code not in self.procedures:
            raise OnestopRefusal(404, {"type": "urn:motcua:problem:not_found"})
        return self.procedures[code]

    async def start_draft(self, owner: str, channel: str, procedure: str) -> DraftView:
        self.calls.append(("start_draft", procedure))
        if not self.procedures[procedure].online:
            raise OnestopRefusal(409, {"type": "urn:motcua:problem:not_online"})
        return draft(field("person_name"))

    async def drafts(self, owner: str) -> list[DraftView]:
        return self.open

    async def draft(self, name: str, owner: str) -> DraftView:
        for one in self.open:
            if one.id == name:
                return one
        raise OnestopRefusal(404, {"type": "urn:motcua:problem:not_found"})

    async def answer(self, name: str, owner: str, body: AnswerRequest) -> AnswerResult:
        self.calls.append(("answer", body.text, body.field, body.probe))
        self.keys.append(body.turn)
        self.appended.append(body.append)
        view = self.open[0]
        if self.refusal is not None:
            raise self.refusal
        if self.result is not None:
            return self.result
        if body.text in self.right or body.file_ids:
            said = body.text or "giay.jpg"
            taken = Accepted(field=body.field or "name", label="Họ tên", display=said)
            return AnswerResult(draft=view, accepted=[taken])
        return AnswerResult(draft=view, refusal=self.refused)

    async def skip(self, name: str, owner: str, asked: str, turn: str | None) -> DraftView:
        self.calls.append(("skip", asked))
        self.keys.append(turn)
        view = self.open[0]
        if view.field is not None and view.field.required:
            raise OnestopRefusal(409, {"type": "urn:motcua:problem:field_required"})
        return view

    async def read_card(self, name: str, owner: str, body: CardRequest) -> CardResult:
        self.calls.append(("read_card", body.text, body.file_ids))
        self.cards_as_papers.append(body.paper)
        return CardResult(draft=self.open[0], refusal=self.no_card)

    async def decide(self, name: str, owner: str, accept: bool, turn: str | None) -> AnswerResult:
        self.calls.append(("decide", accept))
        self.keys.append(turn)
        taken = self.open[0].offer.lines if accept and self.open[0].offer else []
        view = self.open[0].model_copy(update={"offer": None})
        return AnswerResult(draft=view, accepted=taken)

    async def undo(self, name: str, owner: str) -> UndoResult:
        self.calls.append(("undo",))
        return UndoResult(draft=self.open[0], taken_back=self.taken_back)

    async def discard_file(self, owner: str, file_id: str) -> None:
        self.calls.append(("discard_file", file_id))

    async def find_fields(self, name: str, owner: str, phrase: str) -> FieldMatches:
        self.calls.append(("find_fields", phrase))
        more = not self.matches and phrase != "sửa lại"
        return FieldMatches(matches=self.matches, value=self.value, says_more=more)

    async def choose_field(self, name: str, owner: str, asked: str | None) -> DraftView:
        self.calls.append(("choose_field", asked))
        return self.chosen or self.open[0]

    async def consent(self, name: str, owner: str, shown: Consent, channel: str) -> DraftView:
        self.calls.append(("consent", shown.version, channel))
        return self.open[0]

    async def discard(self, name: str, owner: str) -> None:
        self.calls.append(("discard", name))

    async def submit(self, name: str, owner: str) -> Receipt:
        self.calls.append(("submit", name))
        return Receipt(
            code="H25-20261124-0000001",
            procedure_code="1.004194",
            procedure="Đăng ký tạm trú",
            received_at=NOW,
            due_at=None,
            time_note="",
            fee_amount=7000,
            fee_note="",
            pay="at_counter",
            collect_at="Công an xã",
        )

    async def documents(
        self, asker: str, *, draft: str = "", code: str = "", factor: str = ""
    ) -> DocumentLinks:
        self.calls.append(("documents", draft, code, factor))
        if isinstance(self.printed, OnestopRefusal) and not factor:
            raise self.printed
        return PRINTED

    async def blank_form(self, asker: str, procedure: str) -> DocumentLinks:
        self.calls.append(("blank_form", procedure))
        if procedure not in self.official:
            raise OnestopRefusal(404, {"type": "urn:motcua:problem:no_form"})
        return PRINTED

    async def resume_code(self, name: str, owner: str) -> ResumeCodeView:
        self.calls.append(("resume_code", name))
        if not self.factor_known:
            raise OnestopRefusal(409, {"type": "urn:motcua:problem:no_factor"})
        return ResumeCodeView(code="KHTM482", expires_at=NOW)

    async def resume(self, asker: str, channel: str, code: str, factor: str) -> DraftView:
        self.calls.append(("resume", channel, code, factor))
        if isinstance(self.elsewhere, OnestopRefusal):
            raise self.elsewhere
        assert self.elsewhere is not None
        return self.elsewhere

    async def want_notices(self, owner: str, *, wanted: bool) -> None:
        self.calls.append(("want_notices", owner, wanted))

    async def payment_providers(self) -> list[str]:
        return self.providers

    async def owed(self, asker: str, code: str, factor: str = "") -> Owed:
        self.calls.append(("owed", code, factor))
        if isinstance(self.owes, OnestopError):
            raise self.owes
        return self.owes.model_copy(update={"code": code, "providers": self.providers})

    async def pay(self, asker: str, grant: str, provider: str) -> PaymentOrder:
        self.calls.append(("pay", grant, provider))
        if isinstance(self.order, OnestopRefusal):
            raise self.order
        return self.order

    async def look_up(self, asker: str, code: str, factor: str) -> StatusView:
        self.calls.append(("look_up", code, factor))
        if isinstance(self.status, OnestopRefusal):
            raise self.status
        assert self.status is not None
        return self.status

    async def help_hours(self) -> HelpHours:
        return self.help

    async def find_units(self, question: str, *, asked: bool = False) -> UnitsFound:
        self.calls.append(("find_units", question, asked))
        return self.units

    async def check_complaint(self, body: ComplaintCheck) -> ComplaintAnswer:
        if not any(character.isdigit() for character in body.text):
            detail = "Số chưa đúng ạ."
            raise OnestopRefusal(422, {"type": "urn:motcua:problem:wrong", "detail": detail})
        return ComplaintAnswer(value=body.text, display=body.text)

    async def complain(self, body: ComplaintRequest) -> ComplaintView:
        self.calls.append(("complain", body))
        if self.complaint_refused is not None:
            raise self.complaint_refused
        return ComplaintView(
            code="PA-20261124-0001",
            state="received",
            received_at=NOW,
            forward_by=NOW.date(),
            answer_by=NOW.date(),
            content="\n".join(body.content),
            about=body.about,
            files=len(body.file_ids),
            history=[],
        )

    async def rating_offers(self, owner: str) -> list[RatingOffer]:
        return self.rateable

    async def rate(self, body: RatingRequest) -> RatingView:
        self.calls.append(("rate", body))
        if self.rating_refused is not None:
            raise self.rating_refused
        low = body.stars <= 2
        return RatingView(
            code="H25-20261124-0000001",
            stars=body.stars,
            name="Không hài lòng" if low else "Hài lòng",
            reason=body.reason or "",
            reason_wanted=low and not body.reason,
            criteria=["Thời gian", "Thái độ"],
            changed=False,
        )

    async def request_step(self, step: RequestStep) -> RequestView:
        self.calls.append(("request_step", step.text, step.phrase, step.opening))
        self.states.append(step.state)
        self.undone += step.undo
        assert self.request is not None
        looking = step.text is None
        return self.request.model_copy(update={"refusal": None}) if looking else self.request

    async def submit_request(self, body: RequestSubmission) -> RequestDone:
        self.calls.append(("submit_request", body.state.kind))
        if isinstance(self.done, OnestopRefusal):
            raise self.done
        assert self.done is not None
        return self.done

    async def bookings(self, owner: str) -> list[RequestDone]:
        return self.held

    async def cancel_booking(self, owner: str, code: str) -> RequestDone:
        self.calls.append(("cancel_booking", code))
        return self.held[0]

    async def post_fees(self) -> list[PostFee]:
        zones = {"same_province": 30000, "other_province": 40000}
        return [PostFee(zone=zone, amount=sum_, estimated=True) for zone, sum_ in zones.items()]

    async def post_of(self, asker: str, code: str, factor: str = "") -> PostOpening:
        self.calls.append(("post_of", code, factor))
        if isinstance(self.opening, OnestopRefusal):
            raise self.opening
        assert self.opening is not None
        return self.opening

    async def cancel_post(self, asker: str, code: str, grant: str) -> PostView:
        self.calls.append(("cancel_post", code, grant))
        assert isinstance(self.opening, PostOpening)
        return self.opening.requests[0]
