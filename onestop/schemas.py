"""The shapes of the one-stop service's HTTP interface; the service and its client share them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

DraftState = Literal["filling", "submitted", "discarded"]
ComplaintState = Literal["received", "forwarded", "answered", "out_of_scope"]


class FileView(BaseModel):
    """What the outside may know of a stored file; `warning` is said to its citizen, if there is one."""

    file_id: str
    name: str
    content_type: str
    size: int
    warning: str = ""


class Option(BaseModel):
    """One choice of a field; `names` are all ways to say it when nothing else is said."""

    value: str
    label: str
    names: list[str] = []


class FieldView(BaseModel):
    """A field of an e-form as the citizen is asked for it; `given`: its present answer, asked again."""

    id: str
    type: str
    label: str
    question: str
    explanation: str
    example: str
    required: bool
    options: list[Option] = []
    accept: list[str] = []
    later_allowed: bool = False
    section: str = ""
    section_begins: bool = False
    given: str = ""


class Line(BaseModel):
    """One line of the summary; `number` is what "sửa mục N" names."""

    number: int
    field: str
    label: str
    value: str
    section: str = ""


class Consent(BaseModel):
    """The statement that a citizen agrees to before sending."""

    version: str
    text: str


class ProcedureRef(BaseModel):
    """A procedure by its code and name."""

    code: str
    name: str


class Accepted(BaseModel):
    """An answer as it was understood, to be read back."""

    field: str
    label: str
    display: str


class Offer(BaseModel):
    """Answers that are known without asking, to be confirmed before they are filled in.

    `card`: read from a citizen card; `earlier`: told for an earlier dossier, so shown in part only; `staff`:
    proposed by an officer who talks with the citizen.
    `refused` are labels of what is known too, but breaks a rule of the form: it is asked for.
    """

    source: Literal["card", "earlier", "staff"]
    lines: list[Accepted]
    refused: list[str] = []


class DraftView(BaseModel):
    """A draft as its owner may see it; `field` is what is asked next, `None` when all is answered.

    While there is an `offer`, its yes or no comes before the field.
    """

    id: str
    procedure: ProcedureRef
    title: str
    state: DraftState
    field: FieldView | None
    answered: int
    total: int
    lines: list[Line]
    consent: Consent
    consented: bool
    updated_at: datetime
    offer: Offer | None = None


class Refusal(BaseModel):
    """Why an answer was not taken, in words for the citizen; `attempt` counts from 1.

    `suggestions` are whole answers that may have been meant. `stuck`: the field has been refused so often
    that it was explained another way; a person should be offered.
    """

    field: str
    code: str
    message: str
    attempt: int
    suggestions: list[str] = []
    stuck: bool = False


class AnswerResult(BaseModel):
    """What came of an answer: `reopened` are the labels of what it made wrong.

    `warnings`: taken, but a file may be hard to read. `doubt` asks whether the answer is right as it
    stands; its field is asked again, and `meant` is what it may have meant.
    """

    draft: DraftView
    accepted: list[Accepted] = []
    refusal: Refusal | None = None
    reopened: list[str] = []
    warnings: list[str] = []
    doubt: str = ""
    meant: str = ""


class AnswerRequest(BaseModel):
    """An answer to a field: text or the files just sent. Without `field`: the field asked last.

    `append`: the files are further pages of a paper that has some. `probe`: the message may be something
    else than an answer, so a refusal does not count.
    """

    text: str = ""
    field: str | None = None
    file_ids: list[str] = []
    append: bool = False
    probe: bool = False


class FieldMatches(BaseModel):
    """The fields that a phrase such as "sửa ngày sinh" may mean, best first.

    `value` is the new answer that the phrase brings along ("… thành 0912 345 678"); `says_more`: beside a
    correction and the whole name of a field it says something ("sửa lại quán"), so it may be none.
    """

    matches: list[FieldView]
    value: str | None = None
    says_more: bool = False


class ChooseRequest(BaseModel):
    """Ask this field next (a correction); without one, go on in the form's order."""

    field: str | None = None


class UndoResult(BaseModel):
    """The draft without the last answers, and those answers; none if there was nothing to take back."""

    draft: DraftView
    taken_back: list[Accepted] = []


class CardRequest(BaseModel):
    """A citizen card: the text of its code, or the photo just sent, which is deleted after reading.

    `paper`: the photo was handed in as a paper, so it stays, and may well show no card, or anybody's.
    """

    text: str = ""
    file_ids: list[str] = []
    paper: bool = False


class CardResult(BaseModel):
    """The draft with the offer to fill in what the card tells, or why there is none."""

    draft: DraftView
    refusal: str = ""


class OfferDecision(BaseModel):
    """Whether the offered answers are filled in; in either case the offer is over.

    `offer`: which one was shown; another that stands there by now is left alone.
    """

    accept: bool
    offer: str | None = None


class ProposalRequest(BaseModel):
    """What an officer proposes that a field should say, in words as the citizen would type them."""

    field: str
    text: str


class ProposalView(BaseModel):
    """What the citizen is asked to agree to, and the offer that stands for it."""

    offer: str
    field: str
    label: str
    display: str


class StartRequest(BaseModel):
    """Start a draft."""

    owner: str
    channel: str
    procedure: str


class ConsentRequest(BaseModel):
    """Agreement to the statement of a version, with the very text that was shown."""

    version: str
    text: str
    channel: str


class Receipt(BaseModel):
    """Giấy tiếp nhận hồ sơ và hẹn trả kết quả (Nghị định 61/2018/NĐ-CP, Điều 17), as data.

    While `state` is `sending` the dossier is on its way to another system and `code` is empty; `failed`:
    it needs an operator. `supplemented`: asked-for fields and papers were added to the dossier `code`.
    """

    code: str
    state: Literal["received", "sending", "failed", "supplemented"] = "received"
    procedure_code: str
    procedure: str
    received_at: datetime
    due_at: datetime | None
    time_note: str
    fee_amount: int | None
    fee_note: str
    pay: Literal["nothing", "at_counter", "unknown"]
    collect_at: str


class LookupRequest(BaseModel):
    """Ask where a dossier stands; `factor`: last four digits of the citizen ID or the phone."""

    asker: str
    code: str
    factor: str


class SupplementStart(LookupRequest):
    """Begin to supplement a dossier, on the channel that the asker writes on."""

    channel: str


class ResumeCodeView(BaseModel):
    """A code with which a draft can be gone on with in another conversation, once."""

    code: str
    expires_at: datetime


class ResumeRequest(BaseModel):
    """Go on here with the draft of a resume code; `factor` as in `LookupRequest`."""

    asker: str
    channel: str
    code: str
    factor: str


class DocumentRequest(BaseModel):
    """Ask for the printed form of a draft or of a dossier; `factor` as for a lookup, not for one's own."""

    asker: str
    draft: str = ""
    code: str = ""
    factor: str = ""


class DocumentLinks(BaseModel):
    """Where the printed form can be fetched by its asker until `expires_at`; `pdf` only where offered.

    Addresses are those of the public site, without its name. `missing`: how many answers are still open.
    """

    title: str
    docx: str
    pdf: str | None
    expires_at: datetime
    missing: int


class StatusStep(BaseModel):
    """One line of a dossier's history."""

    at: datetime
    status: int
    status_name: str
    note: str


class PostFee(BaseModel):
    """What the post costs, in đồng; `estimated`: the post says the exact sum."""

    zone: str
    amount: int
    estimated: bool


class PostView(BaseModel):
    """What the post was asked for with a dossier, and where it is.

    `code` is our tracking code, `carrier_ref` the post's own. `can_cancel`: the post does not hold it yet.
    """

    code: str
    dossier_code: str
    service: Literal["deliver", "collect"]
    service_name: str
    state: str
    state_name: str
    since: datetime
    note: str
    address: str
    carrier_ref: str
    fee: PostFee
    can_cancel: bool


class PostOpening(BaseModel):
    """A dossier opened for the post: what was asked for, what may be, and the grant that lets this asker.

    `in_person`: its result is handed over only to those who come and sign.
    """

    code: str
    grant: str
    requests: list[PostView]
    offered: list[Literal["deliver", "collect"]]
    in_person: bool = False


class PostCancellation(BaseModel):
    """Take back what the post was asked for."""

    asker: str
    grant: str


class StatusView(BaseModel):
    """Where a dossier stands; `rating`: it is finished and may be rated; `post`: what is on its way.

    `can_post`: the post may still be asked for something.
    """

    code: str
    procedure_code: str
    procedure: str
    status: int
    status_name: str
    received_at: datetime
    due_at: datetime | None
    collect_at: str
    history: list[StatusStep]
    rating: RatingOffer | None = None
    post: list[PostView] = []
    can_post: bool = False


class Choice(BaseModel):
    """A choice under a message; `payload` is what pressing it sends."""

    title: str
    payload: str


class NoticeContact(BaseModel):
    """Where an owner can be reached outside the chat; empty where nothing was told."""

    phone: str = ""
    email: str = ""


class NoticeView(BaseModel):
    """What an owner is to be told, ready to be said in a chat; `lease` is the claimer's.

    `about` and `contact` are for channels that may not write just now: what a template message needs,
    and where else the owner can be reached.
    """

    id: int
    owner: str
    template: str
    text: str
    buttons: list[Choice] = []
    card: dict[str, str] | None = None
    about: dict[str, str] = {}
    contact: NoticeContact | None = None
    created_at: datetime
    lease: str = ""


class NoticeClaim(BaseModel):
    """Take notices up to deliver them."""

    limit: int = Field(50, ge=1, le=100)


class DeliveryReport(BaseModel):
    """How it went with a claimed notice: in the chat, to be tried again, or not to be delivered at all."""

    lease: str
    outcome: Literal["delivered", "later", "failed"]
    reason: str = Field("", max_length=40, description="a code for staff, nothing personal")


class NoticeWish(BaseModel):
    """Whether an owner wants notices; without them only what must be told is."""

    wanted: bool


class ProblemDetail(BaseModel):
    """problem+json (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[dict[str, Any]] | None = None


class Candidate(BaseModel):
    """A procedure that a message may mean; `short_name` is for buttons."""

    code: str
    name: str
    short_name: str
    score: float = Field(ge=0, le=1, description="how likely this is the one meant, calibrated")
    level: int | None = None
    field: str = ""
    agency: str = ""
    tier: str | None = None


class SearchResult(BaseModel):
    """The candidates of a message, best first, and how sure the search is.

    `content_words` is false when the message names no subject at all, only words of conversation or
    aspects ("còn lệ phí thì sao?"), so that a follow-up keeps its procedure; `question` is what tells
    look-alikes apart; `named` says that the message is hardly more than the first candidate's name.
    """

    outcome: Literal["found", "choices", "none"]
    candidates: list[Candidate]
    question: str | None = None
    content_words: bool = True
    named: bool = False


class OwedRequest(BaseModel):
    """Ask what is owed for a dossier; without a second factor only for the asker's own."""

    asker: str
    code: str
    factor: str = ""


class Owed(BaseModel):
    """What is owed for a dossier.

    `state`: `due`; `paid`; `nothing` (free or exempt); `unknown` (no fixed sum); `closed` (refused or
    stopped). `amount` in đồng where known. `exempted_by` says by which group; `exemptions` are groups that
    prove it to the officer. `grant` lets this asker pay; `providers` are the ways to. `received`: part of
    `amount` came by transfer. `receipt_url`: the receipt's page.
    """

    code: str
    procedure: str
    state: Literal["due", "paid", "nothing", "unknown", "closed"]
    amount: int | None
    note: str = ""
    exempted_by: str = ""
    exemptions: list[str] = []
    providers: list[str] = []
    grant: str = ""
    paid_at: datetime | None = None
    paid_by: str = ""
    provider_ref: str = ""
    received: int = 0
    receipt_number: str = ""
    receipt_url: str = ""


class PayRequest(BaseModel):
    """Begin to pay with a provider; `grant` as `Owed` gave it to this asker."""

    asker: str
    grant: str
    provider: str


class PaymentOrder(BaseModel):
    """What the citizen pays with: an address to open, or a picture to scan with the facts in words."""

    code: str
    provider: str
    amount: int
    url: str | None = None
    image: str | None = None
    expires_at: datetime | None = None
    note: str = ""
    bank_name: str = ""
    bank_account: str = ""


class PaymentReceipt(BaseModel):
    """The receipt of a payment; `amount` and `surplus` (to be given back) in đồng."""

    number: str
    code: str
    procedure: str
    amount: int
    surplus: int
    paid_at: datetime
    paid_by: str
    provider_ref: str


class PaymentNoticeResult(BaseModel):
    """What was made of a provider's notice; `reply` is what the provider wants to hear."""

    outcome: str
    reply: dict[str, str]
    code: str | None = None


class Span(BaseModel):
    """From when to when, in Vietnam."""

    begin: time
    end: time


class NearView(BaseModel):
    """A commune beside another one; kilometres between the centres in a straight line."""

    name: str
    kilometres: float


class UnitView(BaseModel):
    """A one-stop unit; `hours` are days and hours in words. Not `verified`: ask before going there."""

    id: str
    name: str
    address: str
    phone: str
    verified: bool
    note: str
    hours: list[tuple[str, str]]
    near: list[NearView]


class DayView(BaseModel):
    """Whether units are open on a day; where they are not, on which day next."""

    on: date
    today: bool
    open: list[Span]
    next_open: date | None


class UnitsFound(BaseModel):
    """What is known of the units that a question names, and of the day and the moment that it means.

    `choices` are communes to choose from. With `now`, `open_until` says that they are open; else
    `opens_again` when today, `next_open` on which day. `renamed`: the commune was named as before 2025.
    """

    hours: list[tuple[str, str]]
    unit: UnitView | None = None
    renamed: str = ""
    choices: list[str] = []
    day: DayView | None = None
    now: time | None = None
    open_until: time | None = None
    opens_again: time | None = None
    next_open: date | None = None


class HelpHours(BaseModel):
    """Whether a person can be asked for, whether staff are there now, and else when they will be.

    `week`: days and hours of the counter in words.
    """

    offered: bool
    open: bool = False
    opens_at: datetime | None = None
    week: list[tuple[str, str]] = []


class ComplaintCheck(BaseModel):
    """What a sender answered to a question of a complaint; `attempt` counts its refusals in a row, from 1."""

    field: Literal["name", "phone"]
    text: str
    attempt: int = Field(default=1, ge=1)


class ComplaintAnswer(BaseModel):
    """An answer as it was understood: kept as `value`, read back as `display`."""

    value: str
    display: str


class ComplaintRequest(BaseModel):
    """A complaint or suggestion; a repeat with the same `request` is the same one."""

    owner: str
    channel: str
    request: str = Field(min_length=16, max_length=64)
    content: list[str] = Field(min_length=1)
    about: str = ""
    file_ids: list[str] = []
    name: str
    phone: str


class ComplaintStep(BaseModel):
    """One line of a complaint's history."""

    at: datetime
    state: ComplaintState
    note: str


class ComplaintView(BaseModel):
    """A complaint as its sender may see it; the days are the last ones for each."""

    code: str
    state: ComplaintState
    received_at: datetime
    forward_by: date
    answer_by: date
    content: str
    about: str
    files: int
    history: list[ComplaintStep]


class RatingLevel(BaseModel):
    """One of the five levels."""

    stars: int
    name: str


class RatingOffer(BaseModel):
    """A finished dossier that this asker may rate; `grant` lets it. `stars` if it was rated already."""

    code: str
    procedure: str
    grant: str
    levels: list[RatingLevel]
    stars: int | None = None


class RatingRequest(BaseModel):
    """Rate a dossier; `grant` as `RatingOffer` gave it to this asker. Without `reason`: as it was."""

    asker: str
    channel: str
    grant: str
    stars: int = Field(ge=1, le=5)
    reason: str | None = None


class RatingView(BaseModel):
    """A rating as it stands; `reason_wanted`: low, and nothing was said of why yet."""

    code: str
    stars: int
    name: str
    reason: str
    reason_wanted: bool
    criteria: list[str]
    changed: bool


class ErasureClaims(BaseModel):
    """How many erasures a worker takes at once."""

    limit: int = Field(ge=1, le=100)


class ErasureClaim(BaseModel):
    """An erasure that the conversation's stores are to do, held by who has the lease."""

    id: int
    owner: str
    lease: str


class ErasureReport(BaseModel):
    """How many rows of each kind the conversation's stores erased."""

    lease: str
    counts: dict[str, Annotated[int, Field(ge=0)]]


class ExpiryOrder(BaseModel):
    """Take away what is older than `before` of a kind in a store, but nothing of the `held` owners."""

    store: Literal["gateway", "bot"]
    kind: str
    before: datetime
    held: list[str]


class ExpiryReport(BaseModel):
    """How many rows of a kind a store has taken away."""

    store: Literal["gateway", "bot"]
    kind: str
    count: int = Field(ge=0)
