"""The extractor of the pipeline for entities that are annotated in the training data."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.extractor import ZONE
from bot.nlu.spans import Marked, SpanModel, gives_way


def marked(message: Message) -> list[Marked]:
    """The entities that an example is annotated with."""
    found = message.get(ENTITIES) or []
    return [Marked(one["start"], one["end"], one["entity"], str(one["value"])) for one in found]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SpanEntityExtractor(GraphComponent, EntityExtractorMixin):
    """A CRF over accented and folded words (`bot.nlu.spans`), beside the rules.

    Without annotated examples it learns nothing, costs nothing and finds nothing.
    """

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, model: SpanModel | None = None
    ) -> None:
        self._storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpanEntityExtractor:
        """A component that is not trained yet."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the annotated examples, if there are any; keeps the model in the storage."""
        if training_data.entity_examples:
            examples = [one for one in training_data.training_examples if one.get(TEXT)]
            self._model = SpanModel.fit((one.get(TEXT), marked(one)) for one in examples)
            with self._storage.write_to(self._resource) as directory:
                self._model.save(directory)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SpanEntityExtractor:
        """The trained component, or one that finds nothing if there was nothing to learn."""
        try:
            with model_storage.read_from(resource) as directory:
                return cls(model_storage, resource, SpanModel.load(directory))
        except ValueError:  # Rasa's word for a resource that was never written
            return cls(model_storage, resource)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what the CRF marks to the entities of every message."""
        if self._model is None:
            return messages
        today = datetime.now(ZONE).date()
        for message in messages:
            there = message.get(ENTITIES) or []
            taken = [(one["start"], one["end"]) for one in there]
            found = self._model.find(message.get(TEXT) or "", taken, today)
            kept = [one for one in there if not gives_way((one["start"], one["end"]), found)]
            learnt = [{**one._asdict(), "extractor": type(self).__name__} for one in found]
            message.set(ENTITIES, kept + learnt, add_to_output=True)
        return messages
