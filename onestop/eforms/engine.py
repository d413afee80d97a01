"""Walk through an e-form: what to ask next, take an answer, correct one, sum up. Pure functions.

A draft's state is three things the caller keeps: the form (as it was when the draft began), the
answers (field id → Value) and the ids of optional fields that the citizen skipped.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field as _field
from datetime import date

from onestop.eforms.definition import EForm, Field
from onestop.eforms.values import Answers, Refusal, Value


@dataclass(frozen=True)
class Outcome:
    """What an accepted answer leads to."""

    answers: dict[str, Value]
    value: Value
    dropped: list[Field] = _field(default_factory=list)  # no longer asked for, answers removed
    ask_again: list[tuple[Field, Refusal]] = _field(
        default_factory=list
    )  # removed: no longer valid


@dataclass(frozen=True)
class Line:
    """One line of the summary; `number` is what "sửa mục 3" refers to."""

    number: int
    field: str
    label: str
    display: str
    section: str


def active_fields(form: EForm, answers: Answers) -> list[Field]:
    """The fields that are asked for under the answers given, in the form's order."""
    raise NotImplementedError


def unanswered(form: EForm, answers: Answers, skipped: Collection[str]) -> list[Field]:
    """Active fields that have no answer and were not skipped, required or not."""
    raise NotImplementedError


def next_field(form: EForm, answers: Answers, skipped: Collection[str]) -> Field | None:
    """The field to ask now, or None when the form is complete."""
    raise NotImplementedError


def check_skip(field: Field) -> None:
    """Whether a field may be skipped. Raises Refusal("required") if not."""
    raise NotImplementedError


def answer(form: EForm, answers: Answers, field_id: str, text: str, today: date) -> Outcome:
    """Take what the citizen typed for a field (first answer or correction). Raises Refusal."""
    raise NotImplementedError


def answer_paper(
    form: EForm, answers: Answers, field_id: str, files: Sequence[dict[str, str | int]], today: date
) -> Outcome:
    """Take uploaded files ({file_id, name, content_type, size}) for a paper field. Raises Refusal."""
    raise NotImplementedError


def find_fields(form: EForm, phrase: str, answers: Answers) -> list[Field]:
    """The fields that a citizen names in `phrase` ("sửa mục 3", "đổi số điện thoại"), best first.

    One field: sure; several: ask which; none: not understood.
    """
    raise NotImplementedError


def summary(form: EForm, answers: Answers, skipped: Collection[str]) -> list[Line]:
    """The active fields that have an answer or were skipped, numbered from 1."""
    raise NotImplementedError


def refusal_text(refusal: Refusal, attempt: int) -> str:
    """The words for a refusal; `attempt` counts the refusals of this field in a row, from 1."""
    raise NotImplementedError
