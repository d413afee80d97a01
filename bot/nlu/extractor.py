"""The extractor of the pipeline for what can be told by its shape (`bot.nlu.entities`)."""

from __future__ import annotations

import unicodedata
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.entities import find_entities

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class RuleEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Adds dossier and procedure codes, IDs, phones, e-mails, dates, money, percent, licence classes.

    An entity's value is normalised: digits without spaces, dates as ISO 8601, money in đồng.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> RuleEntityExtractor:
        """The component; it has nothing to learn."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what is found to the entities of every message."""
        today = datetime.now(ZONE).date()
        for message in messages:
            text = unicodedata.normalize("NFC", message.get(TEXT) or "")
            found = [
                {
                    "entity": one.entity,
                    "start": one.start,
                    "end": one.end,
                    "value": one.value,
                    "extractor": type(self).__name__,
                }
                for one in find_entities(text, today)
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
