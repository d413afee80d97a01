"""Fits the search's weights on questions with known answers, and prints them.

    python -m benchmarks.search_fit --catalogue PATH… --questions FILE.jsonl…

Only the tuning part of the questions is used (`benchmarks.search.part`), each as it is, folded and
with one slip, and templates made of official names. The likelihood of the right procedure among the
best sixty is maximised, held near the present weights. The result is rounded by hand into
`onestop.catalogue.search.evidence.Weights`, and kept only if the part set aside does not lose.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.search import Question, part, read_catalogue, read_questions, slip
from bot.nlu.text import fold
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import SearchIndex
from onestop.catalogue.search.evidence import Weights
from onestop.catalogue.search.facts import bare_name, is_local, plain_name

CANDIDATES = 60
SHARPNESS = 6.0
TEMPLATES = ("{}", "Thủ tục {} cần những giấy tờ gì?", "Làm sao để {}?", "Lệ phí {} là bao nhiêu?")
Array = npt.NDArray[np.float64]


class Case(NamedTuple):
    """The evidence of one message: features of rows, their candidate, features of candidates."""

    rows: Array
    candidate: npt.NDArray[np.int64]
    documents: Array
    right: npt.NDArray[np.bool_]
    weight: float


def copies(
    questions: Iterable[Question], chance: random.Random
) -> Iterator[tuple[Question, float]]:
    """Each question as it is, folded and mistyped, with its weight."""
    for question in questions:
        yield question, 1.0
        yield question._replace(text=fold(question.text)), 0.5
        yield question._replace(text=slip(question.text, chance)), 0.3


def templates(
    catalogue: list[Procedure], count: int, chance: random.Random
) -> Iterator[tuple[Question, float]]:
    """Questions made of national names, with some of their words left out."""
    namesakes: dict[str, set[str]] = {}
    for procedure in catalogue:
        namesakes.setdefault(plain_name(procedure.name), set()).add(procedure.code)
    national = [procedure for procedure in catalogue if not is_local(procedure)]
    for procedure in chance.sample(national, min(count, len(national))):
        said = bare_name(procedure.name).lower().split()[: chance.randrange(9, 16)]
        kept = [word for at, word in enumerate(said) if at < 2 or chance.random() > 0.18]
        codes = frozenset(namesakes[plain_name(procedure.name)])
        yield Question(chance.choice(TEMPLATES).format(" ".join(kept)), codes), 0.35


def cases(index: SearchIndex, asked: Iterable[tuple[Question, float]]) -> Iterator[Case]:
    """The evidence for the best candidates and the right ones."""
    for question, weight in asked:
        right = {at for code in question.codes if (at := index.position(code)) is not None}
        evidence = index.features.of_official(question.text)
        if evidence is None or not right:
            continue
        rows, documents = evidence
        best = np.argsort(-index.features.totals(rows, documents))[:CANDIDATES]
        chosen = np.array(sorted(right | set(best.tolist())))
        of = [index.features.rows_of(at) for at in chosen]
        of_rows = np.concatenate(of)
        yield Case(
            np.stack([feature[of_rows] for feature in rows], 1).astype(np.float64),
            np.repeat(np.arange(len(chosen)), [len(one) for one in of]),
            np.stack([feature[chosen] for feature in documents], 1).astype(np.float64),
            np.isin(chosen, list(right)),
            weight,
        )


def loss(weights: Array, known: list[Case], start: Array, hold: float) -> tuple[float, Array]:
    """Negative log likelihood and its gradient; `hold` keeps the weights near `start`."""
    total = float(hold * ((weights - start) ** 2).sum())
    slope: Array = 2 * hold * (weights - start)
    for case in known:
        scores = case.rows @ weights[: case.rows.shape[1]]
        order = np.lexsort((scores, case.candidate))
        last = np.append(np.flatnonzero(np.diff(case.candidate[order])), len(order) - 1)
        features = np.hstack([case.rows[order[last]], case.documents])
        powers = SHARPNESS * (features @ weights)
        chances = np.exp(powers - powers.max())
        chances /= chances.sum()
        right = float(chances[case.right].sum()) + 1e-12
        total -= case.weight * float(np.log(right))
        wanted = np.where(case.right, chances / right, 0)
        slope -= case.weight * SHARPNESS * ((wanted - chances) @ features)
    return total, slope


def main(arguments: list[str] | None = None) -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.search_fit", description=__doc__)
    parser.add_argument("--catalogue", type=Path, nargs="+", required=True, metavar="PATH")
    parser.add_argument("--questions", type=Path, nargs="+", required=True, metavar="FILE.jsonl")
    parser.add_argument("--templates", type=int, default=500)
    parser.add_argument("--hold", type=float, default=10.0, help="how near to the present weights")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args(arguments)
    chance = random.Random(given.seed)
    catalogue = read_catalogue(given.catalogue)
    index = SearchIndex.build(catalogue)
    tuning = [q for q in read_questions(given.questions) if part(q) == "tuning"]
    asked = [*copies(tuning, chance), *templates(catalogue, given.templates, chance)]
    known = list(cases(index, asked))
    start = np.array(Weights(), dtype=np.float64)
    fitted = minimize(loss, start, (known, start, given.hold), jac=True, method="L-BFGS-B")
    print(f"{len(known)} cases, loss {loss(start, known, start, 0)[0]:.1f} → {fitted.fun:.1f}")
    for name, before, after in zip(Weights._fields, start, fitted.x, strict=True):
        print(f"{name:20} {before:7.3f} {after:7.3f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
