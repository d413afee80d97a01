"""The features of procedures beside a message: what the ranking adds up and judges by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from itertools import pairwise

import numpy as np

from bot.nlu.text import fold, short_forms
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import ages, judgement, translation
from onestop.catalogue.search.evidence import Bodies, Channel, Weights
from onestop.catalogue.search.facts import (
    bodies,
    in_scope,
    is_cut,
    known_facts,
    official_names,
    plain_name,
    sayings,
    wordings,
)
from onestop.catalogue.search.lexicon import Lexicon
from onestop.catalogue.search.postings import Floats
from onestop.catalogue.search.reading import affirmed, read_both, read_message, read_name
from onestop.catalogue.search.rows import Places, Rows
from onestop.catalogue.search.spelling import Spelling
from onestop.catalogue.search.words import Reading, Terms, Word, folded_key, folded_syllables, words

_BODY_CHARACTERS = 6000
_UNLISTED = 0.5  # rarity of a syllable that no name holds, as a share of the highest
_MESSAGE, _ROW, _COSINE, _PAIRS_MESSAGE = 0, 1, 2, 3  # places in the features of rows
_BODY, _ACTION, _CONTRADICTED, _CONFIRMED = 0, 2, 3, 4  # places in the features of procedures
_COMMON_ACTION = 8  # names that must begin with the same two syllables (cấp lại, gia hạn …)

# Features of every row and features of every procedure, in the order of `Weights`.
Evidence = tuple[list[Floats], list[Floats]]


class Features:
    """What is known of all procedures, and how a message fits each.

    Every way to say a procedure (its name, its aliases, the situations that lead to it) is a row of its own;
    a procedure has its best row, its long text and what is known of it.

    Args:
        procedures: those that can be found.
        lexicon: everyday words, situations and wordings.
        weights: how much each feature counts.

    Attributes:
        order: the places of the procedures in the list given, as they stand here.
        plain: their plain names.
        lost: how much of its total each loses because it is one province's own.
    """

    def __init__(self, procedures: Sequence[Procedure], lexicon: Lexicon, weights: Weights) -> None:
        self._lexicon = lexicon
        self._weights = weights
        plain = [plain_name(p.name) for p in procedures]
        said = list(sayings(procedures, plain, lexicon))
        forms = [official_names(p.name) for p in procedures]
        counts = [len(names) + len(says) for names, says in zip(forms, said, strict=True)]
        order = sorted(range(len(procedures)), key=lambda at: -counts[at])  # as `Rows` needs it
        procedures = [procedures[at] for at in order]
        self.order = order
        self._rows = Rows([counts[at] for at in order])
        self.plain = [plain[at] for at in order]
        self._contrast = lexicon.questions.contrast(self.plain)
        self._ages = ages.Ages(self.plain)
        listed: list[Sequence[Word]] = list(lexicon.listed())
        read: list[list[Reading]] = []
        official: list[list[float]] = []
        for at in order:
            names = [words(name) for name in forms[at]]
            others = [words(text) for text in said[at]]
            listed += [*names, *others]
            read.append(
                [read_name(name, lexicon) for name in names]
                + [read_message(text, lexicon) for text in others]
            )
            official.append([1.0] * len(names) + [0.0] * len(others))
        rows = [read[at][row] for at, row in self._rows]
        cut = [is_cut(p.name) for p in procedures]
        self._official = np.array([official[at][row] for at, row in self._rows], dtype=np.float32)
        self._cut = np.array([cut[at] and row == 0 for at, row in self._rows], dtype=np.float32)
        self._syllables = Channel([row.syllables for row in rows], _UNLISTED)
        self._pairs = Channel([row.pairs for row in rows])
        self._marked = Channel([row.marked for row in rows])
        worded = wordings(procedures, self.plain, lexicon)
        texts = (
            folded_syllables(text[:_BODY_CHARACTERS])
            for text in bodies(procedures, self.plain, worded)
        )
        chances = translation.learn(worded)
        self._bodies = Bodies(texts, (translation.expected(name, chances) for name in self.plain))
        short = {form: words(meant) for form, meant in short_forms().items()}
        self._spelling = Spelling(listed, self._bodies.common(), short)
        actions = [" ".join(name.split(" ")[:2]) for name in self.plain]
        common = Counter(actions)
        self._actions = {a: at for at, (a, n) in enumerate(common.items()) if n >= _COMMON_ACTION}
        self._action_of = np.array([self._actions.get(action, -1) for action in actions])
        self._known = known_facts(procedures, self.plain)
        _, local, copies, _ = self._known
        self.lost = -weights.local * local - weights.copy * copies
        self._scopes = [folded_key(scope) for scope in lexicon.scopes]
        self._in_scope = in_scope(procedures, self.plain, self._scopes)

    def of_official(self, query: str) -> Evidence | None:
        """The features of a message in official words, for fitting; None if it has no content."""
        reading = self.read(affirmed(query))[-1]
        return self.evidence(reading, self.aged(fold(query))) if reading.content else None

    def rows_of(self, at: int) -> Places:
        """Where a procedure's rows stand in the features of rows."""
        return self._rows.of(at)

    def read(self, said: Sequence[Word]) -> list[Reading]:
        """The readings of a message: as it is said, and in official words where they differ."""
        return read_both(self._spelling.mend(said), self._lexicon, self._pairs.rarity)

    def aged(self, folded: str) -> tuple[Floats, Floats] | None:
        """Which procedures are for other ages than the one told, and which for it; `None`: none is told."""
        age = ages.said(folded)
        return None if age is None else self._ages.marks(age)

    def better(self, at: int, found: list[Evidence]) -> int:
        """Which reading of the message fits a procedure better."""
        of = self._rows.of(at)
        closest = [float(rows[_COSINE][of].max()) for rows, _ in found]
        return closest.index(max(closest))

    def signs(self, at: int, evidence: Evidence, reading: Reading) -> judgement.Signs:
        """What shows that the message wants a procedure."""
        rows, documents = evidence
        of = self._rows.of(at)
        best = of[self._by_row([feature[of] for feature in rows]).argmax()]
        syllables, pairs = reading.syllables, reading.pairs
        return judgement.Signs(
            syllables=self._syllables.said(syllables, float(rows[_MESSAGE][best])),
            pairs=self._pairs.said(pairs, float(rows[_PAIRS_MESSAGE][best])),
            row=float(rows[_ROW][best]),
            body=float(documents[_BODY][at]),
            action=bool(documents[_ACTION][at] or documents[_CONFIRMED][at]),
            strange=_unlisted(pairs, self._pairs.rarity),
            unknown=_unlisted(syllables, self._syllables.rarity),
            elsewhere=reading.elsewhere,
        )

    def told_apart(self, best: list[int], evidence: Evidence) -> bool:
        """Whether the message says something that only the best candidate's name or sayings hold."""
        rows, documents = evidence
        contradicted = documents[_CONTRADICTED]
        first = self._rows.of(best[0])
        if float(rows[_ROW][first].max()) >= judgement.WHOLE:
            return True
        said = float(rows[_MESSAGE][first].max())
        return not any(
            float(rows[_MESSAGE][self._rows.of(at)].max()) >= said - judgement.SAME
            and self.plain[at] != self.plain[best[0]]
            and not contradicted[at]
            for at in best[1:]
        )

    def evidence(self, reading: Reading, aged: tuple[Floats, Floats] | None) -> Evidence:
        """Features a row and features a procedure, in the order of `Weights`."""
        syllables = self._syllables.fit(reading.syllables)
        pairs = self._pairs.fit(reading.pairs)
        marked = self._marked.fit(reading.marked) if reading.marked else syllables
        rows = [
            syllables.message,
            syllables.row,
            np.sqrt(syllables.message * syllables.row),
            pairs.message,
            pairs.row,
            np.sqrt(pairs.message * pairs.row),
            pairs.message * pairs.row,
            marked.message,
            self._official,
            self._cut,
            (1 - self._official) * (1 - syllables.message),
        ]
        named = [self._actions[pair] for pair in reading.pairs if pair in self._actions]
        action = np.isin(self._action_of, named).astype(np.float32)
        bodies = self._bodies.fit(reading.syllables, reading.pairs)
        unasked = [at for at, scope in enumerate(self._scopes) if not _asked(scope, reading)]
        special = self._in_scope[unasked].max(axis=0, initial=0)
        contradicted, confirmed, seldom = self._contrast.marks(reading)
        if aged is not None:
            contradicted = np.maximum(contradicted, aged[0])
            confirmed = np.maximum(confirmed, aged[1])
        told = [action, contradicted, confirmed, seldom]
        return rows, [*bodies, *told, special, *self._known]

    def totals(self, rows: list[Floats], documents: list[Floats]) -> Floats:
        """Each procedure's total: its best row and what is known of it."""
        best = self._rows.best(self._by_row(rows))
        for weight, feature in zip(self._weights[len(rows) :], documents, strict=True):
            best = best + np.float32(weight) * feature
        return best

    def _by_row(self, rows: list[Floats]) -> Floats:
        """Each row's total."""
        total: Floats = np.zeros_like(rows[0])
        for weight, feature in zip(self._weights, rows, strict=False):
            total += np.float32(weight) * feature
        return total


def _unlisted(terms: Terms, listed: Container[str]) -> float:
    """The share of terms that no name or saying holds."""
    weight = sum(terms.values())
    return sum(w for term, w in terms.items() if term not in listed) / weight if weight else 0.0


def _asked(scope: str, reading: Reading) -> bool:
    return all(f"{a} {b}" in reading.pairs for a, b in pairwise(scope.split(" ")))
