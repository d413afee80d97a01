"""Rasa repeats its fallback action for good where no rule fits: every intent must have its rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.dossier_form import ANSWERS
from actions.form_commands import COMMANDS
from actions.status_form import LEAVING, OWN_INTENTS
from common.settings import ROOT

DOMAIN = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = [
    rule
    for path in sorted(Path(ROOT / "data/rules").glob("*.yml"))
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
]


def loop_of(rule: dict[str, Any]) -> str | None:
    """The loop in which a rule holds."""
    for condition in rule.get("condition", []):
        if "active_loop" in condition:
            return condition["active_loop"]  # type: ignore[no-any-return]
    return None


def intents_ruled(loop: str | None) -> set[str]:
    """The intents that have a rule in a loop."""
    ruled = set()
    for rule in RULES:
        first = rule["steps"][0]
        for step in first.get("or", [first]):
            if loop_of(rule) == loop and "intent" in step:
                ruled.add(step["intent"])
    return ruled


# What each loop takes itself and never leaves to the rules.
TAKEN = {
    None: {"nlu_fallback"},
    "dossier_form": ANSWERS | set(COMMANDS),
    "status_form": OWN_INTENTS | LEAVING,
}


@pytest.mark.parametrize("loop", [None, "dossier_form", "status_form"])
def test_after_asking_back_something_certain_follows(loop: str | None) -> None:
    assert any(
        rule["steps"][0] == {"action": "action_clarify"} for rule in RULES if loop_of(rule) == loop
    )


@pytest.mark.parametrize("loop", [None, "dossier_form"])
def test_every_intent_has_a_rule(loop: str | None) -> None:
    assert set(DOMAIN["intents"]) - intents_ruled(loop) - TAKEN[loop] <= {"upload"}


def test_every_action_of_a_rule_exists() -> None:
    known = {*DOMAIN["actions"], *DOMAIN["responses"], *DOMAIN["forms"], "action_listen"}
    used = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    assert used <= known


def test_every_action_of_the_domain_is_run_by_the_action_server() -> None:
    from actions.__main__ import TOPICS

    served = {action.action_name for topic in TOPICS for action in topic.ACTIONS}
    assert served == set(DOMAIN["actions"])


def test_what_the_status_loop_leaves_has_a_rule_or_is_asked_back() -> None:
    left = set(DOMAIN["intents"]) - intents_ruled("status_form") - TAKEN["status_form"]
    # Commands to the other form: asked back, then the status loop's own question again.
    assert left <= set(COMMANDS) | {"upload"}
