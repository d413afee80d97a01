"""The shapes in which `/staff/…` speaks; the console's pages know these and no table."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from onestop.catalogue.content import Procedure
from onestop.changes.schemas import ChangeView, Reason
from onestop.staff.access import Role, Stage

Name = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,  # after the pattern was looked at
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$",
        max_length=64,
    ),
]
DisplayName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Agency = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Password = Annotated[str, StringConstraints(max_length=1000)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Roles = Annotated[frozenset[Role], Field(min_length=1)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LogIn(_Shape):
    """A name and a password, and the address that they come from, for throttling."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=200)]
    password: Password
    address: str = Field(max_length=64)


class CodeGiven(_Shape):
    """A code of the authenticator, or a recovery code."""

    code: Code


class PasswordGiven(_Shape):
    """The present password, asked again before the second factor is changed."""

    password: Password


class PasswordChange(_Shape):
    """A new password; `current` is not asked for while the first one is being replaced."""

    current: Password = ""
    new: Password


class SessionOpened(_Shape):
    """A session's token, told once, and how far it has come."""

    token: str
    stage: Stage


class Me(_Shape):
    """Who bears the session."""

    id: int
    name: str
    display_name: str
    roles: frozenset[Role]
    agencies: list[str] | None
    stage: Stage
    has_password: bool
    recovery_codes_left: int


class Enrolment(_Shape):
    """What an authenticator is to hold."""

    secret: str
    uri: str


class Enrolled(SessionOpened):
    """The second factor counts; the recovery codes are told once."""

    recovery_codes: list[str]


class AccountNew(_Shape):
    """An account to be made. Without agencies it sees the matters of all."""

    name: Name
    display_name: DisplayName
    roles: Roles
    agencies: list[Agency] | None = None


class AccountChange(_Shape):
    """What an administrator sets of an account."""

    display_name: DisplayName
    roles: Roles
    agencies: list[Agency] | None = None


class AccountView(_Shape):
    """An account as administrators see it."""

    id: int
    name: str
    display_name: str
    roles: frozenset[Role]
    agencies: list[str] | None
    external: bool  # logs in through the OpenID provider
    second_factor: bool
    disabled: bool
    created_at: datetime
    seen_at: datetime | None


class PasswordMade(_Shape):
    """A first password, told once to whoever made or reset the account."""

    account: AccountView
    password: str


class AuditView(_Shape):
    """An entry of the audit."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    reason: str
    details: dict[str, Any]


class AuditPage(_Shape):
    """Entries, the newest first; `before` asks for the next page."""

    entries: list[AuditView]
    before: int | None
    actions: list[str]


class AuditVerified(_Shape):
    """Whether the chain is whole; if not, at which entry it breaks."""

    whole: bool
    count: int = 0
    last: int = 0
    head: str = ""
    broken_at: int | None = None


class OidcBegin(_Shape):
    """A log-in through the provider begins; `binding` is the browser's cookie."""

    binding: str = Field(min_length=16, max_length=100)


class OidcBegun(_Shape):
    """Where the browser is sent to."""

    url: str


class OidcReturn(_Shape):
    """What the browser brought back from the provider."""

    binding: str = Field(max_length=100)
    state: str = Field(max_length=200)
    code: str = Field(max_length=4000)


class CatalogueLine(_Shape):
    """A procedure in the list."""

    code: str
    name: str
    field: str
    agency: str
    level: int | None
    source: str
    withdrawn: bool
    waiting: int  # changes that wait for approval or for their day


class CataloguePage(_Shape):
    """Procedures in order of code; `after` asks for the next page."""

    lines: list[CatalogueLine]
    after: str
    fields: list[str]


class StaleLine(_Shape):
    """A procedure that somebody should look at, with why."""

    code: str
    name: str
    saved_at: datetime
    old: bool
    differences: list[str]


class RevisionView(_Shape):
    """A procedure as one source gave it once."""

    id: int
    source: str
    saved_at: datetime
    current: bool


class ProcedureView(_Shape):
    """A procedure with its history."""

    procedure: Procedure
    revision: int
    history: list[RevisionView]
    changes: list[ChangeView]


class ChangeNew(Reason):
    """A change of a procedure: the whole content, against the revision that was seen."""

    base: int
    content: Procedure


class Waiting(_Shape):
    """How much of one kind waits for the asker (`onestop/staff/waiting.py`)."""

    kind: str
    count: int


GOES_ON = timedelta(minutes=30)
"""Since the last word a conversation goes on; who has been silent for longer is probably gone."""


class UnderWay(_Shape):
    """A conversation that goes on now, without its words; `filling`: a dossier was begun in it."""

    id: int
    sender: str
    channel: str
    started_at: datetime
    last_at: datetime
    turn_count: int
    fallbacks: int
    procedure: str
    filling: bool


class Joined(_Shape):
    """Whose conversation an agent has come into, whose matter it is, and the procedure's name; "" if none."""

    sender: str
    agency: str
    procedure: str


class HandoverAct(_Shape):
    """What a member of staff does in a conversation that was handed over."""

    act: Literal["looked", "taken", "released", "closed", "proposed", "file_looked"]


class ImportLine(_Shape):
    """A record: what importing would do with it, in which fields it differs, or why it is refused."""

    line: int
    code: str
    name: str
    outcome: str
    fields: list[str]
    reason: str


class ImportView(_Shape):
    """An upload that waits, with how many records would come to what."""

    id: int
    name: str
    uploaded_at: datetime
    counts: dict[str, int]


class ImportPage(_Shape):
    """An upload with some of its lines; `after` asks for the next page (0: there is none)."""

    upload: ImportView
    lines: list[ImportLine]
    after: int


class ImportPair(_Shape):
    """What stands of a line's procedure (None: nothing), and what the line says, as JSON."""

    before: str | None
    after: str


class ImportDone(_Shape):
    """How many records came to what."""

    counts: dict[str, int]
