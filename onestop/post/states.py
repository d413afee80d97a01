"""The states of what the post was asked for, and the steps between them."""

from __future__ import annotations

from typing import Literal

State = Literal[
    "requested", "collected", "at_unit", "sent_out", "delivered", "failed", "returned", "cancelled"
]
Service = Literal["deliver", "collect"]

# A parcel that nobody received is tried again or goes back to the unit.
_NEXT: dict[Service, dict[State, frozenset[State]]] = {
    "deliver": {
        "requested": frozenset({"sent_out", "cancelled"}),
        "sent_out": frozenset({"delivered", "failed", "returned"}),
        "failed": frozenset({"sent_out", "delivered", "returned"}),
    },
    "collect": {
        "requested": frozenset({"collected", "failed", "cancelled"}),
        "failed": frozenset({"collected", "requested", "cancelled"}),
        "collected": frozenset({"at_unit", "returned"}),
    },
}
STATES: tuple[State, ...] = (
    *("requested", "collected", "at_unit", "sent_out"),
    *("delivered", "failed", "returned", "cancelled"),
)


def may_follow(service: Service, present: State) -> frozenset[State]:
    """The states that may come next; none: it is over."""
    return _NEXT[service].get(present, frozenset())


def may_cancel(service: Service, present: State) -> bool:
    """Whether the citizen may still take it back: until the post holds the parcel."""
    return "cancelled" in may_follow(service, present)
