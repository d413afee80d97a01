"""When the assistant rather asks back: an unsure message, or one that may well be none of its business."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.intent_model import OUTSIDE


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class CautiousFallbackClassifier(FallbackClassifier):
    """Rasa's fallback, and one more reason for it: `out_of_scope` is a plausible rival.

    An answer to a question that nobody asked an office costs a citizen more than one question back. A
    threshold alone refuses as many good messages to keep as many strange ones out (docs/understanding.md).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's settings, and `doubt`: the rival's share of the likeliest intent's confidence."""
        return {**FallbackClassifier.get_default_config(), "doubt": 1.0}

    def _should_fallback(self, message: Message) -> bool:
        return super()._should_fallback(message) or self._doubtful(message)

    def _doubtful(self, message: Message) -> bool:
        lead = message.get(INTENT)
        rival = next(
            (one for one in message.get(INTENT_RANKING_KEY) if one["name"] == OUTSIDE), None
        )
        if rival is None or lead["name"] == OUTSIDE:
            return False
        return bool(rival["confidence"] >= self.component_config["doubt"] * lead["confidence"])
