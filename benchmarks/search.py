"""Quality and speed of procedure search on questions with known answers; prints one JSON line.

    python -m benchmarks.search --catalogue PATH… --questions FILE.jsonl…
        [--fold] [--typos SEED] [--part tuning|aside] [--times N] [--records-only]

The catalogue is indexed as the running service has it: the records under the paths, with the
shipped catalogue (data/catalogue) in place of the records of the same code, unless
`--records-only`. Questions without a code of the catalogue are left out and counted as `unknown`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bot.nlu.text import fold
from onestop.catalogue.content import Procedure
from onestop.catalogue.importing.files import find_files, read_raw
from onestop.catalogue.importing.formats import (
    RejectedRecordError,
    is_procedure_record,
    read_record,
)
from onestop.catalogue.search import SearchIndex
from onestop.catalogue.shipped import load_shipped

ASKED = 20  # depth of the mean reciprocal rank
# The anchors of the three families in forms/intake_packs/procedure-family-registry.csv.
FAMILIES = {
    "dang-ky-khai-sinh": "1.001193",
    "dang-ky-thuong-tru": "1.004222",
    "dang-ky-ho-kinh-doanh": "1.001612",
}
QUESTION_KEYS = ("question", "query", "message")
CODE_KEYS = (
    "codes",
    "gold_ma_thu_tuc",
    "gold_codes",
    "gold",
    "matched_codes",
    "code",
    "ma_thu_tuc",
    "primary_ma_thu_tuc",
    "expected_procedure_id",
)


class Question(NamedTuple):
    """A message and the codes that answer it."""

    text: str
    codes: frozenset[str]


def read_catalogue(paths: Iterable[Path], shipped: bool = True) -> list[Procedure]:
    """The procedures of record files, the strongest source of a code winning."""
    found: dict[str, tuple[int, Procedure]] = {}
    for file in find_files(paths):
        for raw in read_raw(file):
            if raw.fault or not is_procedure_record(raw.record):
                continue
            try:
                procedure, source = read_record(raw.record)
            except RejectedRecordError:
                continue
            rank = list(type(source)).index(source)
            if procedure.code not in found or rank <= found[procedure.code][0]:
                found[procedure.code] = rank, procedure
    current = {code: procedure for code, (_, procedure) in found.items()}
    if shipped:
        current |= {procedure.code: procedure for procedure in load_shipped()}
    return list(current.values())


def read_questions(files: Iterable[Path]) -> Iterator[Question]:
    """The questions of JSON-lines files that name at least one code."""
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                record = json.loads(line)
                text = next((record[key] for key in QUESTION_KEYS if record.get(key)), "")
                if text and (codes := _codes(record)):
                    yield Question(text, codes)


def _codes(record: dict[str, Any]) -> frozenset[str]:
    value: Any = next((record[key] for key in CODE_KEYS if record.get(key)), [])
    listed = [value] if isinstance(value, str) else value
    return frozenset(FAMILIES.get(code, code) for code in listed)


def part(question: Question) -> str:
    """Which part a question belongs to: a third, by its SHA-1, was never looked at in tuning."""
    digest = int(hashlib.sha1(question.text.encode(), usedforsecurity=False).hexdigest(), 16)
    return "tuning" if digest % 3 else "aside"


def slip(text: str, chance: random.Random) -> str:
    """The text with one typing error: a letter left out, doubled wrongly, replaced or swapped."""
    letters = [at for at, letter in enumerate(text) if letter.isalpha()]
    if not letters:
        return text
    at = chance.choice(letters)
    other = chance.choice("aeiouhngtcmlrsdkpbvxqy")
    return chance.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + other + text[at:],
            text[:at] + other + text[at + 1 :],
            text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :],
        )
    )


def measure(index: SearchIndex, questions: Iterable[Question]) -> dict[str, float]:
    """Hit rates, mean reciprocal rank (to 20), how sure, and times of single searches.

    `sure`: the share answered with one procedure, `sure_right`: how many of those answers are right;
    `asked`: the share answered with choices, `asked_right`: how often the right one is among the
    first five; the rest is refused. `cpu_p50_ms` is what a search takes of a core, whatever else the
    machine does meanwhile.
    """
    ranks: list[int | None] = []
    outcomes: list[str] = []
    times: list[float] = []
    worked: list[float] = []
    for question in questions:
        started, began = time.perf_counter(), time.thread_time()
        found = index.search(question.text, limit=ASKED)
        worked.append((time.thread_time() - began) * 1000)
        times.append((time.perf_counter() - started) * 1000)
        outcomes.append(found.outcome)
        codes = [candidate.code for candidate in found.candidates]
        ranks.append(next((at for at, c in enumerate(codes, 1) if c in question.codes), None))
    times.sort()
    worked.sort()

    def hits(depth: int, outcome: str | None = None) -> float:
        """The share of questions (with one outcome) whose right procedure stands so high."""
        of = [r for r, o in zip(ranks, outcomes, strict=True) if outcome in (None, o)]
        return sum(rank is not None and rank <= depth for rank in of) / max(len(of), 1)

    return {
        "n": len(ranks),
        "hit@1": round(hits(1), 4),
        "hit@3": round(hits(3), 4),
        "hit@5": round(hits(5), 4),
        "mrr": round(sum(1 / rank for rank in ranks if rank) / len(ranks), 4),
        "sure": round(outcomes.count("found") / len(ranks), 4),
        "sure_right": round(hits(1, "found"), 4),
        "asked": round(outcomes.count("choices") / len(ranks), 4),
        "asked_right": round(hits(5, "choices"), 4),
        "p50_ms": round(times[len(times) // 2], 2),
        "p99_ms": round(times[int(len(times) * 0.99)], 2),
        "cpu_p50_ms": round(worked[len(worked) // 2], 2),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(prog="benchmarks.search", description=__doc__)
    parser.add_argument("--catalogue", type=Path, nargs="+", required=True, metavar="PATH")
    parser.add_argument("--questions", type=Path, nargs="+", required=True, metavar="FILE.jsonl")
    parser.add_argument("--fold", action="store_true", help="strip accents from the questions")
    parser.add_argument("--typos", type=int, metavar="SEED", help="one typing error a question")
    parser.add_argument("--part", choices=("all", "tuning", "aside"), default="all")
    parser.add_argument("--times", type=int, default=1, help="index every procedure N times over")
    parser.add_argument("--records-only", action="store_true", help="without data/catalogue")
    asked = parser.parse_args(arguments)

    procedures = read_catalogue(asked.catalogue, shipped=not asked.records_only)
    codes = {procedure.code for procedure in procedures}
    questions = [q for q in read_questions(asked.questions) if asked.part in ("all", part(q))]
    known = [question for question in questions if question.codes & codes]
    if not known:
        print("no question names a code of the catalogue", file=sys.stderr)
        return 1
    texts = [fold(q.text) if asked.fold else q.text for q in known]
    if asked.typos is not None:
        chance = random.Random(asked.typos)
        texts = [slip(text, chance) for text in texts]
    asked_for = [Question(text, q.codes) for text, q in zip(texts, known, strict=True)]
    started = time.perf_counter()
    index = SearchIndex.build(procedures * asked.times)
    seconds = time.perf_counter() - started
    result = measure(index, asked_for) | {
        "index_s": round(seconds, 1),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "procedures": len(procedures) * asked.times,
        "unknown": len(questions) - len(known),
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
