"""Drafts: what is asked, answers, offers, consent, going on elsewhere, the printed form."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

DraftState = Literal["filling", "submitted", "discarded"]


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
    else than an answer, so a refusal does not count. `turn`: the key of the citizen's message; what was taken
    from it is not taken again for the next field, when a server died before it could say so.
    """

    text: str = ""
    field: str | None = None
    turn: str | None = Field(None, max_length=64)
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

    `offer`: which one was shown; another that stands there by now is left alone. `turn`: the key of the
    citizen's message, as of an answer.
    """

    accept: bool
    offer: str | None = None
    turn: str | None = Field(None, max_length=64)


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
    """Ask for the printed form of a draft or of a dossier; `factor` as for a lookup, not for one's own.

    Or for the empty official form of a `procedure`.
    """

    asker: str
    procedure: str = ""
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
