"""Book a counter time, and give it up."""

from __future__ import annotations

from actions.onestop_client import OnestopRefusal
from actions.requests import LOOP, begin, leave
from actions.texts import button
from actions.turn import Events, TopicAction, Turn


class BookCounter(TopicAction):
    """Begin to book; what is booked already is told first."""

    action_name = "action_book_counter"

    async def act(self, turn: Turn) -> Events:
        """Hand over to the loop of requests."""
        held = await turn.service.bookings(turn.owner)
        if held:
            buttons = [
                button(f"Hủy lịch {one.code}", "cancel_booking", value=one.code) for one in held
            ]
            turn.show("booking_held", held=held, buttons=buttons)
        return begin("booking")


class CancelBooking(TopicAction):
    """Give up a booking: of this conversation at once, of any other by its code and telephone."""

    action_name = "action_cancel_booking"

    async def act(self, turn: Turn) -> Events:
        """Which one, by what is said and known."""
        held = await turn.service.bookings(turn.owner)
        said = turn.entity("value") if turn.button else None
        chosen = [one for one in held if one.code == said]
        if chosen:
            return await self._cancel(turn, chosen[0].code)
        if not held:
            return begin("booking-cancellation")
        buttons = [button(f"Hủy lịch {one.code}", "cancel_booking", value=one.code) for one in held]
        turn.show("booking_which", held=held, buttons=buttons)
        return []

    async def _cancel(self, turn: Turn, code: str) -> Events:
        try:
            done = await turn.service.cancel_booking(turn.owner, code)
        except OnestopRefusal:
            turn.show("request_refused", code="not_found", problem={})
            return []
        turn.show("request_done_booking_cancellation", done=done)
        if turn.tracker.active_loop_name == LOOP:
            return leave()
        return []


ACTIONS = (BookCounter, CancelBooking)
