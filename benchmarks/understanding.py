"""How well messages are understood: intents, entities, what is sent to the fallback, how fast.

`python -m benchmarks.understanding --nlu FILE.yml|DIR [--fold] [--typos SEED]`: trains the pipeline of
config.yml on data/nlu and asks it about the messages of FILE. `--cross-validate` instead trains and asks
in five folds of FILE's own messages. Entities are compared where the file annotates them
(`[12/5/1990](date)`). Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.nlu import Pipeline, as_typed, trained
from bot.training import examples, gate
from bot.training.examples import Example
from common.settings import ROOT

FOLDS = 5
FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"


@contextmanager
def pipelines(
    messages: list[Example], *, cross_validate: bool
) -> Iterator[Iterator[tuple[Pipeline, list[Example]]]]:
    """Trained pipelines, each with the messages that it has not seen."""

    def of_folds() -> Iterator[tuple[Pipeline, list[Example]]]:
        shuffled = messages.copy()
        random.Random(0).shuffle(shuffled)
        for fold in range(FOLDS):
            asked = shuffled[fold::FOLDS]
            known = [m for place, m in enumerate(shuffled) if place % FOLDS != fold]
            with TemporaryDirectory() as directory:
                nlu = Path(directory) / "nlu.json"
                common = [{"text": one.text, "intent": one.intent} for one in known]
                nlu.write_text(json.dumps({"rasa_nlu_data": {"common_examples": common}}), "utf-8")
                with trained(nlu) as (pipeline, _):
                    yield pipeline, asked

    def of_project() -> Iterator[tuple[Pipeline, list[Example]]]:
        with trained(ROOT / "data" / "nlu") as (pipeline, _):
            yield pipeline, messages

    yield of_folds() if cross_validate else of_project()


def measure(
    nlu: Path, *, fold: bool = False, typos: int | None = None, cross_validate: bool = False
) -> dict[str, Any]:
    """The figures of one run.

    Args:
        nlu: Rasa NLU file or directory with the messages to understand.
        fold: take their accents away first.
        typos: seed of one typo in each message, none if None.
        cross_validate: train on the other folds of the same messages, not on data/nlu.
    """
    messages = examples.load(nlu)
    gold: list[str] = []
    likeliest: list[str] = []
    decided: list[str] = []
    times: list[float] = []
    right = wanted = told = 0
    with pipelines(messages, cross_validate=cross_validate) as runs:
        for pipeline, asked in runs:
            plain = as_typed([one.text for one in asked], fold=fold, typos=typos)
            for typed, one in zip(plain, asked, strict=True):
                parsed = pipeline.parse(typed)
                gold.append(one.intent)
                decided.append(parsed["intent"]["name"])
                ranked = (each["name"] for each in parsed["intent_ranking"])
                likeliest.append(next(name for name in ranked if name != FALLBACK))
                annotated = Counter(marked.entity for marked in one.entities)
                if annotated:
                    found = Counter(each["entity"] for each in parsed["entities"])
                    right += (annotated & found).total()
                    wanted, told = wanted + annotated.total(), told + found.total()
            times += pipeline.times
    inside = [place for place, name in enumerate(gold) if name != OUT_OF_SCOPE]
    outside = [place for place, name in enumerate(gold) if name == OUT_OF_SCOPE]
    accepted = [place for place in inside if decided[place] != FALLBACK]
    wrongly = [place for place in outside if decided[place] not in (OUT_OF_SCOPE, FALLBACK)]
    return {
        "n": len(gold),
        "fold": fold,
        "typos": typos,
        "cross_validate": cross_validate,
        "intent_accuracy": _share(sum(a == b for a, b in zip(gold, likeliest, strict=True)), gold),
        "macro_f1": round(
            fmean(gate.figures(list(zip(gold, likeliest, strict=True))).f1.values()), 4
        ),
        "entity_f1": round(2 * right / (wanted + told), 4) if wanted else None,
        "fallback": _share(len(inside) - len(accepted), inside),
        "right_when_accepted": _share(sum(gold[p] == decided[p] for p in accepted), accepted),
        "out_of_scope_accepted": _share(len(wrongly), outside),
        "p50_ms": round(sorted(times)[len(times) // 2] * 1000, 2),
    }


def _share(part: int, whole: list[Any]) -> float:
    return round(part / len(whole), 4) if whole else 0.0


def main() -> None:
    """Measure as asked for, print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nlu", type=Path, required=True)
    parser.add_argument("--fold", action="store_true", help="take the accents away first")
    parser.add_argument("--typos", type=int, metavar="SEED", help="one typo in each message")
    parser.add_argument("--cross-validate", action="store_true", help="five folds of FILE itself")
    options = parser.parse_args()
    print(
        json.dumps(
            measure(
                options.nlu,
                fold=options.fold,
                typos=options.typos,
                cross_validate=options.cross_validate,
            )
        )
    )


if __name__ == "__main__":
    main()
