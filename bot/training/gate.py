"""What a new model must not lose: critical intents, entities, and the search's figures.

Both trainings, with and without the new examples, are judged by the messages that were there before: each is
understood by a model that has not seen it. So a correction can only fail the gate by harming what was right.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, Field

from bot.nlu.classifier import learn
from bot.nlu.entities import find_entities
from bot.nlu.reading import reading
from bot.nlu.spans import SpanModel, gives_way, overlap
from bot.training.examples import Example
from bot.training.project import Project
from common import yaml_files
from common.settings import ROOT

SEARCH_SECONDS = 600
_ANY_DAY = date(2000, 1, 1)


class Searching(BaseModel):
    """The questions that the search is measured on, and the figures that count."""

    questions: list[Path]
    figures: list[str]


class Settings(BaseModel):
    """What data/training/gate.yml says."""

    critical: list[str]
    tolerance: float = Field(ge=0)
    accuracy_tolerance: float = Field(ge=0)
    entity_tolerance: float = Field(0.0, ge=0)
    folds: int = Field(ge=2)
    search: Searching | None = None
    fillers: dict[str, str] = {}

    @classmethod
    def read(cls, project: Project) -> Settings:
        """The project's settings of the gate.

        Raises:
            OSError, pydantic.ValidationError: if the file is missing or wrong.
        """
        return cls.model_validate(yaml_files.read(project.gate))


class Figures(BaseModel):
    """How well messages are understood: accuracy over all, F1 of each intent, F1 of entities (0 to 1)."""

    accuracy: float
    f1: dict[str, float]
    entity_f1: float = 1.0


class _Asked(NamedTuple):
    """What came of the messages of one fold: (right, guessed) intents; entities right, wanted, told."""

    intents: list[tuple[str, str]]
    entities: Counter[str]


def cross_validated(known: Sequence[Example], added: Sequence[Example], folds: int) -> Figures:
    """Figures on `known`, each message understood by a model that has not seen it.

    Args:
        known: the messages that are asked.
        added: more examples to learn from, never asked.
        folds: how many trainings.
    """
    # What is added with entities says more of a message that is there already.
    of_added = {one.text for one in added}
    shuffled = list(known)
    random.Random(0).shuffle(shuffled)
    jobs = [(shuffled, list(added), of_added, fold, folds) for fold in range(folds)]
    with ProcessPoolExecutor(max_workers=2) as pool:
        asked = list(pool.map(_fold, jobs))
    counts = sum((one.entities for one in asked), Counter[str]())
    found = figures([pair for one in asked for pair in one.intents])
    sides = counts["wanted"] + counts["told"]
    return found.model_copy(update={"entity_f1": 2 * counts["right"] / sides if sides else 1.0})


def figures(pairs: Sequence[tuple[str, str]]) -> Figures:
    """Figures from (right, guessed) intents."""
    right = Counter(gold for gold, guess in pairs if gold == guess)
    wanted = Counter(gold for gold, _ in pairs)
    told = Counter(guess for _, guess in pairs)
    return Figures(
        accuracy=right.total() / max(1, len(pairs)),
        f1={name: 2 * right[name] / (wanted[name] + told[name]) for name in sorted(wanted)},
    )


def _fold(job: tuple[list[Example], list[Example], set[str], int, int]) -> _Asked:
    shuffled, added, of_added, fold, folds = job
    asked = shuffled[fold::folds]
    taught = [one for place, one in enumerate(shuffled) if place % folds != fold] + added
    model = learn([(one.text, one.intent) for one in taught])
    guessed = model.predict([reading(one.text) for one in asked]).argmax(axis=1)
    intents = [(one.intent, model.labels[guess]) for one, guess in zip(asked, guessed, strict=True)]
    spans = SpanModel.fit((one.text, one.entities) for one in taught) if _any(taught) else None
    entities = Counter[str]()
    for one in asked:
        if one.text not in of_added:
            entities += _entities(one, spans)
    return _Asked(intents, entities)


def _any(examples: Sequence[Example]) -> bool:
    return any(one.entities for one in examples)


def _entities(example: Example, spans: SpanModel | None) -> Counter[str]:
    """How many entities are found: wanted is what is annotated, and what the rules see elsewhere."""
    by_rule = {(one.start, one.end, one.entity) for one in find_entities(example.text, _ANY_DAY)}
    wanted = {(one.start, one.end, one.entity) for one in example.entities}
    wanted |= {one for one in by_rule if not any(overlap(one[:2], w[:2]) for w in wanted)}
    taken = [(start, end) for start, end, _ in by_rule]
    learnt = spans.find(example.text, taken, _ANY_DAY) if spans is not None else []
    told = {one for one in by_rule if not gives_way(one[:2], learnt)}
    told |= {(one.start, one.end, one.entity) for one in learnt}
    return Counter(right=len(wanted & told), wanted=len(wanted), told=len(told))


def losses(before: Figures, after: Figures, settings: Settings) -> list[str]:
    """One line for each figure of understanding that fell further than it may."""
    found = [
        f"{name}: F1 {before.f1[name]:.3f} → {after.f1.get(name, 0.0):.3f}"
        for name in settings.critical
        if name in before.f1 and after.f1.get(name, 0.0) < before.f1[name] - settings.tolerance
    ]
    if after.accuracy < before.accuracy - settings.accuracy_tolerance:
        found.append(f"accuracy: {before.accuracy:.4f} → {after.accuracy:.4f}")
    if after.entity_f1 < before.entity_f1 - settings.entity_tolerance:
        found.append(f"entities: F1 {before.entity_f1:.4f} → {after.entity_f1:.4f}")
    return found


def search_figures(project: Project, settings: Settings) -> dict[str, float]:
    """The search's figures with the project's data as it is now.

    Raises:
        subprocess.SubprocessError: if measuring fails.
    """
    if settings.search is None:
        return {}
    done = subprocess.run(  # noqa: S603 - our own command
        [
            *(sys.executable, "-m", "benchmarks.search", "--catalogue", "data/catalogue"),
            *("--questions", *map(str, settings.search.questions)),
        ],
        cwd=project.root,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=SEARCH_SECONDS,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    return {name: float(told[name]) for name in settings.search.figures}


def search_losses(before: dict[str, float], after: dict[str, float]) -> list[str]:
    """One line for each figure of the search that fell."""
    return [
        f"search {name}: {before[name]:.4f} → {after[name]:.4f}"
        for name in before
        if after[name] < before[name]
    ]
