"""What Rasa does by itself that the project is built around (docs/channels.md, rows "Rasa")."""

from __future__ import annotations

import inspect

import yaml
from rasa.core.lock_store import LOCK_LIFETIME
from rasa.core.tracker_store import FailSafeTrackerStore

from actions.onestop_client import PAUSE_SECONDS, TIMEOUT, TRIES
from common.settings import ROOT, settings

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


def test_an_action_gives_up_long_before_a_conversations_lock_ends() -> None:
    assert LOCK_LIFETIME == 60
    assert TIMEOUT.total
    assert TRIES * TIMEOUT.total + (TRIES - 1) * PAUSE_SECONDS < LOCK_LIFETIME / 3


def test_the_gateway_comes_again_while_the_lock_of_a_slow_turn_still_holds() -> None:
    assert settings().turn_timeout_seconds < LOCK_LIFETIME / 2


def test_rasa_fills_no_slot_of_a_form_so_none_is_validated_twice() -> None:
    assert DOMAIN["forms"]
    assert not any(form["required_slots"] for form in DOMAIN["forms"].values())
    assert not [one for one in DOMAIN["actions"] if str(one).startswith("validate_")]


def test_the_fail_safe_store_still_swallows_every_exception() -> None:
    """Why what must not be swallowed is no `Exception` (bot/aborted.py)."""
    for method in (FailSafeTrackerStore.save, FailSafeTrackerStore.retrieve):
        assert "except Exception" in inspect.getsource(method)
