"""What a procedure says: the one shape of YAML files, imported records and the HTTP interface."""

from __future__ import annotations

import hashlib
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

# Six digits after the point, by rule. Two live records of the national portal have seven and nine,
# and one that it took out carries "-Xoa" ("deleted"), beside a live one of the same digits.
CODE = r"^\d\.\d{6,9}(-Xoa)?$"
Code = Annotated[str, StringConstraints(pattern=CODE)]
SHORT_NAME_LENGTH = 60
NAME_LENGTH = 120  # of a name within a sentence: some official ones fill five lines
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class WayKind(StrEnum):
    """How a dossier can be handed in (the national portal's three channels, KENH 1–3)."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    POST = "post"


class TimeUnit(StrEnum):
    """Unit of a processing time; working days are counted with Vietnamese holidays."""

    WORKING_DAY = "working_day"
    DAY = "day"
    HOUR = "hour"
    MONTH = "month"
    YEAR = "year"


class Tier(StrEnum):
    """The level of government that handles a procedure."""

    COMMUNE = "commune"
    PROVINCE = "province"
    MINISTRY = "ministry"


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Way(_Content):
    """One way to apply; what the source gives no figure for is `None`, its words in the note."""

    kind: WayKind
    time_amount: float | None = Field(default=None, gt=0)
    time_unit: TimeUnit | None = None
    time_note: str = ""
    fee_amount: int | None = Field(default=None, ge=0, description="đồng; 0: the source says free")
    fee_note: str = ""
    note: str = Field(default="", description="what else the source says of this way")

    @model_validator(mode="after")
    def _time_is_whole(self) -> Way:
        if (self.time_amount is None) != (self.time_unit is None):
            raise ValueError("time_amount and time_unit are given together or not at all")
        return self


class Paper(_Content):
    """One dossier paper (thành phần hồ sơ)."""

    name: Text
    originals: int = Field(default=0, ge=0)
    copies: int = Field(default=0, ge=0)
    group: str = Field(
        default="", description="the case in which this paper is asked for; empty: always"
    )
    form: str = Field(default="", description="the form's name or file, such as CT01")
    note: str = ""
    required: bool = True


class LegalBasis(_Content):
    """A legal text that a procedure rests on."""

    number: str = ""
    title: str = ""


class Procedure(_Content):
    """A procedure's whole content."""

    code: Code
    name: Text
    aliases: list[Text] = []
    summary: str = Field(default="", description="what it is for, in one or two plain sentences")
    level: int | None = Field(
        default=None, ge=1, le=4, description="service level 1–4; None: not stated"
    )
    tier: Tier | None = None
    kind: str = Field(default="", description="the portal's kind of procedure")
    field: str = ""
    agency: str = Field(default="", description="who handles it (cơ quan thực hiện)")
    authority: str = Field(default="", description="who decides (cơ quan có thẩm quyền)")
    one_stop_unit: str = Field(default="", description="where dossiers are handed in")
    applicants: list[Text] = []
    steps: list[Text] = []
    ways: list[Way] = []
    papers: list[Paper] = []
    paper_notes: list[Text] = Field(default=[], description="what holds for the papers as a whole")
    results: list[Text] = []
    legal_bases: list[LegalBasis] = []
    conditions: list[Text] = []
    keywords: list[Text] = []
    decision_number: str = ""
    effective_date: date | None = None
    source: str = ""
    withdrawn: bool = False
    unparsed: dict[str, str] = Field(
        default={}, description="source text that no field could be read from"
    )

    @property
    def online(self) -> bool:
        """Whether a dossier can be handed in online: an online way, and no level below 3 stated."""
        stated = self.level is None or self.level >= 3
        return stated and any(way.kind is WayKind.ONLINE for way in self.ways)

    @property
    def short_name(self) -> str:
        """The name for buttons and talk: the official one if it is short, else the everyday one."""
        if len(self.name) <= SHORT_NAME_LENGTH or not self.aliases:
            return self.name
        return self.aliases[0][0].upper() + self.aliases[0][1:]

    def differing(self, other: Procedure) -> list[str]:
        """The names of the fields in which two procedures differ, in the order of the content."""
        names = type(self).model_fields
        return [name for name in names if getattr(self, name) != getattr(other, name)]

    def digest(self) -> str:
        """A fingerprint of the content: equal content gives an equal digest."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
