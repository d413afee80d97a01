"""Book and cancel. Places and bookings of a telephone are counted under a lock."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from common.database import insert_if_absent, now
from common.settings import settings
from common.tenant import Booking as Rules
from common.tenant import tenant
from common.wording import hour, weekday
from onestop import notices
from onestop.bookings.models import Booking, BookingLock
from onestop.bookings.slots import Slot
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.submission import next_number
from onestop.units.directory import Directory

_CODE = re.compile(r"LH\W*(\d{6})\W*(\d{4})(?!\d)")
_SERIES = "LH"  # lịch hẹn


class CannotBook(Exception):
    """No place: `slot_full`, or `too_many_bookings` of one telephone."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(LookupError):
    """No such booking, or not of who asks."""


def read_code(text: str) -> str | None:
    """The booking code in a text, in its own spelling: "lh 261130 0007" → "LH261130-0007"."""
    found = _CODE.search(text.upper())
    return f"LH{found[1]}-{found[2]}" if found else None


def phone_key(phone: str) -> str:
    """What stands for a telephone number where bookings are counted: keyed, so that it tells nothing."""
    secret = settings().internal_token.get_secret_value().encode()
    return hmac.new(secret, f"booking:{phone}".encode(), hashlib.sha256).hexdigest()


def _lock(session: Session, *keys: str) -> None:
    """Wait until no other transaction counts under these keys; always in one order."""
    for key in sorted(keys):
        insert_if_absent(session, BookingLock, key=key)
        session.get_one(BookingLock, key, with_for_update=True, populate_existing=True)


def book(
    session: Session,
    *,
    owner: str,
    unit: str,
    day: date,
    slot: Slot,
    details: dict[str, str],
    rules: Rules,
) -> Booking:
    """Book a place; a repeat of the same telephone for the same time gives the booking that there is.

    Args:
        details: name, phone (digits) and purpose.
        rules: the unit's places and the limit of one telephone.

    Raises:
        CannotBook: if the slot is full, or the telephone holds as many as it may.
    """
    phone = phone_key(details["phone"])
    _lock(session, f"slot:{unit}:{day}:{slot.begin}", f"phone:{phone}")
    upcoming = select(Booking).where(
        Booking.phone_key == phone,
        Booking.state == "booked",
        Booking.day >= now().astimezone(VIETNAM).date(),
    )
    held = session.scalars(upcoming).all()
    for one in held:
        if (one.unit, one.day, one.begin, one.owner) == (unit, day, slot.begin, owner):
            return one
    if len(held) >= rules.per_phone:
        raise CannotBook("too_many_bookings")
    count = select(func.count()).where(
        Booking.unit == unit,
        Booking.day == day,
        Booking.begin == slot.begin,
        Booking.state == "booked",
    )
    if (session.scalar(count) or 0) >= rules.places:
        raise CannotBook("slot_full")
    number = next_number(session, _SERIES, datetime.combine(day, time(12), tzinfo=VIETNAM))
    booking = Booking(
        code=f"{_SERIES}{day:%y%m%d}-{number:04}",
        owner=owner,
        unit=unit,
        day=day,
        begin=slot.begin,
        end=slot.end,
        details=details,
        phone_key=phone,
    )
    session.add(booking)
    session.flush()
    return booking


def upcoming(session: Session, owner: str, moment: datetime) -> list[Booking]:
    """The owner's bookings from today on, soonest first."""
    today = moment.astimezone(VIETNAM).date()
    query = (
        select(Booking)
        .where(Booking.owner == owner, Booking.state == "booked", Booking.day >= today)
        .order_by(Booking.day, Booking.begin)
    )
    return list(session.scalars(query))


def find(session: Session, code: str) -> Booking:
    """The booking of that code, its row locked.

    Raises:
        NotFound: if there is none.
    """
    booking = session.scalar(select(Booking).where(Booking.code == code).with_for_update())
    if booking is None:
        raise NotFound(code)
    return booking


def cancel(session: Session, code: str, owner: str | None = None) -> Booking:
    """Cancel a booking; its place is free again. A repeat is harmless.

    Args:
        owner: who cancels; `None`: someone whose right to it was checked before.

    Raises:
        NotFound: if there is none, or it is another owner's.
    """
    booking = find(session, code)
    if owner is not None and booking.owner != owner:
        raise NotFound(code)
    if booking.state == "booked":
        booking.state, booking.cancelled_at = "cancelled", now()
    return booking


def tell(
    session: Session, booking: Booking, template: str, *, key: str | None = None, **more: str
) -> bool:
    """Tell the owner of a booking something about it, once for a key; whether it was kept now."""
    place = Directory(tenant()).place(booking.unit)
    return notices.tell(
        session,
        booking.owner,
        template,
        key=key,
        code=booking.code,
        unit=place.name,
        address=place.address,
        day=weekday(booking.day),
        begin=hour(booking.begin),
        **more,
    )
