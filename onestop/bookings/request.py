"""The request for a counter time, and the one to give it up."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from common.settings import settings
from common.tenant import OpeningHours, tenant
from common.wording import hour, weekday
from onestop.bookings import reading, service, slots
from onestop.bookings.models import Booking
from onestop.bookings.slots import Slot
from onestop.dossiers import lookup
from onestop.eforms.answers import Answers, Refusal, Value
from onestop.eforms.definition import EForm, Field, FieldType, Option
from onestop.requests.kind import Context, Kind, RequestRefused
from onestop.requests.schemas import RequestDone
from onestop.units import hours
from onestop.units.directory import Directory
from onestop.units.request import COMMUNE, read_unit

DAY, SLOT = "day", "slot"


def facts(booking: Booking) -> dict[str, Any]:
    """A booking as it is told."""
    place = Directory(tenant()).place(booking.unit)
    return {
        "code": booking.code,
        "unit": place.name,
        "address": place.address,
        "verified": place.verified,
        "day": weekday(booking.day),
        "begin": hour(booking.begin),
        "end": hour(booking.end),
        "purpose": booking.details["purpose"],
    }


class BookingRequest(Kind):
    """Where, on which day, at what time, for what, and who."""

    name = "booking"

    def _week(self, answers: Answers) -> Sequence[OpeningHours]:
        return Directory(tenant()).opening_hours(str(answers[COMMUNE].value))

    def _free(self, context: Context, answers: Answers) -> dict[date, list[Slot]]:
        if COMMUNE not in answers:
            return {}
        unit, rules = str(answers[COMMUNE].value), tenant().units.booking
        return slots.free(context.session, unit, self._week(answers), rules, context.moment)

    def form(self, context: Context, answers: Answers) -> EForm:
        """Days and slots are choices among what is free."""
        free = self._free(context, answers)
        chosen = date.fromisoformat(str(answers[DAY].value)) if DAY in answers else None
        offered: dict[str, list[Option]] = {
            DAY: [reading.day_option(day) for day in free],
            SLOT: [reading.slot_option(one) for one in free.get(chosen, [])] if chosen else [],
        }
        return self.base.model_copy(
            update={
                "fields": [
                    one.model_copy(update={"type": FieldType.CHOICE, "options": offered[one.id]})
                    if offered.get(one.id)
                    else one
                    for one in self.base.fields
                ]
            }
        )

    def read(self, context: Context, field: Field, text: str, answers: Answers) -> Value | None:
        """Places, days and times in the words of citizens."""
        if field.id == COMMUNE:
            return read_unit(text)
        if field.id == DAY:
            free = list(self._free(context, answers))
            if not free:
                raise Refusal("no_day_free")
            return reading.read_booking_day(text, context.today, free)
        if field.id == SLOT:
            day = date.fromisoformat(str(answers[DAY].value))
            return reading.read_booking_slot(text, self._free(context, answers).get(day, []))
        return None

    def opening(self, context: Context, text: str) -> dict[str, Value]:
        """ "đặt lịch thứ 5 ở phường Phủ Lý" tells the place and the day."""
        told: dict[str, Value] = {}
        directory = Directory(tenant())
        units = directory.find(text)
        if len(units) == 1:
            told[COMMUNE] = Value(value=units[0], display=directory.place(units[0]).name)
            day = hours.read_day(text, context.today)
            if day is not None and day in self._free(context, told):
                told[DAY] = Value(value=day.isoformat(), display=weekday(day))
        return told

    def stale(self, context: Context, answers: Answers) -> list[str]:
        """A day or a slot that is no longer free, or is of another place."""
        if DAY not in answers:
            return [SLOT] if SLOT in answers else []
        free = self._free(context, answers)
        day = date.fromisoformat(str(answers[DAY].value))
        if day not in free:
            return [DAY]
        begins = [f"{one.begin:%H:%M}" for one in free[day]]
        return [SLOT] if SLOT in answers and answers[SLOT].value not in begins else []

    def submit(self, context: Context, answers: Answers) -> RequestDone:
        """Book it.

        Raises:
            RequestRefused: slot_full or too_many_bookings.
        """
        rules = tenant().units.booking
        day = date.fromisoformat(str(answers[DAY].value))
        begin = time.fromisoformat(str(answers[SLOT].value))
        slot = next(
            one for one in slots.slots(self._week(answers), rules, day) if one.begin == begin
        )
        try:
            booking = service.book(
                context.session,
                owner=context.asker,
                unit=str(answers[COMMUNE].value),
                day=day,
                slot=slot,
                details={one: str(answers[one].value) for one in ("name", "phone", "purpose")},
                rules=rules,
            )
        except service.CannotBook as error:
            reopen = (SLOT,) if error.reason == "slot_full" else ()
            raise RequestRefused(error.reason, *reopen, most=rules.per_phone) from error
        return RequestDone(code=booking.code, facts=facts(booking))


class CancellationRequest(Kind):
    """Give a booking up: its code and the telephone that it was booked with."""

    name = "booking-cancellation"
    confirm = False

    def read(self, context: Context, field: Field, text: str, answers: Answers) -> Value | None:
        """The code in its own spelling."""
        if field.id != "code":
            return None
        code = service.read_code(text)
        if code is None:
            raise Refusal("booking_code_unclear")
        return Value(value=code, display=code)

    def submit(self, context: Context, answers: Answers) -> RequestDone:
        """Cancel it, if the telephone is right; wrong ones are counted as for a dossier's status.

        Raises:
            RequestRefused: not_found or locked.
        """
        config = settings()
        limits = lookup.Limits(
            config.lookup_max_attempts, timedelta(minutes=config.lookup_lock_minutes)
        )
        code, key = str(answers["code"].value), service.phone_key(str(answers["phone"].value))

        def reveal() -> Booking | None:
            try:
                booking = service.find(context.session, code)
            except service.NotFound:
                return None
            return booking if hmac.compare_digest(booking.phone_key, key) else None

        found = lookup.guarded(context.session, context.asker, code, limits, reveal)
        if isinstance(found, lookup.Refused):
            until = found.locked_until.isoformat() if found.locked_until is not None else None
            raise RequestRefused(
                found.reason,
                "code",
                "phone",
                keep=True,
                locked_until=until,
                left=found.attempts_left,
            )
        service.cancel(context.session, code)
        return RequestDone(code=code, facts=facts(found))
