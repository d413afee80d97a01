"""Makes up answers to an e-form, typed the way citizens type, each with what must arrive of it.

What must arrive is decided first and then written down in one of the ways that people use, so it does
not come from the readers under test. A seed makes it the same at each run.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from onestop.eforms import engine
from onestop.eforms.answers import Value
from onestop.eforms.definition import EForm, Field, FieldType, Option
from onestop.eforms.words import fold

SKIPPED = "Để trống"
LATER = "Nộp sau"
NAMES = {
    "male": ["Nguyễn Văn Bình", "Trần Đức Thắng", "Lê Quang Huy", "Phạm Minh Tuấn", "Đỗ Hữu Nghĩa"],
    "female": ["Nguyễn Thị Mai", "Trần Thu Hà", "Lê Thị Ngọc Ánh", "Phạm Thuý Nga", "Vũ Thị Hoà"],
}
# As typed, and as it must be read: names of before and after July 2025, abbreviated and without accents.
ADDRESSES = [
    ("12 Trần Phú, phường Phủ Lý, Ninh Bình", "12 Trần Phú, phường Phủ Lý, tỉnh Ninh Bình"),
    (
        "so 8 ngo 5 tran phu, p. phu ly, ninh binh",
        "so 8 ngo 5 tran phu, phường Phủ Lý, tỉnh Ninh Bình",
    ),
    ("thôn Trung, xã Bình Lục, tỉnh Ninh Bình", "thôn Trung, xã Bình Lục, tỉnh Ninh Bình"),
    ("thon 3 xa binh luc ninh binh", "thon 3, xã Bình Lục, tỉnh Ninh Bình"),
    (
        "xóm 2, xã Liêm Cần, huyện Thanh Liêm, Hà Nam",
        "xóm 2, xã Liêm Cần, huyện Thanh Liêm, tỉnh Hà Nam",
    ),
    ("to 5, phuong dong van, ninh binh", "to 5, phường Đồng Văn, tỉnh Ninh Bình"),
    ("tổ 3 P. Lê Hồ, T. Ninh Bình", "tổ 3, phường Lê Hồ, tỉnh Ninh Bình"),
]
DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


@dataclass(frozen=True)
class Told:
    """An answer: what is typed or uploaded, how it must be read out, and its value for conditions."""

    typed: str
    shown: str
    value: object = None
    upload: bool = False

    @property
    def given(self) -> bool:
        """Whether it is an answer, and not a skip."""
        return self.shown != SKIPPED

    @property
    def asked(self) -> bool:
        """Whether it is asked for, and does not follow from what was told before."""
        return bool(self.typed)


def plan(form: EForm, seed: int | str, today: date) -> dict[str, Told]:
    """Answers to all fields that come up, in the form's order."""
    minors = any(field.validation.under_age for field in form.fields)
    told: dict[str, Told] = {}
    for field in form.fields:
        if field in active(form, told):
            # A chance of its own for each field: what one draws changes no other, on no day.
            chance = random.Random(f"{form.id} {seed} {field.id}")
            typist = Typist(chance, today, minors=minors)
            told[field.id] = follows(field, told, today) or typist.answer(field, told)
    return told


def plan_with(
    form: EForm, wanted: Collection[str], today: date, tries: int = 60
) -> dict[str, Told]:
    """The plan in which most of the wanted fields come up."""
    made = (plan(form, seed, today) for seed in range(tries))
    return max(made, key=lambda told: len(told.keys() & set(wanted)))


def active(form: EForm, told: Mapping[str, Told]) -> list[Field]:
    """The fields that are asked for after what was told."""
    known = {
        one: Value(value=given.value, display=given.shown)
        for one, given in told.items()
        if given.given
    }
    return engine.active_fields(form, known)


def follows(field: Field, told: Mapping[str, Told], today: date) -> Told | None:
    """What the birth date told before answers; that is not asked, so nothing is typed."""
    rule = field.validation.under_age
    born = told.get(rule.birth_date) if rule is not None else None
    if rule is None or born is None or not born.given:
        return None
    young = _years(str(born.value), today.isoformat()) < rule.age
    return Told("", "Có" if young else "Không", young)


def contradicts(field: Field, told: Mapping[str, Told], today: date) -> bool:
    """Whether what was told of a field cannot stand beside what was told of those it looks at."""
    rules = field.validation

    def known(id_: str | None) -> str:
        one = told.get(id_ or "")
        return "" if one is None or one.value in (None, LATER) else str(one.value)

    given, after, before = known(field.id), known(rules.after), known(rules.before)
    if not given:
        return False
    if field.type is FieldType.CITIZEN_ID and (person := rules.same_person_as):
        sex = ("male", "female")[int(given[3]) % 2]
        year = f"{19 + int(given[3]) // 2}{given[4:6]}"
        born = [known(one)[:4] for one in person.birth_dates if known(one)]
        return any(one != year for one in born) or known(person.sex) not in ("", sex)
    values = {name: one.value for name, one in told.items()}
    if any(given == str(one.value) and one.when.holds(values) for one in rules.refuse):
        return True
    if field.type is FieldType.YEAR:
        return bool(
            (after and int(given) - int(after[:4]) < rules.gap)
            or (before and int(before[:4]) - int(given) < rules.gap)
        )
    return bool(
        (after and (given <= after or _years(after, given) < rules.gap))
        or (before and (given >= before or _years(given, before) < rules.gap))
    )


def _years(since: str, until: str) -> int:
    """Whole years from one date to another, both as YYYY-MM-DD."""
    return int(until[:4]) - int(since[:4]) - (until[5:] < since[5:])


class Typist:
    """Writes answers in many hands."""

    def __init__(self, chance: random.Random, today: date, *, minors: bool = False) -> None:
        self._chance, self._today, self._minors = chance, today, minors

    def answer(self, field: Field, told: Mapping[str, Told]) -> Told:
        """An answer to a field that fits those told before."""
        if field.type is not FieldType.PAPER and not field.required and self._often(0.25):
            return Told(self._pick("bỏ qua", "bo qua", "bỏ qua mục này nhé"), SKIPPED)
        writers = {
            FieldType.TEXT: self._text,
            FieldType.PERSON_NAME: self._name,
            FieldType.CITIZEN_ID: self._citizen_id,
            FieldType.PHONE: self._phone,
            FieldType.EMAIL: self._email,
            FieldType.DATE: self._date,
            FieldType.YEAR: self._year,
            FieldType.NUMBER: self._number,
            FieldType.CHOICE: self._choice,
            FieldType.YES_NO: self._yes_no,
            FieldType.ADDRESS: self._address,
            FieldType.PAPER: self._paper,
        }
        return writers[field.type](field, told)

    def other(self, field: Field, told: Mapping[str, Told], than: Told) -> Told:
        """Another answer, as someone gives who is mistaken."""
        for _ in range(100):
            made = self.answer(field, told)
            if made.shown != than.shown:
                return made
        return than  # whoever is a minor can say nothing else

    def _pick(self, *ways: str) -> str:
        return self._chance.choice(ways)

    def _often(self, share: float) -> bool:
        return self._chance.random() < share

    def _text(self, field: Field, _told: Mapping[str, Told]) -> Told:
        typed = field.example
        if field.capitalise:
            typed = (
                self._pick("Kinh", "tày", "mường")
                if len(typed) < 6
                else self._pick("Việt Nam", "lào")
            )
        elif self._often(0.5):  # a slip of a finger, or no accents
            typed = re.sub(r"\d(?=\D*$)", lambda digit: str(9 - int(digit[0])), typed)
            typed = typed if field.validation.pattern else fold(typed)
        if field.capitalise:
            shown = " ".join(word[0].upper() + word[1:] for word in typed.split())
        elif field.validation.pattern:
            shown = typed.upper()
        else:
            shown = typed[0].upper() + typed[1:]
        return Told(typed, shown, shown)

    def _name(self, _field: Field, _told: Mapping[str, Told]) -> Told:
        name = self._pick(*NAMES["male"], *NAMES["female"])
        bare = " ".join(word.capitalize() for word in fold(name).split()) + " (chưa có dấu)"
        typed, shown = self._chance.choice(
            [
                (name, name),
                (name.lower(), name),
                (name.upper(), name),
                (f"tên là {name}", name),
                (fold(name), bare),
                (f"ten la {fold(name)}", bare),
            ]
        )
        return Told(typed, shown, shown)

    def _citizen_id(self, field: Field, told: Mapping[str, Told]) -> Told:
        person = field.validation.same_person_as
        known = [told[one] for one in (person.birth_dates if person else ()) if one in told]
        born = next((one for one in known if one.given), None)
        sex = told.get((person and person.sex) or "")
        year = int(str(born.value)[:4]) if born and born.given else self._chance.randint(1950, 2005)
        male = sex.value == "male" if sex and sex.given else self._often(0.5)
        century_and_sex = (0 if year < 2000 else 2) + (0 if male else 1)
        number = f"0{self._pick('35', '36', '37', '01')}{century_and_sex}{year % 100:02}"
        number += f"{self._chance.randrange(10**6):06}"
        spaced = f"{number[:3]} {number[3:6]} {number[6:9]} {number[9:]}"
        typed = self._pick(number, spaced, f"số căn cước {number}", f"cccd {number}", f"{number} ạ")
        return Told(typed, number, number)

    def _phone(self, _field: Field, _told: Mapping[str, Told]) -> Told:
        rest = f"{self._chance.randrange(10**6):06}"
        number = f"0{self._pick('912', '987', '903', '358')}{rest}"
        shown = f"{number[:4]} {number[4:7]} {number[7:]}"
        typed = self._pick(
            number,
            shown,
            shown.replace(" ", "."),
            f"+84{number[1:]}",
            f"sđt {number}",
            f"so cua toi la {number}",
        )
        return Told(typed, shown, number)

    def _email(self, _field: Field, _told: Mapping[str, Told]) -> Told:
        address = f"{self._pick('mai', 'binh', 'hoa')}.{self._chance.randrange(1000)}@gmail.com"
        return Told(self._pick(address, f"email {address}"), address, address)

    def _date(self, field: Field, told: Mapping[str, Told]) -> Told:
        rules, today = field.validation, self._today
        born = rules.min_age is not None or rules.max_age is not None
        first, last = today - timedelta(days=700), today
        if rules.not_past:
            first, last = today + timedelta(days=1), today + timedelta(days=60)
        elif born:
            youngest = rules.min_age or (0 if (rules.max_age or 99) < 25 else 20)
            if self._minors and not rules.min_age and self._often(0.3):
                youngest = 1
            oldest = min(rules.max_age or 99, 17 if youngest == 1 else youngest + 40)
            first = today.replace(year=today.year - oldest, day=1) + timedelta(days=31)
            last = today.replace(year=today.year - youngest, day=1) - timedelta(days=1)
        after = told.get(rules.after or "")
        if after and after.given:
            earliest = date.fromisoformat(str(after.value))
            first = max(first, earliest + timedelta(days=366 * rules.gap + 1))
        before = told.get(rules.before or "")
        if before and before.given:
            last = min(last, date.fromisoformat(str(before.value)) - timedelta(days=1))
        day = first + timedelta(days=self._chance.randrange(max(1, (last - first).days + 1)))
        return Told(self._write_date(day), f"{day:%d/%m/%Y}", day.isoformat())

    def _write_date(self, day: date) -> str:
        spoken = f"ngày {day.day} tháng {day.month} năm {day.year}"
        lead = "mùng" if day.day <= 10 else "ngày"
        return self._pick(
            f"{day:%d/%m/%Y}",
            f"{day.day}/{day.month}/{day.year}",
            f"{day.day}-{day.month}-{day.year}",
            f"{day:%d.%m.%Y}",
            f"{day.day} {day.month} {day.year}",
            f"{day:%d%m%Y}",
            spoken,
            fold(spoken),
            f"{lead} {day.day} tháng {day.month}, {day.year}",
            f"{day.day}/{day.month}/{day.year % 100:02}" if day.year > 1970 else spoken,
        )

    def _year(self, field: Field, told: Mapping[str, Told]) -> Told:
        rules = field.validation
        last = min(rules.max or self._today.year, self._today.year - (rules.min_age or 0) - 1)
        first = max(last - 15, rules.min or 0)  # near the limit, so that a correction may cross it
        after, before = (told.get(one or "") for one in (rules.after, rules.before))
        if after and after.given:
            first = max(first, int(str(after.value)[:4]) + rules.gap)
        if before and before.given:
            last = min(last, int(str(before.value)[:4]) - rules.gap - 1)
        year = self._chance.randint(min(first, last), last)
        typed = self._pick(str(year), f"năm {year}", f"nam {year}", f"khoang nam {year}")
        return Told(typed, str(year), year)

    def _number(self, field: Field, _told: Mapping[str, Told]) -> Told:
        rules, unit = field.validation, field.unit
        low = rules.min or 1
        number = self._chance.randint(low, min(rules.max or low + 20, low + 20))
        shown = f"{number:,}".replace(",", ".") + (f" {unit}" if unit else "")
        ways = [str(number), f"{number} {unit}".strip(), f"{number} {fold(unit)}".strip()]
        ways += [f"{DIGITS[number]} {unit}".strip()] if number < len(DIGITS) else []
        return Told(self._pick(*ways), shown, number)

    def _choice(self, field: Field, told: Mapping[str, Told]) -> Told:
        values = {name: one.value for name, one in told.items()}
        refused = [one.value for one in field.validation.refuse if one.when.holds(values)]
        open_to = [at for at, one in enumerate(field.options) if one.value not in refused]
        number = self._chance.choice(open_to)
        option = field.options[number]
        ways = [option.label, *option.aliases, *option.whole, *sorted(names(option))]
        # Without accents "ba" is father or grandmother; what two options may mean is asked, not guessed.
        shared = {name for other in field.options if other is not option for name in names(other)}
        ways = [way for way in ways if way.lower() not in shared]
        ways += [str(number + 1), f"số {number + 1}", f"so {number + 1}"]
        return Told(self._pick(*ways), option.label, option.value)

    def _yes_no(self, _field: Field, _told: Mapping[str, Told]) -> Told:
        if self._often(0.5):
            return Told(self._pick("có", "co", "có ạ", "đúng rồi", "uh co"), "Có", True)
        return Told(self._pick("không", "khong", "ko", "không ạ", "k"), "Không", False)

    def _address(self, _field: Field, _told: Mapping[str, Told]) -> Told:
        typed, shown = self._chance.choice(ADDRESSES)
        shown = shown[0].upper() + shown[1:]
        return Told(typed, shown, shown)

    def _paper(self, field: Field, _told: Mapping[str, Told]) -> Told:
        if not field.required and self._often(0.3):
            return Told(self._pick("bỏ qua", "bo qua"), SKIPPED)
        if field.later_allowed and self._often(0.3):
            return Told(self._pick("nộp sau", "nop sau", "để sau em nộp bản giấy"), LATER, LATER)
        name = f"{self._pick('anh', 'scan', 'giay-to')}-{self._chance.randrange(100)}"
        file = f"{name}.{self._pick('jpg', 'pdf')}"
        return Told(file, file, file, upload=True)


def names(option: Option) -> set[str]:
    """All ways to name an option, without accents."""
    return {fold(name) for name in (option.label, *option.aliases, *option.whole)}
