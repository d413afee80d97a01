"""The pipeline of config.yml on a foreign data set: is the pipeline good, not only our data?

`python -m benchmarks.pipeline --train DIR --test DIR [--fold]`: each directory holds `seq.in` (tokens
with spaces between), `seq.out` (BIO tags) and `label` (an intent a line). Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.nlu import trained
from bot.nlu.sequence import OUTSIDE, spans
from bot.nlu.text import strip_accents

OURS = "RuleEntityExtractor"
"""Finds what is no slot of a foreign data set; left out of its score."""


def read(directory: Path) -> list[tuple[list[str], list[str], str]]:
    """(tokens, tags, intent) of each utterance in `directory`."""
    columns = [
        (directory / name).read_text(encoding="utf-8").splitlines()
        for name in ("seq.in", "seq.out", "label")
    ]
    return [
        (tokens.split(), tags.split(), label.strip())
        for tokens, tags, label in zip(*columns, strict=True)
        if tokens.strip()
    ]


def entities(tokens: list[str], tags: list[str]) -> list[dict[str, Any]]:
    """The tagged spans as Rasa annotates them, for tokens joined by single spaces."""
    starts = [sum(len(token) + 1 for token in tokens[:place]) for place in range(len(tokens))]
    return [
        {
            "start": starts[span.first],
            "end": starts[span.last] + len(tokens[span.last]),
            "entity": span.label,
            "value": " ".join(tokens[span.first : span.last + 1]),
        }
        for span in spans(tags)
    ]


def as_rasa(data: list[tuple[list[str], list[str], str]]) -> dict[str, Any]:
    """The data set as Rasa's JSON of NLU examples."""
    common = [
        {"text": " ".join(tokens), "intent": label, "entities": entities(tokens, tags)}
        for tokens, tags, label in data
    ]
    return {"rasa_nlu_data": {"common_examples": common}}


def tags_of(tokens: list[str], found: list[dict[str, Any]]) -> list[str]:
    """BIO tags of `tokens` (joined by single spaces) from entities that were found."""
    tags, position = [], 0
    for token in tokens:
        end = position + len(token)
        over = next((e for e in found if e["start"] < end and e["end"] > position), None)
        if over is None:
            tags.append(OUTSIDE)
        else:
            begins = over["start"] >= position or not tags
            tags.append(f"{'B' if begins else 'I'}-{over['entity']}")
        position = end + 1
    return tags


def scores(gold: list[list[str]], guessed: list[list[str]]) -> float:
    """F1 over whole spans, micro-averaged, as seqeval counts it."""
    right = wanted = told = 0
    for expected, given in zip(gold, guessed, strict=True):
        one, other = set(spans(expected)), set(spans(given))
        right, wanted, told = right + len(one & other), wanted + len(one), told + len(other)
    return 2 * right / (wanted + told) if wanted + told else 0.0


def main() -> None:
    """Train, parse the test set, print the scores."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--fold", action="store_true", help="take the accents away first")
    options = parser.parse_args()
    test = read(options.test)
    with TemporaryDirectory() as directory:
        nlu = Path(directory) / "nlu.json"
        nlu.write_text(json.dumps(as_rasa(read(options.train)), ensure_ascii=False), "utf-8")
        with trained(nlu) as (pipeline, train_s):
            guessed_tags, intents = [], []
            for tokens, _, _ in test:
                words = [strip_accents(token) for token in tokens] if options.fold else tokens
                parsed = pipeline.parse(" ".join(words))
                # Which intent is likeliest, whether or not it is sure enough to act upon.
                likeliest = [r["name"] for r in parsed["intent_ranking"]]
                intents.append(next(name for name in likeliest if name != "nlu_fallback"))
                found = [e for e in parsed["entities"] if e.get("extractor") != OURS]
                guessed_tags.append(tags_of(words, found))
    right = [guess == label for guess, (_, _, label) in zip(intents, test, strict=True)]
    whole = [
        ok and set(spans(tags)) == set(spans(guess))
        for ok, guess, (_, tags, _) in zip(right, guessed_tags, test, strict=True)
    ]
    figures = {
        "n": len(test),
        "fold": options.fold,
        "intent_accuracy": round(sum(right) / len(test), 4),
        "slot_f1": round(scores([tags for _, tags, _ in test], guessed_tags), 4),
        "sentence_accuracy": round(sum(whole) / len(test), 4),
        "train_s": round(train_s, 1),
        "load_s": round(pipeline.load_s, 2),
        "p50_ms": round(pipeline.p50_ms, 2),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
