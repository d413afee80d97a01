"""Conversations after the real records were imported; named so that pytest plays them last."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.player import Citizen, Script, load_scripts
from tests.conversations.system import System

SCRIPTS = load_scripts(Path(__file__).parent / "scripts" / "imported")
pytestmark = pytest.mark.system


def test_there_are_at_least_twenty() -> None:
    assert len(SCRIPTS) >= 20


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_conversation(imported: System, script: Script) -> None:
    Citizen(imported).play(script)
