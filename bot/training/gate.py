"""What a new model must not lose: critical intents and the search's figures.

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
from pathlib import Path

import yaml
from pydantic import BaseModel, Field

from bot.nlu.classifier import learn
from bot.nlu.reading import reading
from bot.training.project import Project
from common.settings import ROOT

Example = tuple[str, str]
SEARCH_SECONDS = 600


class Searching(BaseModel):
    """The questions that the search is measured on, and the figures that count."""

    questions: list[Path]
    figures: list[str]


class Settings(BaseModel):
    """What data/training/gate.yml says."""

    critical: list[str]
    tolerance: float = Field(ge=0)
    accuracy_tolerance: float = Field(ge=0)
    folds: int = Field(ge=2)
    search: Searching | None = None
    fillers: dict[str, str] = {}

    @classmethod
    def read(cls, project: Project) -> Settings:
        """The project's settings of the gate.

        Raises:
            OSError, pydantic.ValidationError: if the file is missing or wrong.
        """
        return cls.model_validate(yaml.safe_load(project.gate.read_text(encoding="utf-8")))


class Figures(BaseModel):
    """How well messages are understood: accuracy over all, F1 of each intent (0 to 1)."""

    accuracy: float
    f1: dict[str, float]


def cross_validated(known: Sequence[Example], added: Sequence[Example], folds: int) -> Figures:
    """Figures on `known`, each message understood by a model that has not seen it.

    Args:
        known: (text, intent) of the messages that are asked.
        added: more examples to learn from, never asked.
        folds: how many trainings.
    """
    shuffled = list(known)
    random.Random(0).shuffle(shuffled)
    jobs = [(shuffled, list(added), fold, folds) for fold in range(folds)]
    with ProcessPoolExecutor(max_workers=2) as pool:
        pairs = [pair for result in pool.map(_fold, jobs) for pair in result]
    return figures(pairs)


def figures(pairs: Sequence[tuple[str, str]]) -> Figures:
    """Figures from (right, guessed) intents."""
    right = Counter(gold for gold, guess in pairs if gold == guess)
    wanted = Counter(gold for gold, _ in pairs)
    told = Counter(guess for _, guess in pairs)
    return Figures(
        accuracy=right.total() / max(1, len(pairs)),
        f1={name: 2 * right[name] / (wanted[name] + told[name]) for name in sorted(wanted)},
    )


def _fold(job: tuple[list[Example], list[Example], int, int]) -> list[tuple[str, str]]:
    shuffled, added, fold, folds = job
    asked = shuffled[fold::folds]
    model = learn([one for place, one in enumerate(shuffled) if place % folds != fold] + added)
    guessed = model.predict([reading(text) for text, _ in asked]).argmax(axis=1)
    return [
        (intent, model.labels[guess]) for (_, intent), guess in zip(asked, guessed, strict=True)
    ]


def losses(before: Figures, after: Figures, settings: Settings) -> list[str]:
    """One line for each figure of understanding that fell further than it may."""
    found = [
        f"{name}: F1 {before.f1[name]:.3f} → {after.f1.get(name, 0.0):.3f}"
        for name in settings.critical
        if name in before.f1 and after.f1.get(name, 0.0) < before.f1[name] - settings.tolerance
    ]
    if after.accuracy < before.accuracy - settings.accuracy_tolerance:
        found.append(f"accuracy: {before.accuracy:.4f} → {after.accuracy:.4f}")
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
