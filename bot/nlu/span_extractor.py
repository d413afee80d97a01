"""The extractor of the pipeline for entities that are annotated in the training data."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.sequence import OUTSIDE, SequenceModel, spans

FILE = "sequence.crfsuite"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SpanEntityExtractor(GraphComponent, EntityExtractorMixin):
    """A CRF over accented and folded words (`bot.nlu.sequence`).

    Without annotated examples it learns nothing, costs nothing and finds nothing.
    """

    def __init__(
        self, model_storage: ModelStorage, resource: Resource, model: SequenceModel | None = None
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
        if not training_data.entity_examples:
            return self._resource
        sentences, tags = [], []
        for example in training_data.training_examples:
            tokens: list[Token] = example.get(TOKENS_NAMES[TEXT])
            if tokens:
                sentences.append([token.text for token in tokens])
                tags.append(_tags(tokens, example.get(ENTITIES) or []))
        self._model = SequenceModel.fit(sentences, tags)
        with self._storage.write_to(self._resource) as directory:
            (directory / FILE).write_bytes(self._model.content)
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
                content = (directory / FILE).read_bytes()
        except ValueError:  # Rasa's word for a resource that was never written
            return cls(model_storage, resource)
        return cls(model_storage, resource, SequenceModel(content))

    def process(self, messages: list[Message]) -> list[Message]:
        """Add what the CRF marks to the entities of every message."""
        if self._model is None:
            return messages
        for message in messages:
            tokens: list[Token] = message.get(TOKENS_NAMES[TEXT]) or []
            marks = self._model.tag([token.text for token in tokens]) if tokens else []
            text = message.get(TEXT)
            found = []
            for span in spans(marks):
                start, end = tokens[span.first].start, tokens[span.last].end
                found.append(
                    {
                        "entity": span.label,
                        "start": start,
                        "end": end,
                        "value": text[start:end],
                        "extractor": type(self).__name__,
                    }
                )
            message.set(ENTITIES, (message.get(ENTITIES) or []) + found, add_to_output=True)
        return messages


def _tags(tokens: list[Token], entities: list[dict[str, Any]]) -> list[str]:
    """BIO tags of `tokens` from annotated entities (start and end in characters, end exclusive)."""
    tags = [OUTSIDE] * len(tokens)
    for entity in entities:
        inside = [
            place
            for place, token in enumerate(tokens)
            if token.start >= entity["start"] and token.end <= entity["end"]
        ]
        for place in inside:
            tags[place] = f"{'B' if place == inside[0] else 'I'}-{entity['entity']}"
    return tags
