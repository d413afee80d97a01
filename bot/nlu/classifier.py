"""The intent classifier of the pipeline, and the several wishes that one message may hold."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.copies import copies
from bot.nlu.intent_model import REGULARISATION, IntentModel
from bot.nlu.reading import reading
from bot.nlu.wishes import find_wishes

RANKING = 5
"""Intents that are told with their confidence; more would only swell the stored events."""


def learn(
    examples: Sequence[tuple[str, str]],
    *,
    with_copies: bool = True,
    regularisation: float = REGULARISATION,
) -> IntentModel:
    """A model of (text, intent) pairs, and of generated copies of the texts."""
    texts, labels, groups = [], [], []
    for number, (text, intent) in enumerate(examples):
        made = copies(text, intent) if with_copies else [text]
        texts += [reading(copy) for copy in made]
        labels += [intent] * len(made)
        groups += [number] * len(made)
    model = IntentModel(regularisation)
    model.fit(texts, labels, groups)
    return model


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class VietnameseIntentClassifier(GraphComponent, IntentClassifier):
    """TF-IDF and linear SVM on accented and folded text, with calibrated confidences.

    Sets `intent`, `intent_ranking` and `wishes`: a list of {"intent", "confidence", "text"}, one for
    each thing that the message asks for, in its order. An action reads it from
    `tracker.latest_message["wishes"]`.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings in config.yml.

        `copies`: train on generated copies; `regularisation`: the SVM's C; `several`: the intents of
        which one message may hold several.
        """
        return {"copies": True, "regularisation": REGULARISATION, "several": []}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Makes Rasa train again when a file changes on which the model depends."""
        here = Path(__file__).parent
        files = [*sorted(here.rglob("*.py")), *sorted(here.rglob("*.yml"))]
        digest = hashlib.sha256(b"".join(file.read_bytes() for file in files))
        return digest.hexdigest()

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        model: IntentModel | None = None,
    ) -> None:
        self._config = config
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
    ) -> VietnameseIntentClassifier:
        """A component that is not trained yet."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples and their copies; keeps the model in the storage."""
        self._model = learn(
            [(one.get(TEXT), one.get(INTENT)) for one in training_data.intent_examples],
            with_copies=self._config["copies"],
            regularisation=self._config["regularisation"],
        )
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
    ) -> VietnameseIntentClassifier:
        """The trained component."""
        with model_storage.read_from(resource) as directory:
            return cls(config, model_storage, resource, IntentModel.load(directory))

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, ranking and wishes on every message."""
        for message in messages:
            self._understand(message)
        return messages

    def _understand(self, message: Message) -> None:
        text = unicodedata.normalize("NFC", message.get(TEXT) or "")
        ranking = self._rankings([text])[0]
        wishes = find_wishes(text, ranking, self._best, frozenset(self._config["several"]))
        likeliest = ranking[0][0]
        lead = next((wish for wish in wishes if wish["intent"] == likeliest), wishes[0])
        if lead["intent"] != likeliest or len(wishes) > 1:
            # A clear clause, or several, are no ambiguity: the whole message's own leads, or the first.
            left = 1 - lead["confidence"]
            others = [(name, min(p, left)) for name, p in ranking if name != lead["intent"]]
            ranking = [(lead["intent"], lead["confidence"]), *others]
        named = [{"name": name, "confidence": p} for name, p in ranking[:RANKING]]
        message.set(INTENT, named[0], add_to_output=True)
        message.set("intent_ranking", named, add_to_output=True)
        message.set("wishes", wishes, add_to_output=True)

    def _rankings(self, texts: Sequence[str]) -> list[list[tuple[str, float]]]:
        """The likeliest intents of each text, best first, with their confidences."""
        if self._model is None:
            raise RuntimeError("the intent classifier is not trained")
        probabilities = self._model.predict([reading(text) for text in texts])
        order = probabilities.argsort(axis=1)[:, ::-1][:, :RANKING]
        labels = self._model.labels
        return [
            [(labels[index], float(row[index])) for index in best]
            for row, best in zip(probabilities, order, strict=True)
        ]

    def _best(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        return [ranking[0] for ranking in self._rankings(texts)]
