"""Groups of messages that say much the same, found in a process of its own.

near      the groups, and what to call them
__main__  the process: messages in, groups out

It takes numbers and memory that the service has no other use for, and would hold up its answers meanwhile.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import NamedTuple

from common.settings import ROOT

SECONDS = 1800


class Message(NamedTuple):
    """A message to be grouped.

    Attributes:
        id: its turn's number.
        citizen: a number for who wrote it: one citizen's words count once.
        text: masked.
        counts: whether it makes groups, or only joins them (it is of the week before).
    """

    id: int
    citizen: int
    text: str
    counts: bool = True


class Cluster(NamedTuple):
    """A group: its most telling words, and its messages, the middle's text first."""

    name: str
    members: list[int]


class NotGroupedError(Exception):
    """The process failed; what it said may quote citizens, so only its status is told."""


def clusters(messages: Sequence[Message]) -> list[Cluster]:
    """The groups of messages, the largest first; what lies near to nothing is in none.

    Raises:
        NotGroupedError: if the process failed.
        subprocess.TimeoutExpired: if it took too long.
    """
    if not messages:
        return []
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", __name__],
        input=json.dumps(messages).encode(),
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=SECONDS,
    )
    if done.returncode:
        raise NotGroupedError(done.returncode)
    return [Cluster(*one) for one in json.loads(done.stdout)]
