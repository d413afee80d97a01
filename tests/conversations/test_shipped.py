"""Conversations on the shipped catalogue, as a newcomer's `make run` has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.player import Citizen, Script, load_scripts

SCRIPTS = load_scripts(Path(__file__).parent / "scripts" / "shipped")
pytestmark = pytest.mark.system


def test_there_are_at_least_forty() -> None:
    assert len(SCRIPTS) >= 40


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_conversation(citizen: Citizen, script: Script) -> None:
    citizen.play(script)
