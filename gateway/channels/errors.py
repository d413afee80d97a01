"""What may come of sending to a platform, and what is then to be done."""

from __future__ import annotations

from enum import StrEnum


class Remedy(StrEnum):
    """What to do with a message that a platform did not take."""

    RETRY = "retry"  # a passing fault: try again, with growing pauses
    SLOW_DOWN = "slow_down"  # too fast: nothing is sent on this channel for a while
    RENEW_TOKEN = "renew_token"  # noqa: S105 - the access token has ended: get a new one, try again
    UNREACHABLE = "unreachable"  # the citizen has blocked us or left
    CLOSED = "closed"  # we may not write in the chat any more: another way, or the next visit
    WAIT = "wait"  # not at this hour: try again in an hour
    GIVE_UP = "give_up"  # trying again cannot help: staff must see it

    @property
    def later(self) -> bool:
        """Whether another try may succeed."""
        return self in (Remedy.RETRY, Remedy.SLOW_DOWN, Remedy.RENEW_TOKEN, Remedy.WAIT)


def of_status(status: int) -> Remedy:
    """What to do after an answer that says nothing but its HTTP status: 429 (RFC 6585) is "too fast"."""
    return Remedy.SLOW_DOWN if status == 429 else Remedy.RETRY


class NotSentError(Exception):
    """A platform did not take a message.

    Args:
        remedy: what to do.
        reason: a short code for the log and staff, such as `zalo -230`; never what was said.
    """

    def __init__(self, remedy: Remedy, reason: str) -> None:
        super().__init__(reason)
        self.remedy, self.reason = remedy, reason
