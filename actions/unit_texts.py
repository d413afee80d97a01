"""What is said of one-stop units."""

from __future__ import annotations

from actions.texts import button
from actions.turn import Turn
from onestop.schemas import UnitsFound


def show_units(turn: Turn, found: UnitsFound) -> None:
    """The unit that was found, the day and the moment that were meant, or the hours of the week."""
    buttons = [button(one, "ask_opening_hours", value=one) for one in found.choices]
    if found.unit is not None and turn.tracker.active_loop_name != "dossier_form":
        buttons.append(button("Đặt lịch đến đó", "book_counter", value=found.unit.id))
    turn.show("opening_hours", found=found, buttons=buttons)
