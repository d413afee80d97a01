"""The index: which procedures a message can mean, best first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onestop.catalogue.content import Procedure, Tier
from onestop.catalogue.search.lexicon import Kind, Lexicon, shipped
from onestop.catalogue.search.result import Candidate, SearchResult
from onestop.catalogue.search.spelling import Spelling
from onestop.catalogue.search.words import Word, bigrams, fold, words

Floats = npt.NDArray[np.float32]
_CODE = re.compile(r"(?<!\d)\d\.\d{6}(?!\d)")
_BODY_CHARACTERS = 3000


class Weights(NamedTuple):
    """How much each kind of evidence counts; tuned on the questions that are not kept aside."""

    bigram: float = 1.0
    accented: float = 0.7
    body: float = 0.15
    norm: float = 0.8
    commune: float = 0.05
    ministry: float = -0.03
    local: float = -0.08
    foreign: float = 0.0


class Postings:
    """A sparse matrix, terms by rows, read term by term."""

    def __init__(self, rows: Iterable[dict[str, float]], count: int) -> None:
        terms: dict[str, int] = {}
        which: list[int] = []
        where: list[int] = []
        what: list[float] = []
        for at, row in enumerate(rows):
            for term, weight in row.items():
                which.append(terms.setdefault(term, len(terms)))
                where.append(at)
                what.append(weight)
        order = np.argsort(np.asarray(which, dtype=np.int32), kind="stable")
        self.terms = terms
        self.count = count
        self._rows = np.asarray(where, dtype=np.int32)[order]
        self._weights = np.asarray(what, dtype=np.float32)[order]
        counts = np.bincount(np.asarray(which, dtype=np.int64), minlength=len(terms))
        self._starts = np.concatenate(([0], np.cumsum(counts)))

    def frequency(self, term: str) -> int:
        """In how many rows a term stands."""
        at = self.terms.get(term)
        return 0 if at is None else int(self._starts[at + 1] - self._starts[at])

    def score(self, query: dict[str, float]) -> Floats:
        """Sum of query weight x row weight for every row."""
        rows, weights = [], []
        for term, weight in query.items():
            at = self.terms.get(term)
            if at is not None:
                start, end = self._starts[at], self._starts[at + 1]
                rows.append(self._rows[start:end])
                weights.append(self._weights[start:end] * np.float32(weight))
        if not rows:
            return np.zeros(self.count, dtype=np.float32)
        total = np.bincount(np.concatenate(rows), np.concatenate(weights), self.count)
        return total.astype(np.float32)


class SearchIndex:
    """An immutable index over procedures.

    Every way to say a procedure (its name, its aliases, the situations that lead to it) is a row
    of its own; a procedure scores by its best row, its body text and what is known of it.
    """

    def __init__(
        self,
        procedures: list[Procedure],
        lexicon: Lexicon,
        weights: Weights,
    ) -> None:
        self._lexicon = lexicon
        self._weights = weights
        self._cards = [
            Candidate(
                code=p.code, name=p.name, score=0, level=p.level, field=p.field,
                agency=p.agency, tier=p.tier,
            )
            for p in procedures
        ]  # fmt: skip
        self._by_code = {p.code: at for at, p in enumerate(procedures)}
        said = list(_sayings(procedures, lexicon))
        analysed = [self._terms(words(text), row=True) for texts in said for text in texts]
        first = np.cumsum([0] + [len(texts) for texts in said])
        self._first_row = first[:-1]
        documents = Counter(t for terms in analysed for t in terms)
        self._count = len(analysed)
        self._idf = {t: float(np.log((self._count + 1) / (n + 0.5))) for t, n in documents.items()}
        self._names = Postings((self._row(terms) for terms in analysed), self._count)
        self._body = Postings((self._body_row(p) for p in procedures), len(procedures))
        self._spelling = Spelling(
            {t: n for t, n in documents.items() if " " not in t and fold(t) == t},
            (t for t in documents if " " in t),
        )
        self._prior = np.array([self._prior_of(p) for p in procedures], dtype=np.float32)

    @classmethod
    def build(
        cls,
        procedures: Iterable[Procedure],
        lexicon: Lexicon | None = None,
        weights: Weights | None = None,
    ) -> SearchIndex:
        """Index procedures; withdrawn ones are left out."""
        current = [p for p in procedures if not p.withdrawn]
        return cls(current, lexicon or shipped(), weights or Weights())

    def search(self, query: str, limit: int = 5, applicant: str | None = None) -> SearchResult:
        """Find what a message means."""
        if known := [self._by_code[c] for c in _CODE.findall(query) if c in self._by_code]:
            cards = [self._cards[at].model_copy(update={"score": 1.0}) for at in known[:limit]]
            return SearchResult(outcome="found", candidates=cards, content_words=True)
        said = words(query)
        accented = any(w.accented != w.folded for w in said)
        said = self._spelling.mend(said)
        terms = self._terms(said, accented=accented)
        if not terms:
            return SearchResult(outcome="none", candidates=[], content_words=False)
        asked = {t: w * self._idf.get(t, 0.0) for t, w in terms.items()}
        norm = float(np.sqrt(sum(v * v for v in asked.values()))) or 1.0
        scores = self._names.score({t: v / norm for t, v in asked.items()})
        totals = np.maximum.reduceat(scores, self._first_row) if len(scores) else scores
        body = self._body.score({t: v / norm for t, v in asked.items() if fold(t) == t})
        totals = totals + self._weights.body * body + self._prior * (totals > 0.15)
        limit = min(limit, len(totals))
        best = (
            np.argpartition(-totals, limit - 1)[:limit]
            if limit < len(totals)
            else np.arange(len(totals))
        )
        best = best[np.argsort(-totals[best], kind="stable")]
        cards = [
            self._cards[at].model_copy(update={"score": float(np.clip(totals[at], 0, 1))})
            for at in best
        ]
        return SearchResult(outcome="choices", candidates=cards, content_words=True)

    def _terms(
        self, said: list[Word], row: bool = False, accented: bool = True
    ) -> dict[str, float]:
        """Folded syllables, folded pairs and accented syllables with their weights."""
        kept: list[Word] = []
        for piece in self._lexicon.pieces(said):
            phrase = piece.phrase
            if phrase is None or phrase.kind is Kind.KEEP:
                kept += piece.said
            elif phrase.kind is Kind.MEANS:
                for official in phrase.means:
                    kept += official
            elif row and phrase.kind is Kind.ASPECT:
                kept += piece.said
        folded = [w.folded for w in kept]
        terms = dict.fromkeys(folded, 1.0)
        terms |= dict.fromkeys(bigrams(folded), self._weights.bigram)
        if accented:
            terms |= {
                "'" + w.accented: self._weights.accented for w in kept if w.accented != w.folded
            }
        return terms

    def _row(self, terms: dict[str, float]) -> dict[str, float]:
        row = {t: w * self._idf[t] for t, w in terms.items()}
        norm = float(np.sqrt(sum(v * v for v in row.values()))) ** self._weights.norm or 1.0
        return {t: v / norm for t, v in row.items()}

    def _body_row(self, procedure: Procedure) -> dict[str, float]:
        counted = Counter(w.folded for w in words(_body(procedure)[:_BODY_CHARACTERS]))
        counted.update(bigrams([w.folded for w in words(procedure.field)]))
        length = sum(counted.values()) or 1
        row = {}
        for t, n in counted.items():
            if t in self._idf:
                row[t] = self._idf[t] * 2.2 * n / (n + 1.2 * (0.25 + 0.75 * length / 400))
        norm = 20.0
        return {t: v / norm for t, v in row.items()}

    def _prior_of(self, p: Procedure) -> float:
        w = self._weights
        prior = (
            {Tier.COMMUNE: w.commune, Tier.MINISTRY: w.ministry}.get(p.tier, 0.0) if p.tier else 0.0
        )
        if _LOCAL.search(p.decision_number):
            prior += w.local
        return prior


_LOCAL = re.compile(r"UBND|-VP|TTr-S|TTPVHCC|^\d+$", re.IGNORECASE)
_HEAD = re.compile(r"^\s*(?:\d+\.\s*)?thủ tục:?\s+", re.IGNORECASE)


def plain_name(name: str) -> str:
    """A name as a key: without "thủ tục" before it, marks, case and full stops."""
    return " ".join(w.folded for w in words(_HEAD.sub("", name)))


def _sayings(procedures: list[Procedure], lexicon: Lexicon) -> Iterator[list[str]]:
    situations: dict[str, list[str]] = {}
    for name, says in lexicon.situations:
        situations.setdefault(plain_name(name), []).extend(says)
    for p in procedures:
        yield [p.name, *p.aliases, *situations.get(plain_name(p.name), ())]


def _body(p: Procedure) -> str:
    parts = [
        p.field,
        p.summary,
        *p.keywords,
        *p.results,
        *(x.name for x in p.papers),
        *p.conditions,
        *p.steps,
    ]
    return " \n".join(parts)
