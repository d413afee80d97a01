"""What a dossier costs, from data: the fee that the catalogue states and the rules in `data/fees/`.

What the catalogue does not state stays unknown. A figure with words beside it is a sum only if a rule
says how to count it, or if the words name a unit that a dossier has one of ("135.000 đồng một lần cấp").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from common import yaml_files
from common.database import now
from common.settings import ROOT
from onestop.catalogue.content import Procedure, Way, WayKind
from onestop.dossiers.calendar import VIETNAM
from onestop.eforms.answers import Value

DIRECTORY = ROOT / "data" / "fees"
Answers = Mapping[str, Value]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Condition(_Part):
    """Holds if the answer to `field` is one of `values`, if it is a birth date that makes the
    citizen younger than `younger_than` or at least `at_least` years old, or, with none of them,
    if the field has an answer at all (a paper handed in).
    """

    field: str
    values: list[str | bool] | None = Field(default=None, alias="in")
    younger_than: int | None = Field(default=None, ge=1)
    at_least: int | None = Field(default=None, ge=1)

    def holds(self, answers: Answers, today: date) -> bool:
        """Whether it holds for these answers."""
        answer = answers.get(self.field)
        if answer is None:
            return False
        if self.values is not None:
            return answer.value in self.values
        if self.younger_than is None and self.at_least is None:
            return True
        age = _age(date.fromisoformat(str(answer.value)), today)
        young = self.younger_than is not None and age < self.younger_than
        return young or (self.at_least is not None and age >= self.at_least)


class Exemption(_Part):
    """A group that pays nothing, with the legal text that says so.

    Without `when` the e-form cannot tell: it is only said to the citizen, who proves it to the officer.
    """

    group: str = Field(description="in words, as citizens are told")
    legal_basis: str
    when: Condition | None = None


class Step(_Part):
    """What each page costs, up to and with page `up_to`; the last step has no end."""

    amount: int = Field(ge=0, description="đồng")
    up_to: int | None = Field(default=None, ge=1)


class Rule(_Part):
    """How the fee of some procedures is counted.

    Without `copies` and `pages` the stated fee is the sum of one dossier.
    """

    procedures: list[str] = Field(min_length=1)
    source: str = Field(description="where the figures are from")
    copies: str | None = Field(default=None, description="the field that says how many copies")
    pages: str | None = Field(default=None, description="the field with the pages of one copy")
    steps: list[Step] = []
    most_per_copy: int | None = Field(default=None, ge=0, description="đồng")
    exemptions: list[Exemption] = []
    undecided: list[Condition] = Field(
        default=[], description="when one holds, only an officer can tell the sum"
    )


class Tariffs(_Part):
    """One file of rules; not called so there, for Rasa would take the file for rules of its own."""

    tariffs: list[Rule]


class Units(_Part):
    """Units of which a dossier has one: a figure with just such a unit is its sum."""

    once: list[str]


@dataclass(frozen=True)
class FeeLine:
    """One item: a number of units at a price, in đồng."""

    quantity: int
    price: int

    @property
    def amount(self) -> int:
        """Price times quantity, in đồng."""
        return self.quantity * self.price


@dataclass(frozen=True)
class Fee:
    """What is to be paid; `total` in đồng, `None` where it is not known.

    `exempted_by` is the exemption that applies; `exemptions` are those that only an officer can grant.
    """

    lines: tuple[FeeLine, ...]
    total: int | None
    exempted_by: Exemption | None = None
    exemptions: tuple[Exemption, ...] = ()


def way_of(procedure: Procedure, kind: WayKind = WayKind.ONLINE) -> Way | None:
    """The way of that kind. No other way stands in for it: online often costs less than the counter."""
    return next((way for way in procedure.ways if way.kind is kind), None)


def fee_of(
    procedure: Procedure,
    answers: Answers,
    kind: WayKind = WayKind.ONLINE,
    today: date | None = None,
) -> Fee:
    """The fee of a dossier of this procedure, handed in this way.

    Args:
        procedure: as the catalogue has it.
        answers: the filled e-form.
        kind: how the dossier is handed in.
        today: the day for ages; today if None.
    """
    way = way_of(procedure, kind)
    if way is None:
        return Fee((), None)
    note = f"{way.fee_note} {beside(way)}".strip()
    return count(procedure.code, way.fee_amount, note, answers, today)


def beside(way: Way) -> str:
    """What a way's general note says of its fee ("từ 01/7/2025 thu một nửa"); empty if nothing."""
    return way.note if re.search(r"đồng|phí", way.note.casefold()) else ""


def count(
    code: str, amount: int | None, note: str, answers: Answers, today: date | None = None
) -> Fee:
    """The fee from what is stated of it: `amount` in đồng or `None`, and the words beside it."""
    rule = rules().get(code)
    if amount is None:
        return Fee((), None, exemptions=_by_officer(rule))
    if rule is None:
        line = FeeLine(1, amount)
        return Fee((line,), amount if amount == 0 or _sum_of_one(amount, note) else None)
    day = today or now().astimezone(VIETNAM).date()
    for exemption in rule.exemptions:
        if exemption.when is not None and exemption.when.holds(answers, day):
            return Fee((), 0, exempted_by=exemption)
    lines = tuple(_lines(rule, amount, answers))
    undecided = any(one.holds(answers, day) for one in rule.undecided)
    known = bool(lines) and not undecided
    total = sum(line.amount for line in lines) if known else None
    return Fee(lines, total, exemptions=_by_officer(rule))


def _by_officer(rule: Rule | None) -> tuple[Exemption, ...]:
    return tuple(one for one in rule.exemptions if one.when is None) if rule is not None else ()


def _lines(rule: Rule, amount: int, answers: Answers) -> Iterator[FeeLine]:
    """The items, or none where a number that counts was not asked for."""
    copies = _number(answers, rule.copies)
    pages = _number(answers, rule.pages)
    if copies is None or pages is None:
        return
    if rule.pages is None:
        yield FeeLine(copies, amount)
        return
    of_one = list(_page_lines(rule.steps or [Step(amount=amount)], pages))
    if rule.most_per_copy is not None and sum(line.amount for line in of_one) > rule.most_per_copy:
        of_one = [FeeLine(1, rule.most_per_copy)]
    for line in of_one:
        yield FeeLine(line.quantity * copies, line.price)


def _page_lines(steps: list[Step], pages: int) -> Iterator[FeeLine]:
    before = 0
    for step in steps:
        end = pages if step.up_to is None else min(step.up_to, pages)
        if end > before:
            yield FeeLine(end - before, step.amount)
            before = end


def _number(answers: Answers, field: str | None) -> int | None:
    """The whole number answered to `field`; 1 if nothing is counted by it."""
    if field is None:
        return 1
    answer = answers.get(field)
    if answer is None or isinstance(answer.value, bool):
        return None
    text = str(answer.value)
    return int(text) if re.fullmatch(r"\d{1,6}", text) and int(text) > 0 else None


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


# A legal text in brackets behind the figure; and the figure, alone or with its unit, and nothing else.
_SOURCE = re.compile(r"\((?:theo )?(?:thông tư|nghị định|nghị quyết) (?:số )?[\w/-]+\)")
_FIGURE = re.compile(
    r"(?P<figure>\d[\d.]*(?<!\.))?\s*(?:đồng|đ\b|vnđ|vnd)?\s*/?\s*(?:0?1\s)?(?P<unit>[^\d/]*?)[\s.;]*"
)


def _sum_of_one(amount: int, note: str) -> bool:
    """Whether the words beside a figure only repeat it, or name a unit of which a dossier has one."""
    match = _FIGURE.fullmatch(_SOURCE.sub("", note.casefold()).strip())
    if match is None or match["unit"] not in {"", *units()}:
        return False
    return match["figure"] is None or int(match["figure"].replace(".", "")) == amount


@lru_cache
def units() -> frozenset[str]:
    """The units of `data/fees/units.yml`."""
    return frozenset(Units.model_validate(yaml_files.read(DIRECTORY / "units.yml")).once)


@lru_cache
def rules() -> dict[str, Rule]:
    """The rules of `data/fees/*.yml` by procedure.

    Raises:
        pydantic.ValidationError: if a file does not fit.
        ValueError: if a procedure has two rules.
    """
    found: dict[str, Rule] = {}
    for path in sorted(DIRECTORY.glob("*.yml")):
        if path.stem == "units":
            continue
        for rule in Tariffs.model_validate(yaml_files.read(path)).tariffs:
            for code in rule.procedures:
                if code in found:
                    raise ValueError(f"{path.name}: a second rule for {code}")
                found[code] = rule
    return found
