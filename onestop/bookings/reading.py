"""Days and hours of a booking as citizens say them: a number in the list, "thứ 5", "2h chiều", "sớm nhất"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time

from common.wording import hour, weekday
from onestop.bookings.slots import Slot
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.choices import read_choice
from onestop.eforms.definition import Option
from onestop.eforms.words import clean, fold
from onestop.units.hours import read_day

_TIME = re.compile(r"(?<!\d)(?P<hour>\d{1,2})\s*(?:gio|h|g|:)\s*(?P<minute>\d{2}|ruoi)?(?!\d)")
_AFTERNOON = re.compile(r"\b(?:chieu|trua)\b")
_MORNING = re.compile(r"\bsang\b")
_EARLIEST = re.compile(r"\b(?:som nhat|gan nhat|cang som|dau tien)\b")
_LATEST = re.compile(r"\b(?:muon nhat|tre nhat|cuoi cung)\b")
_NOON = time(12)


def day_option(day: date) -> Option:
    """A day as a choice."""
    return _option(day.isoformat(), weekday(day))


def slot_option(slot: Slot) -> Option:
    """A slot as a choice; its value is when it begins."""
    return _option(f"{slot.begin:%H:%M}", f"{hour(slot.begin)} – {hour(slot.end)}")


def _option(value: str, label: str) -> Option:
    # The values are ours and no identifiers of a form, so they are not checked as such.
    return Option.model_construct(value=value, label=label, aliases=[], whole=[])


def read_booking_day(text: str, today: date, days: Sequence[date]) -> Value:
    """One of the free days.

    Raises:
        Refusal: day_not_free if it is another day, or what a choice is refused for.
    """
    options = [day_option(day) for day in days]
    labels = [one.label for one in options]
    for option in options:
        if clean(text) in (option.value, option.label):
            return Value(value=option.value, display=option.label)
    if _EARLIEST.search(fold(text)) and days:
        return Value(value=days[0].isoformat(), display=labels[0])
    day = read_day(text, today)
    if day is None:
        return read_choice(clean(text), options)
    if day not in days:
        raise Refusal("day_not_free", day=weekday(day), options=labels)
    return Value(value=day.isoformat(), display=weekday(day))


def read_booking_slot(text: str, slots: Sequence[Slot]) -> Value:
    """One of the free slots.

    Raises:
        Refusal: slot_not_free if that time is not free, or what a choice is refused for.
    """
    options = [slot_option(slot) for slot in slots]
    for option in options:
        if clean(text) in (option.value, option.label):
            return Value(value=option.value, display=option.label)
    folded = fold(clean(text))
    within = list(slots)
    if _AFTERNOON.search(folded):
        within = [slot for slot in slots if slot.begin >= _NOON]
    elif _MORNING.search(folded):
        within = [slot for slot in slots if slot.begin < _NOON]
    labels = [slot_option(slot).label for slot in within or slots]
    at = _at(folded, len(slots))
    if at is not None:
        chosen = next((slot for slot in slots if slot.begin <= at < slot.end), None)
    elif within and _EARLIEST.search(folded):
        chosen = within[0]
    elif within and _LATEST.search(folded):
        chosen = within[-1]
    elif within != list(slots):
        if len(within) != 1:
            raise Refusal("choice_ambiguous" if within else "slot_not_free", options=labels)
        chosen = within[0]
    else:
        return read_choice(clean(text), options)
    if chosen is None:
        raise Refusal("slot_not_free", options=labels)
    option = slot_option(chosen)
    return Value(value=option.value, display=option.label)


def _at(folded: str, count: int) -> time | None:
    """The time of day that is said; a bare number counts as an hour where the list is shorter."""
    found = _TIME.search(folded)
    if found is not None:
        at, half = int(found["hour"]), found["minute"]
        minute = 30 if half == "ruoi" else int(half or 0)
    else:
        bare = re.fullmatch(r"\D*(\d{1,2})\D*", folded)
        if bare is None or int(bare[1]) <= count:
            return None
        at, minute = int(bare[1]), 0
    # Nobody comes to a counter at two in the night.
    if at < 7 or (_AFTERNOON.search(folded) and at < 12):
        at += 12
    return time(at, minute) if at < 24 and minute < 60 else None
