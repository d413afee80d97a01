"""What an e-form (tờ khai điện tử) is: fields, conditions and rules, read from data/eforms/*.yml.

A form is data. This module says what may stand in it and refuses what cannot work (a condition on a
field that comes later, a choice without options), so that the engine need not look again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

import pydantic
import yaml
from pydantic import StringConstraints, ValidationError, model_validator

from common import yaml_files
from onestop.catalogue.content import Code, Procedure, Text
from onestop.eforms.conditions import Condition, Identifier, Part
from onestop.eforms.faults import describe
from onestop.eforms.paper_cases import case_of
from onestop.eforms.paper_names import asked_names, at_counter_only, shortened

FormId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]

PAPER_TYPES = ("application/pdf", "image/jpeg", "image/png")


class EFormError(Exception):
    """An e-form file that cannot be used; `faults` are one line each: file, place and fault."""

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = list(faults)


class FieldType(StrEnum):
    """How an answer is read and checked, see `onestop.eforms.values`."""

    TEXT = "text"
    PERSON_NAME = "person_name"
    CITIZEN_ID = "citizen_id"
    PHONE = "phone"
    EMAIL = "email"
    DATE = "date"
    YEAR = "year"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    ADDRESS = "address"
    PAPER = "paper"


class Option(Part):
    """One answer of a choice.

    `aliases` are other ways to say it, also inside a sentence; `whole` are ways that count only when
    nothing else is said: "tôi" answers "cho ai?", but stands in "cho mẹ tôi" as well.
    """

    value: Identifier
    label: Text
    aliases: list[Text] = pydantic.Field(default=[])
    whole: list[Text] = pydantic.Field(default=[])


class SamePerson(Part):
    """Fields of the same person, with which a citizen ID must agree.

    Several birth dates are fields of which one is asked (one for each sex, with another least age).
    """

    birth_date: Identifier | list[Identifier] | None = None
    sex: Identifier | None = pydantic.Field(
        default=None, description="a choice with values male and female"
    )

    @property
    def birth_dates(self) -> list[str]:
        """The fields that may hold the birth date."""
        one_or_more = self.birth_date or []
        return [one_or_more] if isinstance(one_or_more, str) else one_or_more


class UnderAge(Part):
    """Whether somebody is younger than an age: answered by the birth date, and asked only without one."""

    birth_date: Identifier
    age: int = pydantic.Field(ge=1)


class Refused(Part):
    """An option or a yes or no that cannot stand beside what was told before, and what is said to it."""

    value: Identifier | bool
    when: Condition
    say: Text = pydantic.Field(description="why, with the law, and what the citizen may do")


class Validation(Part):
    """Rules beyond the type; lengths in characters, ages in whole years on the answer's day."""

    min_length: int | None = pydantic.Field(default=None, ge=1)
    max_length: int | None = pydantic.Field(default=None, ge=1)
    pattern: str | None = pydantic.Field(
        default=None, description="regular expression of the whole text"
    )
    min: int | None = None
    max: int | None = None
    whole: bool = pydantic.Field(default=True, description="a number without a fraction")
    not_future: bool = False
    not_past: bool = False
    min_age: int | None = pydantic.Field(default=None, ge=0)
    max_age: int | None = pydantic.Field(default=None, ge=0)
    after: Identifier | None = pydantic.Field(
        default=None, description="later than that field; a date, or of a year the year"
    )
    before: Identifier | None = pydantic.Field(
        default=None, description="earlier than that field; a date, or of a year the year"
    )
    gap: int = pydantic.Field(
        default=0, ge=0, description="so many years at least between it and `after` or `before`"
    )
    under_age: UnderAge | None = pydantic.Field(
        default=None, description="of a yes or no: what the birth date tells is not asked"
    )
    refuse: list[Refused] = pydantic.Field(
        default=[], description="answers that cannot stand beside others"
    )
    same_person_as: SamePerson | None = None

    @model_validator(mode="after")
    def _pattern_compiles(self) -> Self:
        if self.pattern is not None:
            try:
                re.compile(self.pattern)
            except re.error as error:
                raise ValueError(f"pattern is no regular expression: {error}") from error
        return self

    def fields(self) -> Iterator[str]:
        """The ids of all fields that the rules look at."""
        person = self.same_person_as or SamePerson()
        yield from (
            id_
            for id_ in (
                self.after,
                self.before,
                *person.birth_dates,
                person.sex,
                self.under_age.birth_date if self.under_age is not None else None,
            )
            if id_ is not None
        )
        yield from (id_ for refused in self.refuse for id_ in refused.when.fields())


class Field(Part):
    """One thing that is asked."""

    id: Identifier
    type: FieldType
    label: Text
    question: Text
    explanation: Text = pydantic.Field(
        description="why it is needed, as told to a citizen who asks"
    )
    section: Text
    example: str = pydantic.Field(default="", description="an answer as a citizen would type it")
    other_words: str = pydantic.Field(
        default="",
        description="the field explained another way, to who has failed at it three times",
    )
    aliases: list[Text] = pydantic.Field(default=[])
    required: bool = True
    when: Condition | None = None
    options: list[Option] = pydantic.Field(default=[])
    validation: Validation = Validation()
    capitalise: bool = pydantic.Field(default=False, description="a text of names: Ba Na, Việt Nam")
    unit: str = pydantic.Field(default="", description="unit of a number, such as đồng")
    accept: list[str] = pydantic.Field(
        default=list(PAPER_TYPES), description="MIME types of a paper"
    )
    later_allowed: bool = pydantic.Field(
        default=False, description="the paper may be handed in later"
    )

    @model_validator(mode="after")
    def _fits_type(self) -> Self:
        if (self.type is FieldType.CHOICE) != bool(self.options):
            raise ValueError(
                f"field {self.id}: options belong to a choice, and a choice needs them"
            )
        values = [option.value for option in self.options]
        if len(set(values)) != len(values):
            raise ValueError(f"field {self.id}: an option's value stands twice")
        if self.later_allowed and self.type is not FieldType.PAPER:
            raise ValueError(f"field {self.id}: only a paper can come later")
        if not self.example and self.type is not FieldType.PAPER:
            raise ValueError(f"field {self.id}: an example is needed")
        known = [True, False] if self.type is FieldType.YES_NO else values
        for refused in self.validation.refuse:
            if refused.value not in known:
                raise ValueError(f"field {self.id}: refuses {refused.value}, which is no option")
        try:
            self.other_words.format(label="", example="", options="")
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(f"field {self.id}: unknown blank in other_words: {error}") from error
        return self


class ProcedurePapers(Part):
    """How the papers of a procedure are asked for in a form that serves many.

    `{name}` and `{group}` stand for the paper's name and the case in which it is needed.
    """

    section: Text
    question: Text
    question_in_case: Text = pydantic.Field(description="for a paper that only some cases need")
    explanation: Text
    explanation_in_case: Text

    @model_validator(mode="after")
    def _blanks_are_known(self) -> Self:
        try:
            self.question.format(name="")
            for text in (self.question_in_case, self.explanation, self.explanation_in_case):
                text.format(name="", group="")
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(f"papers: unknown blank in a text: {error}") from error
        return self


class EForm(Part):
    """A whole e-form. A draft keeps the version that it started with (see `digest`)."""

    id: FormId
    version: int = pydantic.Field(ge=1)
    title: Text
    procedures: list[Code] = pydantic.Field(
        default=[], description="national codes; none: for every other"
    )
    legal_basis: list[Text] = pydantic.Field(default=[])
    fields: list[Field] = pydantic.Field(min_length=1)
    papers: ProcedurePapers | None = pydantic.Field(
        default=None,
        description="the procedure's own papers follow the fields, asked for in these words",
    )
    consent_text: Text

    @model_validator(mode="after")
    def _fields_fit_together(self) -> Self:
        earlier: dict[str, Field] = {}
        for field in self.fields:
            if field.id in earlier:
                raise ValueError(f"field {field.id} stands twice")
            looked_at = [*field.validation.fields(), *(field.when.fields() if field.when else ())]
            for other in looked_at:
                if other not in earlier:
                    raise ValueError(
                        f"field {field.id} looks at {other}, which does not stand before it"
                    )
            earlier[field.id] = field
        return self

    def field(self, field_id: str) -> Field:
        """The field of that id.

        Raises:
            KeyError: if the form has no such field.
        """
        for field in self.fields:
            if field.id == field_id:
                return field
        raise KeyError(field_id)

    def digest(self) -> str:
        """A fingerprint of the content: equal content gives an equal digest."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()


def expand(form: EForm, procedure: Procedure) -> EForm:
    """The form as it is used for a procedure: its own papers become fields of type paper.

    They are asked for by short names; the explanation has a paper's whole text.

    Papers that only some cases need (`Paper.group`, or as their name says) or that are optional can be skipped.
    Each may also be handed in later: the originals of many are shown at the counter. What only those show who
    apply there is not asked for.
    """
    words = form.papers
    if words is None:
        return form
    fields = list(form.fields)
    names = asked_names([paper.name for paper in procedure.papers])
    for number, (paper, name) in enumerate(zip(procedure.papers, names, strict=True), start=1):
        case = paper.group or case_of(paper.name)
        if at_counter_only(case):
            continue
        question, explanation = words.question, words.explanation
        if case:
            question, explanation = words.question_in_case, words.explanation_in_case
        told = explanation.format(name=paper.name, group=case)
        fields.append(
            Field(
                id=f"paper_{number}",
                type=FieldType.PAPER,
                label=name,
                question=question.format(name=name, group=shortened(case)),
                explanation=f"{told} {paper.note}".strip(),
                section=words.section,
                required=paper.required and not case,
                later_allowed=True,
            )
        )
    return form.model_copy(update={"papers": None, "fields": fields})


def load_eforms(directory: Path) -> dict[str, EForm]:
    """Read all e-forms of a directory.

    Args:
        directory: holds one form a file, `<id>.yml`.

    Returns:
        form id → form.

    Raises:
        EFormError: if a file is not a valid form, is named otherwise than its form, or two forms
            serve the same procedure.
    """
    forms: dict[str, EForm] = {}
    served: dict[str, str] = {}
    for path in sorted(directory.glob("*.yml")):
        form = read_eform(path)
        for code in form.procedures:
            if code in served:
                raise EFormError(
                    f"{path.name}: procedure {code} is served by {served[code]} already"
                )
            served[code] = form.id
        forms[form.id] = form
    return forms


def read_eform(path: Path) -> EForm:
    """Read one form.

    Raises:
        EFormError: if the file is not a valid form or is named otherwise than its form.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except ValueError as error:  # no UTF-8
        raise EFormError(f"{path.name}: not YAML: {' '.join(str(error).split())}") from error
    try:
        form = parse_eform(text)
    except EFormError as error:
        raise EFormError(*(f"{path.name}: {fault}" for fault in error.faults)) from error
    if form.id != path.stem:
        raise EFormError(f"{path.name}: id is {form.id}; the file must be named after it")
    return form


def parse_eform(text: str) -> EForm:
    """Read a form from the text of its file.

    Raises:
        EFormError: if it is not a valid form; its faults name no file.
    """
    try:
        content = yaml_files.load(text)
    except (yaml.YAMLError, ValueError) as error:  # a 13th month is a ValueError
        raise EFormError(f"not YAML: {' '.join(str(error).split())}") from error
    try:
        return EForm.model_validate(content)
    except ValidationError as error:
        raise EFormError(*describe(error, text)) from error
