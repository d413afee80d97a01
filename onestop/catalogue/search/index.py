"""The index: which procedures a message can mean, best first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from onestop.catalogue.content import Procedure, Tier
from onestop.catalogue.search.lexicon import Lexicon, shipped
from onestop.catalogue.search.postings import Postings
from onestop.catalogue.search.reading import read_message, read_name
from onestop.catalogue.search.result import Candidate, SearchResult
from onestop.catalogue.search.spelling import Spelling
from onestop.catalogue.search.words import folded_key, words

_CODE = re.compile(r"(?<!\d)\d\.\d{6}(?!\d)")
_BODY_CHARACTERS = 3000


class Weights(NamedTuple):
    """How much each kind of evidence counts; tuned on the questions that are not kept aside."""

    pair: float = 1.0
    accented: float = 0.7
    body: float = 0.15
    norm: float = 0.8
    situation: float = 1.0
    commune: float = 0.05
    ministry: float = -0.03
    local: float = -0.08


class SearchIndex:
    """An immutable index over procedures.

    Every way to say a procedure (its name, its aliases, the situations that lead to it) is a row
    of its own; a procedure scores by its best row, its body text and what is known of it.
    """

    def __init__(self, procedures: list[Procedure], lexicon: Lexicon, weights: Weights) -> None:
        self._lexicon = lexicon
        self._weights = weights
        self._cards = [_card(procedure) for procedure in procedures]
        self._by_code = {p.code: at for at, p in enumerate(procedures)}
        rows: list[dict[str, float]] = []
        self._first_row: list[int] = []
        for p, says in zip(procedures, _sayings(procedures, lexicon), strict=True):
            self._first_row.append(len(rows))
            rows.append(read_name(words(_HEAD.sub("", p.name)), lexicon, weights.pair).terms)
            rows += [read_message(words(s), lexicon, weights.pair).terms for s in (*p.aliases, *says)]
        counted = Counter(term for row in rows for term in row)
        self._idf = {t: float(np.log((len(rows) + 1) / (n + 0.5))) for t, n in counted.items()}
        self._names = Postings(self._row(terms) for terms in rows)
        self._body = Postings(self._body_row(p) for p in procedures)
        self._spelling = Spelling(
            {t: n for t, n in counted.items() if " " not in t and t[0] != "'"},
            (t for t in counted if " " in t),
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
        reading = read_message(
            words(query), self._lexicon, self._weights.pair, self._spelling.suggest
        )
        if not reading.content:
            return SearchResult(outcome="none", candidates=[], content_words=False)
        asked = self._asked(reading.terms)
        scores = self._names.score(asked)
        totals = np.maximum.reduceat(scores, self._first_row)
        body = self._body.score({t: v for t, v in asked.items() if t[0] != "'"})
        totals = totals + self._weights.body * body + self._prior * (totals > 0.15)
        limit = min(limit, len(totals))
        best = np.argpartition(-totals, limit - 1)[:limit]
        best = best[np.argsort(-totals[best], kind="stable")]
        cards = [
            self._cards[at].model_copy(update={"score": float(np.clip(totals[at], 0, 1))})
            for at in best
        ]
        return SearchResult(outcome="choices", candidates=cards, content_words=True)

    def _asked(self, terms: Mapping[str, float]) -> dict[str, float]:
        asked = {
            t: w * self._idf.get(t, 0.0) * (self._weights.accented if t[0] == "'" else 1.0)
            for t, w in terms.items()
        }
        norm = float(np.sqrt(sum(v * v for v in asked.values()))) or 1.0
        return {t: v / norm for t, v in asked.items()}

    def _row(self, terms: Mapping[str, float]) -> dict[str, float]:
        row = {
            t: w * self._idf[t] * (self._weights.accented if t[0] == "'" else 1.0)
            for t, w in terms.items()
        }
        norm = float(np.sqrt(sum(v * v for v in row.values()))) ** self._weights.norm or 1.0
        return {t: v / norm for t, v in row.items()}

    def _body_row(self, procedure: Procedure) -> dict[str, float]:
        counted = Counter(w.folded for w in words(_body(procedure)[:_BODY_CHARACTERS]))
        length = sum(counted.values()) or 1
        row = {}
        for t, n in counted.items():
            if t in self._idf:
                row[t] = self._idf[t] * 2.2 * n / (n + 1.2 * (0.25 + 0.75 * length / 400)) / 20
        return row

    def _prior_of(self, p: Procedure) -> float:
        w = self._weights
        tiers = {Tier.COMMUNE: w.commune, Tier.MINISTRY: w.ministry}
        prior = tiers.get(p.tier, 0.0) if p.tier else 0.0
        if _LOCAL.search(p.decision_number):
            prior += w.local
        return prior


# A decision of a province's people's committee: the procedure is one province's own.
_LOCAL = re.compile(r"UBND|-VP|TTr-S|TTPVHCC|^\d+$", re.IGNORECASE)
_HEAD = re.compile(r"^\s*(?:\d+\.\s*)?thủ tục:?\s+", re.IGNORECASE)
_TAIL = re.compile(r"\s*\([^()]*(?:cấp|thẩm quyền)[^()]*\)\s*\.?$", re.IGNORECASE)


def plain_name(name: str) -> str:
    """A name as a key: without "thủ tục" before it, "(… cấp …)" after it, marks and case."""
    return folded_key(words(_TAIL.sub("", _HEAD.sub("", name))))


def _sayings(procedures: list[Procedure], lexicon: Lexicon) -> Iterator[list[str]]:
    names = {p.code: plain_name(p.name) for p in procedures}
    says: dict[str, list[str]] = {}
    for situation in lexicon.situations:
        name = names.get(situation.code) or plain_name(situation.name)
        says.setdefault(name, []).extend(situation.says)
    for p in procedures:
        yield says.get(names[p.code], [])


def _card(p: Procedure) -> Candidate:
    return Candidate(
        code=p.code, name=p.name, score=0, level=p.level, field=p.field, agency=p.agency, tier=p.tier
    )


def _body(p: Procedure) -> str:
    parts = [p.field, p.summary, *p.keywords, *p.results, *(x.name for x in p.papers)]
    return " \n".join([*parts, *p.conditions, *p.steps])
