"""A made-up data set of travel questions, as large as the foreign one that is kept aside.

`python -m benchmarks.standin DIR [--seed N]` writes DIR/train and DIR/test (4,478 and 893 utterances, 24
intents, 82 slots) for `benchmarks.pipeline`. The sentences are drawn from phrases, so they are easier than
people's: what it measures are times, memory and which of two settings is better, never how good either is.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from common import yaml_files

SIZES = {"train": 4478, "test": 893}
TAIL = 400
"""Names that few utterances hold, so that a value alone does not give its slot away."""

DATA: dict[str, Any] = yaml_files.read(Path(__file__).with_suffix(".yml"))


class Language:
    """The words of one made-up data set: names, the slots' phrases, what each intent talks of."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._syllables = [first + rest for first in DATA["onsets"] for rest in DATA["rhymes"]]
        self._kinds = {slot: kind for kind, slots in DATA["shared"].items() for slot in slots}
        self._kinds |= {slot: slot for slot in DATA["single"]}
        self._values = {kind: self._lexicon(kind) for kind in sorted({*self._kinds.values()})}
        self.slots = sorted(self._kinds)
        self._leads = {slot: self._phrases(slot) for slot in self.slots}
        self._intents: list[str] = DATA["intents"]
        self._topics = {one: [self._words(1, 3) for _ in range(6)] for one in self._intents}
        self._usual = {one: chance.sample(self.slots, 14) for one in self._intents}

    def _words(self, least: int, most: int) -> str:
        count = self._chance.randint(least, most)
        return " ".join(self._chance.choice(self._syllables) for _ in range(count))

    def _lexicon(self, kind: str) -> list[str]:
        known = {
            **DATA["values"],
            "hour": [f"{one} giờ" for one in range(1, 24)],
            "code": [f"{self._chance.choice('ABQV')}{n}" for n in range(100, 180)],
            "money": [f"{n} nghìn đồng" for n in range(100, 990, 30)],
        }
        tail = TAIL if kind in ("city", "name", "station") else 0
        return list(known.get(kind, ())) + [self._words(1, 3) for _ in range(tail or 12)]

    def _phrases(self, slot: str) -> list[str]:
        """What stands before a value; some leads serve several slots of one kind."""
        own = DATA["leads"].get(slot.partition(".")[0])
        return ([own] * 3 if own else []) + [self._words(1, 2) for _ in range(2)] + [""]

    def utterance(self) -> tuple[list[str], list[str], str]:
        """(tokens, BIO tags, intent)."""
        chance = self._chance
        intent = self._intents[min(int(chance.expovariate(0.35)), len(self._intents) - 1)]
        pieces: list[tuple[str, str | None]] = [(chance.choice(DATA["openings"]), None)]
        pieces.append((chance.choice(self._topics[intent]), None))
        usual = self._usual[intent]
        wanted = sorted(
            {usual[min(int(chance.expovariate(0.3)), 13)] for _ in range(chance.randint(1, 5))}
        )
        chance.shuffle(wanted)
        if chance.random() < 0.15:
            wanted.append(chance.choice(self.slots))
        for slot in wanted:
            pieces.append((chance.choice(self._leads[slot]), None))
            values = self._values[self._kinds[slot]]
            place = min(int(chance.expovariate(8 / len(values))), len(values) - 1)
            pieces.append((values[place], slot))
        if chance.random() < 0.2:
            pieces.append((chance.choice(DATA["openings"] + self._topics[intent]), None))
        tokens, tags = [], []
        for text, label in pieces:
            for place, token in enumerate(text.split()):
                tokens.append(token)
                tags.append("O" if label is None else f"{'I' if place else 'B'}-{label}")
        return tokens, tags, intent


def write(directory: Path, utterances: Iterator[tuple[list[str], list[str], str]]) -> None:
    """`seq.in`, `seq.out` and `label`, a line an utterance."""
    directory.mkdir(parents=True, exist_ok=True)
    rows = list(utterances)
    for name, lines in (
        ("seq.in", [" ".join(tokens) for tokens, _, _ in rows]),
        ("seq.out", [" ".join(tags) for _, tags, _ in rows]),
        ("label", [intent for _, _, intent in rows]),
    ):
        (directory / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Write both parts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    language = Language(random.Random(options.seed))
    for part, size in SIZES.items():
        write(options.directory / part, (language.utterance() for _ in range(size)))


if __name__ == "__main__":
    main()
