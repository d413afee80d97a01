"""A turn that comes to nothing as a whole, and is played again later.

Rasa swallows every error of an action or of a tracker store and goes on without: the citizen's answer would
be lost, or the conversation begun anew. So these are no `Exception`: they pass through Rasa to the channel,
and nothing of the turn is stored.

TurnAborted
├── ActionsAway   the action server cannot be reached
├── StoreAway     the tracker's database does not answer
└── TurnTaken     another Rasa server has played the turn meanwhile
"""

from __future__ import annotations


class TurnAborted(BaseException):
    """A turn that came to nothing."""


class ActionsAway(TurnAborted):
    """The action server cannot be reached."""


class StoreAway(TurnAborted):
    """The tracker's database does not answer."""


class TurnTaken(TurnAborted):
    """Another Rasa server has played the turn meanwhile; its replies count."""
