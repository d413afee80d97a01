"""When the assistant asks back instead of acting."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.fallback import CautiousFallbackClassifier


def decided(*ranking: tuple[str, float], **settings: Any) -> str:
    """The intent after the fallback classifier has seen `ranking`, likeliest first."""
    config = {**CautiousFallbackClassifier.get_default_config(), **settings}
    named = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    message = Message(data={"intent": named[0], "intent_ranking": named})
    CautiousFallbackClassifier(config).process([message])
    name: str = message.get("intent")["name"]
    return name


SETTINGS = {"threshold": 0.5, "ambiguity_threshold": 0.05, "doubt": 0.1}


@pytest.mark.parametrize(
    ("ranking", "expected"),
    [
        ([("ask_fee", 0.9), ("out_of_scope", 0.08)], "ask_fee"),
        ([("ask_fee", 0.9), ("out_of_scope", 0.095)], "nlu_fallback"),
        ([("ask_fee", 0.6), ("pay", 0.3), ("out_of_scope", 0.07)], "nlu_fallback"),
        ([("ask_fee", 0.6), ("pay", 0.3)], "ask_fee"),
        ([("ask_fee", 0.4), ("pay", 0.3)], "nlu_fallback"),
        ([("out_of_scope", 0.6), ("ask_fee", 0.3)], "out_of_scope"),
    ],
)
def test_a_message_that_may_well_be_none_of_its_business_is_asked_back(
    ranking: list[tuple[str, float]], expected: str
) -> None:
    assert decided(*ranking, **SETTINGS) == expected


def test_without_a_doubt_in_the_settings_only_a_likelier_rival_counts() -> None:
    ranking = [("ask_fee", 0.52), ("out_of_scope", 0.46)]
    assert decided(*ranking, threshold=0.5, ambiguity_threshold=0.05) == "ask_fee"
