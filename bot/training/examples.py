"""Training examples as Rasa keeps them: a text, what it wants, and the entities in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data

from bot.nlu.span_extractor import marked
from bot.nlu.spans import Marked


class Example(NamedTuple):
    """An example: its text without markup, its intent, its annotated entities in order."""

    text: str
    intent: str
    entities: tuple[Marked, ...] = ()

    @property
    def written(self) -> str:
        """As Rasa's YAML has it: `hạng [bê hai]{"entity": "licence_class", "value": "B2"}`."""
        pieces, position = [], 0
        for one in self.entities:
            said = self.text[one.start : one.end]
            facts = {"entity": one.entity, **({"value": one.value} if one.value != said else {})}
            pieces += [
                self.text[position : one.start],
                f"[{said}]{json.dumps(facts, ensure_ascii=False)}",
            ]
            position = one.end
        return "".join([*pieces, self.text[position:]])


def load(nlu: Path) -> list[Example]:
    """Every example of an intent in a Rasa NLU file, or in all of a directory."""
    return [
        Example(one.get(TEXT), one.get(INTENT), tuple(marked(one)))
        for one in load_data(str(nlu)).intent_examples
    ]
