"""Conversations on Zalo and Messenger, with the running system between fake platforms."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.phones import PHONES, Phone, Platforms
from tests.conversations.player import Script, load_scripts
from tests.conversations.system import System

WANTED = {
    "drafts: giving up is confirmed by button",
    "eforms: birth registration by the mother",
    "eforms: household business of a family shop",
    "eforms: the general e-form with papers now, later and of a wrong kind",
    "explaining: choice by a typed number",
    "filling: a choice by number starts the dossier",
    "filling: correction by number",
    "status: typed agreement sends, and the receipt leads to the status",
    "supplements: an officer asks for a field and a paper, the citizen gives just these",
    "talk: greeting offers what can be done",
}
SCRIPTS = [
    one for one in load_scripts(Path(__file__).parent / "scripts" / "shipped") if one.name in WANTED
]
# The first one also waits for the system to start.
pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


def test_the_scripts_are_there() -> None:
    assert {one.name for one in SCRIPTS} == WANTED


@pytest.mark.parametrize("phone", PHONES, ids=lambda phone: phone.channel)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_conversation(
    system: System, platforms: Platforms, phone: type[Phone], script: Script
) -> None:
    phone(system, platforms).play(script)
