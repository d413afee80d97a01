"""Walk through an e-form: what to ask next, take an answer, correct one, sum up. Pure functions.

A draft's state is three things that the caller keeps: the form (as it was when the draft began), the
answers (field id → Value) and the ids of optional fields that the citizen skipped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz

from onestop.eforms.answers import Answers, Refusal, Value
from onestop.eforms.definition import EForm, Field, FieldType
from onestop.eforms.papers import UploadedFile, read_files
from onestop.eforms.rules import under_age
from onestop.eforms.texts import refusal_text, word
from onestop.eforms.values import check, parse
from onestop.eforms.words import clean, fold

__all__ = [
    "Line",
    "Outcome",
    "active_fields",
    "answer",
    "answer_paper",
    "check_skip",
    "find_fields",
    "new_value",
    "next_field",
    "refusal_text",
    "says_more",
    "summary",
    "unanswered",
]

# "đổi … thành …", "sửa giúp tôi … bị sai rồi": words around the field's name, folded.
_NEW_VALUE = re.compile(r"\b(?:thanh|sang)\b.*$|(?<=\w)\s+la\s.*$")
_AROUND = re.compile(
    r"\b(?:cho|giup|toi|em|minh|chau|con|muon|can|xin|duoc|hay|vui long|anh|chi|da|vang|thua|oi"
    r"|doi|sua|thay|chinh|cap nhat|dieu chinh|khai|ghi|nhap|viet|dien|lai|sai|nham|loi|chua dung"
    r"|khong dung|dung ra|phai|bi|roi|nhe|a|o|cai|phan|truong|thong tin|quay|ve)\b"
)
_LEADING = re.compile(
    r"^(?:(?:cho|giup|toi|em|minh|chau|muon|can|xin|hay|vui long|da|anh chi|doi|sua|thay doi|thay|chinh"
    r"|cap nhat|dieu chinh|khai|ghi|nhap|dien|lai|cai|quay|ve)\s+)+"
)
_POINTING = re.compile(
    r"\b(?:kia|do|nay|day|vua|tren|duoi|truoc|cho|mot|chut|ti|ho so|to khai|muc|nua|khac|di|voi)\b"
)
_NUMBERED = re.compile(
    r"\b(?:muc|cau|dong|phan|o|so|thu)\s*(?:so\s*)?(\d{1,2})\b|^\s*(\d{1,2})\s*$"
)
_GOOD_SCORE = 64.0
_WHOLE_SCORE = 95.0  # all words of a name, and no others
_SAME_SCORE = 3.0  # fields this near to the best are as good
_MOST_FIELDS = 5


@dataclass(frozen=True)
class Outcome:
    """What an accepted answer leads to: `answers` are the draft's new answers."""

    answers: dict[str, Value]
    value: Value
    dropped: list[Field] = field(default_factory=list)  # no longer asked for
    ask_again: list[tuple[Field, Refusal]] = field(default_factory=list)  # no longer valid


@dataclass(frozen=True)
class Line:
    """One line of the summary; `number` is what "sửa mục 3" refers to."""

    number: int
    field: str
    label: str
    display: str
    section: str
    skipped: bool = False


def _values(answers: Answers) -> dict[str, object]:
    return {field_id: answer.value for field_id, answer in answers.items()}


def active_fields(form: EForm, answers: Answers) -> list[Field]:
    """The fields that are asked for under the answers given, in the form's order."""
    values = _values(answers)
    return [one for one in form.fields if one.when is None or one.when.holds(values)]


def unanswered(form: EForm, answers: Answers, skipped: Collection[str]) -> list[Field]:
    """Active fields with neither an answer nor a permitted skip, required or not."""
    return [
        one
        for one in active_fields(form, answers)
        if one.id not in answers and (one.required or one.id not in skipped)
    ]


def next_field(form: EForm, answers: Answers, skipped: Collection[str]) -> Field | None:
    """The field to ask now, or None when the form is complete."""
    return next(iter(unanswered(form, answers, skipped)), None)


def check_skip(one: Field) -> None:
    """Whether a field may be skipped.

    Raises:
        Refusal: field_required if not.
    """
    if one.required:
        raise Refusal("field_required", label=one.label, example=one.example)


def answer(form: EForm, answers: Answers, field_id: str, text: str, today: date) -> Outcome:
    """Take what the citizen typed for a field, a first answer or a correction.

    Raises:
        Refusal: if the answer cannot be taken; `answers` stay as they are.
        KeyError: if the form has no such field.
    """
    one = form.field(field_id)
    return _settle(form, answers, one, parse(one, text, answers, today), today)


def answer_paper(
    form: EForm, answers: Answers, field_id: str, files: Sequence[UploadedFile], today: date
) -> Outcome:
    """Take uploaded files for a paper field; they replace files handed in before.

    Raises:
        Refusal: if the files cannot be taken, or paper_not_asked if the field is no paper.
        KeyError: if the form has no such field.
    """
    one = form.field(field_id)
    try:
        if one.type is not FieldType.PAPER:
            raise Refusal("paper_not_asked")
        value = read_files(one, files)
    except Refusal as refusal:
        refusal.params = {"label": one.label, "example": one.example, **refusal.params}
        raise
    return _settle(form, answers, one, value, today)


def _settle(form: EForm, answers: Answers, changed: Field, value: Value, today: date) -> Outcome:
    """The answers with one changed: those that it makes needless or wrong are taken out.

    Conditions and rules look only at earlier fields (the definition sees to that), so one pass in
    the form's order settles all. What a birth date answers is answered with it.
    """
    given = {**answers, changed.id: value}
    kept: dict[str, Value] = {}
    dropped: list[Field] = []
    ask_again: list[tuple[Field, Refusal]] = []
    for one in form.fields:
        if one.when is not None and not one.when.holds(_values(kept)):
            if one.id in given:
                dropped.append(one)
            continue
        if (younger := under_age(one, kept, today)) is not None:
            kept[one.id] = Value(value=younger, display=word("yes" if younger else "no"))
            continue
        if one.id not in given:
            continue
        try:
            check(one, given[one.id], kept, today)
        except Refusal as refusal:
            refusal.params = {"label": one.label, "example": one.example, **refusal.params}
            ask_again.append((one, refusal))
        else:
            kept[one.id] = given[one.id]
    return Outcome(kept, value, dropped, ask_again)


def summary(form: EForm, answers: Answers, skipped: Collection[str]) -> list[Line]:
    """The active fields that have an answer or were skipped, numbered from 1."""
    shown = [one for one in active_fields(form, answers) if one.id in answers or one.id in skipped]
    return [
        Line(
            number,
            one.id,
            one.label,
            answers[one.id].display if one.id in answers else word("skipped"),
            one.section,
            one.id not in answers,
        )
        for number, one in enumerate(shown, start=1)
    ]


def find_fields(
    form: EForm, phrase: str, answers: Answers, skipped: Collection[str] = ()
) -> list[Field]:
    """The fields that a citizen names: "sửa mục 3", "đổi số điện thoại", "ngay sinh sai roi".

    Returns:
        The best matches among the active fields, best first: one if it is plain which is meant,
        several to choose from, none if no field is named.
    """
    folded = fold(clean(phrase))
    if numbered := _NUMBERED.search(_NEW_VALUE.sub("", folded)):
        number = int(numbered[1] or numbered[2])
        lines = summary(form, answers, skipped)
        if 1 <= number <= len(lines):
            return [form.field(lines[number - 1].field)]
    scored = _scored(form, folded, answers)
    if not scored or scored[0][0] < _GOOD_SCORE:
        return []
    near = [one for score, one in scored if score >= scored[0][0] - _SAME_SCORE]
    return near[:_MOST_FIELDS]


def _scored(form: EForm, folded: str, answers: Answers) -> list[tuple[float, Field]]:
    """The active fields with how well a phrase names them, best first."""
    phrases = _readings(folded)
    scored = [
        (max(_score(phrases, name) for name in (one.label, *one.aliases)), one)
        for one in active_fields(form, answers)
    ]
    return sorted(scored, key=lambda item: item[0], reverse=True)


def new_value(
    form: EForm, phrase: str, answers: Answers, skipped: Collection[str] = ()
) -> tuple[Field, str] | None:
    """The field and the answer of a correction that brings it: "đổi số điện thoại thành 0912 345 678".

    Returns:
        What stands after "thành", "sang" or "là", if what stands before names one field; else None.
    """
    text = clean(phrase)
    for link in re.finditer(r"\b(?:thanh|sang|la)\b[\s:]*", fold(text)):
        # "sửa thành viên thành …": the word that leads to the value is the first that fits.
        named = find_fields(form, text[: link.start()], answers, skipped)
        if len(named) == 1 and text[link.end() :]:
            return named[0], text[link.end() :]
    return None


def says_more(form: EForm, phrase: str, answers: Answers) -> bool:
    """Whether a phrase says more than that something, or a field by its whole name, is to be corrected.

    "Sửa lại quán" does, so it may be an answer; "sửa cái trên kia" and "sửa tên quán" do not.
    """
    folded = fold(clean(phrase))
    words = _POINTING.sub(" ", _AROUND.sub(" ", " ".join(re.findall(r"\w+", folded))))
    if not words.strip() or _NUMBERED.search(folded):
        return False
    scored = _scored(form, folded, answers)
    return not scored or scored[0][0] < _WHOLE_SCORE


def _readings(folded: str) -> list[str]:
    """What a phrase may name, from all its words to the fewest.

    "Đổi số điện thoại thành 09…" ends at "thành", but "thành viên" is a name; "ảnh" folds to a word
    of address. So each step away from the typed words is only one more reading.
    """
    readings = []
    for text in (folded, _NEW_VALUE.sub("", folded)):
        words = " ".join(re.findall(r"\w+", text))
        led = _LEADING.sub("", words)
        readings += [words, led, " ".join(_AROUND.sub(" ", led).split())]
    return list(dict.fromkeys(filter(None, readings)))


def _score(phrases: Sequence[str], name: str) -> float:
    """How well one of the readings of a phrase names a field by its label or alias, 0–100."""
    name = " ".join(re.findall(r"\w+", fold(name)))
    if name in phrases:
        return 100.0
    bare = phrases[-1] if phrases else ""
    if any(re.search(rf"\b{re.escape(name)}\b", phrase) for phrase in phrases):
        return 72.0 + 24 * min(1.0, _share(name, bare))  # "tên" is only half of "tên vợ"
    if bare and re.search(rf"\b{re.escape(bare)}\b", name):
        return 82.0 + 12 * _share(bare, name)
    if bare and set(bare.split()) <= set(name.split()):
        return 76.0
    return 0.8 * fuzz.ratio(bare, name) if len(bare) > 3 else 0.0


def _share(part: str, whole: str) -> float:
    """How many of the words of `whole` there are in `part`, by count."""
    return len(part.split()) / max(1, len(whole.split()))
