"""What the guide for citizens tells them to type is understood as it promises, and its pictures are there."""

from __future__ import annotations

import pytest
from PIL import Image

from tests.conversations.guide import GUIDE, SCRIPTS, phrases, pictures
from tests.conversations.player import Citizen, Script
from tests.conversations.system import System

LARGEST, ALL = 60_000, 700_000  # bytes


def test_every_picture_is_there_small_and_taken_by_the_script() -> None:
    shown = pictures()
    taken = {step["shot"] for script in SCRIPTS for step in script.steps if "shot" in step}
    assert {name.removeprefix("images/").removesuffix(".png") for name in shown} == {
        *taken,
        "mo-trang",
    }
    sizes = [(GUIDE.parent / name).stat().st_size for name in shown]
    assert max(sizes) < LARGEST
    assert sum(sizes) < ALL
    for name in shown:
        with Image.open(GUIDE.parent / name) as picture:
            assert picture.mode == "P"


def test_every_phrase_of_the_guide_is_played() -> None:
    said = {step["say"] for script in SCRIPTS for step in script.steps if "say" in step}
    assert phrases() - said == set()
    assert len(phrases()) > 20


@pytest.mark.system
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_what_the_guide_promises(paid_system: System, script: Script) -> None:
    Citizen(paid_system).play(script)
