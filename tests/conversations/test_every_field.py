"""Every field of two own e-forms is interrupted once and corrected once; generated, not written by hand.

The conversation is checked against a model of the draft that does not use the readers and rules under
test: what was told, what a correction contradicts, and so which question must come next.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime

import pytest

from onestop.catalogue.shipped import load_shipped
from onestop.cli.eform import DIRECTORY
from onestop.dossiers.calendar import VIETNAM
from onestop.eforms.definition import EForm, Field, FieldType, load_eforms
from onestop.eforms.words import fold
from tests.conversations.filing import Filing
from tests.conversations.system import System
from tests.conversations.typist import Told, Typist, active, contradicts, follows, plan_with

pytestmark = pytest.mark.system
FORMS = ("birth-registration", "permanent-residence")
SEED = 2026

# What is said in the middle of a form, and what the answer must hold.
OF_THE_PROCEDURE = [
    ("lệ phí bao nhiêu vậy em", "phí, lệ phí"),
    ("can nhung giay to gi", "giấy tờ cần có"),
    ("bao lâu thì xong ạ", "thời gian giải quyết"),
    ("mà nộp ở đâu thế", "nơi nộp"),
    ("những ai được làm thủ tục này", "ai được làm"),
    ("ai phải làm cái này vậy", "ai được làm"),
    ("lam xong thi nhan duoc gi", "anh/chị nhận được"),
    ("thủ tục này có mấy bước", "các bước"),
]
TALK = [
    ("cảm ơn em nhé", "không có gì"),
    ("em là người thật hay máy vậy", "trợ lý ảo"),
    ("chào em", "trợ lý ảo"),
    ("em lam duoc nhung viec gi", "em giúp được"),
    ("mấy giờ bên mình đóng cửa", "giờ"),
    ("cho tôi gặp cán bộ", "cán bộ"),
]
OTHERS = [
    ("xin cấp phiếu lý lịch tư pháp cần giấy tờ gì", "phiếu lý lịch tư pháp"),
    ("đổi giấy phép lái xe mất bao nhiêu tiền", "giấy phép lái xe"),
    ("dang ky ket hon nop o dau", "đăng ký kết hôn"),
    ("thủ tục đăng ký hộ kinh doanh làm bao lâu", "hộ kinh doanh"),
]
# How a correction begins; the field's name follows, or stands in it.
CORRECTIONS = ("đổi {}", "sửa {}", "doi {}", "{} sai rồi", "cho em sửa lại {}", "em khai nhầm {}")
# What can be brought along in the same line.
BROUGHT = {FieldType.CITIZEN_ID, FieldType.PHONE, FieldType.EMAIL, FieldType.DATE, FieldType.YEAR}
TIMES = 50


@dataclass
class Coverage:
    """The fields of a form that were interrupted, corrected, and asked again as they no longer fitted."""

    interrupted: set[str] = field(default_factory=set)
    corrected: set[str] = field(default_factory=set)
    reopened: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Sent:
    """A dossier that was sent before, and the four digits that it is looked up with."""

    code: str
    factor: str


class Restless(Filing):
    """A citizen who asks something else at each question, and has second thoughts on each answer."""

    def __init__(
        self, system: System, form: EForm, planned: dict[str, Told], today: date, other: Sent
    ) -> None:
        procedure = next(one for one in load_shipped() if one.code == form.procedures[-1])
        super().__init__(system, form, procedure)
        self._chance = random.Random(f"{SEED} {form.id} {len(planned)}")
        self._typist = Typist(self._chance, today, minors=True)
        self._planned, self._today, self._other = planned, today, other
        self.told: dict[str, Told] = {}

    def next_field(self) -> Field | None:
        """The field that must be asked now."""
        self._follow()
        return next((one for one in active(self.form, self.told) if one.id not in self.told), None)

    def _follow(self) -> None:
        """What follows from what was told is told with it."""
        for one in self.form.fields:
            if (known := follows(one, self.told, self._today)) is not None:
                self.told[one.id] = known

    def play(self, done: Coverage) -> str:
        """Fill the form, each new field interrupted and later corrected; the dossier's code."""
        self.begin()
        waiting: list[
            tuple[str, Field]
        ] = []  # at which field's question, and what is corrected there
        while True:
            asked = self.next_field()
            due = [one for one in waiting if asked is None or one[0] == asked.id]
            for one in due:
                waiting.remove(one)
                if (wrong := one[1]).id in self.told:
                    done.reopened |= self.correct(wrong)
                    done.corrected.add(wrong.id)
                    self.asked_next()
            if due:
                continue
            if asked is None:
                return self.send()
            self.asked(asked)
            if asked.id not in done.interrupted:
                self.interrupt()
                self.asked(asked)
                done.interrupted.add(asked.id)
            self.told[asked.id] = self._fitting(asked)
            self.give(asked, self.told[asked.id])
            if asked.id not in done.corrected:
                waiting.append((self._moment(asked), asked))

    def _fitting(self, asked: Field) -> Told:
        """The planned answer, or another where that was corrected or no longer fits."""
        told = self._planned.pop(asked.id, None)
        if told is None or contradicts(asked, {**self.told, asked.id: told}, self._today):
            return self._typist.answer(asked, self.told)
        return told

    def _moment(self, told: Field) -> str:
        """Where a field is corrected: at a later question, or before sending if others look at it."""
        looked_at = {id_ for one in self.form.fields for id_ in one.validation.fields()}
        looked_at |= {id_ for one in self.form.fields if one.when for id_ in one.when.fields()}
        later = [one.id for one in active(self.form, self.told) if one.id not in self.told]
        return "" if told.id in looked_at or not later else self._chance.choice([*later[:4], ""])

    def asked_next(self) -> None:
        """The question that must come next, or the summary."""
        following = self.next_field()
        if following is None:
            self.expect("hồ sơ đã đủ")
        else:
            self.asked(following)

    def interrupt(self) -> None:
        """Say something else; it must be answered, and the form must ask again."""
        kind = self._chance.choice(["procedure", "talk", "status", "other"])
        if kind == "status":
            self.say(f"hồ sơ {self._other.code} đến đâu rồi")
            self.expect("4 số cuối")
            self.say(self._other.factor)
            self.expect(f"Hồ sơ {self._other.code}: Mới đăng ký")
            return
        said, answer = self._chance.choice(
            {"procedure": OF_THE_PROCEDURE, "talk": TALK, "other": OTHERS}[kind]
        )
        self.say(said)
        self.expect(answer, *([self.procedure.name] if kind == "procedure" else []))

    def correct(self, wrong: Field) -> set[str]:
        """Correct a field by one of its names; what no longer fits must be asked again, and is returned."""
        told = self._second_thought(wrong)
        name = self._chance.choice([wrong.label.lower(), *wrong.aliases])
        said = self._chance.choice(CORRECTIONS).format(name)
        if wrong.type in BROUGHT and told.given and self._chance.random() < 0.5:
            self.say(f"đổi {name} thành {told.typed}")
            self._choose(wrong)
        else:
            self.say(self._chance.choice([said, fold(said)]))
            self._choose(wrong)
        if wrong.question.casefold() in self.citizen.text().casefold():
            self.give(wrong, told)
        else:
            self.taken(wrong, told)
        self.told[wrong.id] = told
        self._follow()
        kept = active(self.form, self.told)
        self.told = {one.id: self.told[one.id] for one in kept if one.id in self.told}
        reopened = set()
        for one in kept:
            if contradicts(one, self.told, self._today):
                del self.told[one.id]
                self.expect("cho em hỏi lại", one.label)
                reopened.add(one.id)
        return reopened

    def _second_thought(self, wrong: Field) -> Told:
        """Another answer: the one that the most of the others cannot stand beside."""

        def broken(told: Told) -> int:
            changed = {**self.told, wrong.id: told}
            if contradicts(wrong, changed, self._today):
                return -1
            return sum(contradicts(one, changed, self._today) for one in active(self.form, changed))

        before = self.told[wrong.id]
        return max((self._typist.other(wrong, self.told, before) for _ in range(TIMES)), key=broken)

    def _choose(self, wrong: Field) -> None:
        """Where a name fits several fields, say which."""
        if wrong.label in [one["title"] for one in self.citizen.offered()]:
            self.citizen.press(wrong.label)


def asked_of(form: EForm) -> set[str]:
    """The fields that are asked: not what a birth date answers."""
    return {one.id for one in form.fields if one.validation.under_age is None}


def fill_until_covered(system: System, form: EForm, today: date, other: Sent) -> Coverage:
    """As many conversations as it takes until each field was interrupted and corrected."""
    done, every = Coverage(), asked_of(form)
    while missing := every - (done.interrupted & done.corrected):
        planned = plan_with(form, missing, today)
        assert planned.keys() & missing, f"{form.id}: never asked: {missing}"
        filing = Restless(system, form, planned, today, other)
        code = filing.play(done)
        filing.check(code, filing.told)
    return done


@pytest.fixture(scope="module")
def sent(system: System) -> Sent:
    """A dossier sent earlier by somebody."""
    form = load_eforms(DIRECTORY)["overnight-stay"]
    planned = plan_with(form, (), datetime.now(VIETNAM).date())
    procedure = next(one for one in load_shipped() if one.code == form.procedures[-1])
    filing = Filing(system, form, procedure)
    filing.begin()
    for one in form.fields:
        if one.id in planned:
            filing.give(one, planned[one.id])
    phone = next(one for one in form.fields if one.type is FieldType.PHONE)
    return Sent(filing.send(), str(planned[phone.id].value)[-4:])


@pytest.fixture(scope="module")
def filled(system: System, sent: Sent) -> Iterator[dict[str, Future[Coverage]]]:
    """Both forms side by side."""
    today = datetime.now(VIETNAM).date()
    forms = load_eforms(DIRECTORY)
    with ThreadPoolExecutor(len(FORMS)) as pool:
        yield {
            id_: pool.submit(fill_until_covered, system, forms[id_], today, sent) for id_ in FORMS
        }


@pytest.mark.parametrize("form_id", FORMS)
def test_each_field_is_interrupted_and_corrected(
    filled: dict[str, Future[Coverage]], form_id: str
) -> None:
    done = filled[form_id].result()
    form = load_eforms(DIRECTORY)[form_id]
    asked = asked_of(form)
    assert done.interrupted == done.corrected == asked
    assert done.reopened == {
        one.id for one in form.fields if one.id in asked and any(one.validation.fields())
    }
