"""What kind of message goes to a platform; some have rules for each."""

from __future__ import annotations

from enum import StrEnum


class Manner(StrEnum):
    """What a message is."""

    ANSWER = "answer"  # to what the citizen said last
    NOTICE = "notice"  # nobody has asked for it
    PERSON = "person"  # of staff, after the time in which anybody may write
