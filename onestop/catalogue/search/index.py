"""The index: which procedures a message can mean, best first."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np

from bot.nlu.text import fold, short_forms
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import ages, judgement, levels, translation
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
from onestop.catalogue.search.lexicon import Lexicon, shipped
from onestop.catalogue.search.names import Namesakes, is_name
from onestop.catalogue.search.narrow import ANYTHING, EXCLUDED, Narrow
from onestop.catalogue.search.postings import Floats
from onestop.catalogue.search.reading import (
    affirmed,
    corrected,
    read_both,
    read_message,
    read_name,
)
from onestop.catalogue.search.rows import Places, Rows
from onestop.catalogue.search.several import parts, several
from onestop.catalogue.search.spelling import Spelling
from onestop.catalogue.search.topics import Topic
from onestop.catalogue.search.words import (
    Reading,
    Terms,
    Word,
    folded_key,
    folded_syllables,
    words,
)
from onestop.schemas import Candidate, SearchResult

_CODE = re.compile(r"(?<!\d)\d\.\d{6,9}(?!\d)")
_BODY_CHARACTERS = 6000
_LIKELY = 0.05  # from this chance on a procedure tells which topics to offer
_NARROWINGS = 16  # sets of restrictions whose effect is kept: the portal's and programs'
_TOLD_APART = 4  # candidates that a question tells apart
_UNLISTED = 0.5  # rarity of a syllable that no name holds, as a share of the highest
_MESSAGE, _ROW, _COSINE, _PAIRS_MESSAGE = 0, 1, 2, 3  # places in the features of rows
_BODY, _ACTION, _CONTRADICTED, _CONFIRMED = 0, 2, 3, 4  # places in the features of procedures
_NEAR = 1.0  # a namesake whose total is further away is another thing, or excluded
# Not fitted: whoever is not of the age that a name asks for cannot mean it.
_OTHER_AGE = np.float32(2.0)
_PARTS = 8  # of a long message, which are looked at for a bare topic
_COMMON_ACTION = 8  # names that must begin with the same two syllables (cấp lại, gia hạn …)


# Features of every row and features of every procedure, in the order of `Weights`.
Evidence = tuple[list[Floats], list[Floats]]


class SearchIndex:
    """An immutable index over procedures.

    Every way to say a procedure (its name, its aliases, the situations that lead to it) is a row
    of its own; a procedure scores by its best row, its body text and what is known of it.
    """

    def __init__(self, procedures: list[Procedure], lexicon: Lexicon, weights: Weights) -> None:
        self._lexicon = lexicon
        self._weights = weights
        self._narrowed = lru_cache(maxsize=_NARROWINGS)(self._narrow)
        self._questions = lexicon.questions
        plain = [plain_name(p.name) for p in procedures]
        said = list(sayings(procedures, plain, lexicon))
        forms = [official_names(p.name) for p in procedures]
        counts = [len(names) + len(says) for names, says in zip(forms, said, strict=True)]
        order = sorted(range(len(procedures)), key=lambda at: -counts[at])  # as `Rows` needs it
        procedures = [procedures[at] for at in order]
        self._rows = Rows([counts[at] for at in order])
        self._plain = [plain[at] for at in order]
        self._applicants = [", ".join(p.applicants).lower() for p in procedures]
        self._cards = [_card(procedure) for procedure in procedures]
        self._by_code = {p.code: at for at, p in enumerate(procedures)}
        self._namesakes = Namesakes(procedures)
        self._contrast = lexicon.questions.contrast(self._plain)
        self._levels = levels.Levels(self._plain, [p.tier for p in procedures])
        self._ages = ages.Ages(self._plain)
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
        worded = wordings(procedures, self._plain, lexicon)
        texts = (
            folded_syllables(text[:_BODY_CHARACTERS])
            for text in bodies(procedures, self._plain, worded)
        )
        chances = translation.learn(worded)
        self._bodies = Bodies(texts, (translation.expected(name, chances) for name in self._plain))
        short = {form: words(meant) for form, meant in short_forms().items()}
        self._spelling = Spelling(listed, self._bodies.common(), short)
        actions = [" ".join(name.split(" ")[:2]) for name in self._plain]
        common = Counter(actions)
        self._actions = {a: at for at, (a, n) in enumerate(common.items()) if n >= _COMMON_ACTION}
        self._action_of = np.array([self._actions.get(action, -1) for action in actions])
        self._known = known_facts(procedures, self._plain)
        _, local, copies, _ = self._known
        self._lost = -weights.local * local - weights.copy * copies
        self._where = [
            f" {folded_key(words(f'{p.name} {p.agency}'))} " if lost else ""
            for p, lost in zip(procedures, self._lost, strict=True)
        ]
        self._scopes = [folded_key(scope) for scope in lexicon.scopes]
        self._in_scope = in_scope(procedures, self._plain, self._scopes)

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

    def search(self, query: str, limit: int = 5, narrow: Narrow = ANYTHING) -> SearchResult:
        """Find what a message means.

        Args:
            query: the message as it was typed, or a procedure's code.
            limit: how many candidates at most.
            narrow: what is known of who asks and of what is wanted.

        Returns:
            The candidates, likeliest first; also where the outcome is "none", with low scores.
        """
        query = corrected(unicodedata.normalize("NFC", query))
        if known := [self._by_code[c] for c in _CODE.findall(query) if c in self._by_code]:
            cards = [self._scored(at, 1.0) for at in dict.fromkeys(known)]
            return SearchResult(outcome="found", candidates=cards[:limit], content_words=True)
        whole = self._search(query, limit, narrow)
        if whole.outcome == "none":
            return self._topic_within(query, limit, narrow) or whole
        wanted = several(query, whole, lambda text, count: self._search(text, count, narrow))
        return whole.model_copy(update={"several": wanted}) if wanted else whole

    def _topic_within(self, query: str, limit: int, narrow: Narrow) -> SearchResult | None:
        """The only bare topic among the parts of a message that names nothing ("… rồi tôi muốn ly dị")."""
        said = (affirmed(part) for part in parts(query)[:_PARTS])
        topics = [one for words in said if (one := self._of_topic(words, limit, narrow))]
        return topics[0] if len(topics) == 1 else None

    def _of_topic(self, said: Sequence[Word], limit: int, narrow: Narrow) -> SearchResult | None:
        """What is usually wanted of the topic that a message only names, if it names one."""
        topic = self._lexicon.topic(said)
        usual = self._usual(topic, narrow) if topic else []
        if not topic or not usual:
            return None
        return SearchResult(
            outcome="choices", candidates=usual[:limit], question=topic.ask, topics=[topic.name]
        )

    def _search(self, query: str, limit: int, narrow: Narrow) -> SearchResult:
        """What a text means, taken for one wish."""
        said, aged = affirmed(query), self._aged(fold(query))
        if usual := self._of_topic(said, limit, narrow):
            return usual
        readings = self._read(said)
        if aged is not None:  # it need not be said as any name or saying has it
            readings += self._read(ages.without(said))
        content = readings[0].content
        nothing = SearchResult(
            outcome="none", candidates=[], content_words=content, topics=self._offered([])
        )
        if not content or not self._cards:
            return nothing
        found = [self._evidence(reading, aged) for reading in readings]
        totals = np.maximum.reduce([self.totals(*evidence) for evidence in found])
        totals = totals + self._narrowed(narrow)
        if aged is not None:
            totals = totals - _OTHER_AGE * aged[0]
        likeliest = _highest(totals, max(limit, judgement.COMPARED))
        best = [at for at in likeliest if totals[at] > EXCLUDED / 2]
        if not best:
            return nothing
        better = self._better(best[0], found)
        signs = self._signs(best[0], found[better], readings[better])
        scope = judgement.in_scope(signs)
        chances = judgement.chances(totals[best], scope)
        folded = folded_key(said)
        best = self._levels.ordered(best, chances, levels.said(folded))
        merged = sum(
            chance
            for at, chance in zip(best, chances, strict=True)
            if self._plain[at] == self._plain[best[0]]
        )
        outcome = judgement.outcome(float(merged), scope)
        if outcome == "found" and not self._told_apart(best, found[better]):
            outcome = "choices"
        shown = [at for at, c in zip(best[:limit], chances, strict=False) if c >= judgement.SHOWN]
        names = [self._plain[at] for at in shown[:_TOLD_APART]]
        ranked = list(zip(best[:limit], chances, strict=False))
        named = outcome != "none" and is_name(folded, self._cards[best[0]].name)
        if outcome == "found":
            same = [
                at for at in self._namesakes.of(best[0]) if totals[at] > totals[best[0]] - _NEAR
            ]
            if len(same) > 1:
                outcome, names = "choices", []
                ranked = [(at, chances[0]) for at in sorted(same, key=lambda at: -totals[at])][
                    :limit
                ]
        question = self._questions.between(names) if outcome == "choices" else None
        return SearchResult(
            outcome=outcome,
            candidates=[self._scored(at, float(c)) for at, c in ranked],
            question=question,
            named=named,
            content_words=True,
            topics=self._offered(ranked) if outcome == "none" else [],
        )

    def _usual(self, topic: Topic, narrow: Narrow) -> list[Candidate]:
        """What citizens usually want of a topic, as they call it; nothing where there is no choice."""
        allowed = np.broadcast_to(self._narrowed(narrow) > EXCLUDED, len(self._cards))
        wishes = {self._by_code[c]: name for c, name in topic.choices.items() if c in self._by_code}
        known = {at: name for at, name in wishes.items() if allowed[at]}
        if len(known) < 2:
            return []
        return [
            self._scored(at, 1 / len(known)).model_copy(update={"short_name": name})
            for at, name in known.items()
        ]

    def _offered(self, ranked: list[tuple[int, np.float32]]) -> list[str]:
        """The topics to offer where nothing was found."""
        likely = [self._cards[at].code for at, chance in ranked if chance >= _LIKELY]
        return self._lexicon.topics.near(likely, self._by_code)

    def evidence(self, query: str) -> Evidence | None:
        """The features of a message in official words, for fitting; None if it has no content."""
        reading = self._read(affirmed(query))[-1]
        return self._evidence(reading, self._aged(fold(query))) if reading.content else None

    def position(self, code: str) -> int | None:
        """Where a procedure stands in the features; None if it is not indexed."""
        return self._by_code.get(code)

    def rows_of(self, at: int) -> Places:
        """Where a procedure's rows stand in the features of rows."""
        return self._rows.of(at)

    def _read(self, said: Sequence[Word]) -> list[Reading]:
        return read_both(self._spelling.mend(said), self._lexicon, self._pairs.rarity)

    def _aged(self, folded: str) -> tuple[Floats, Floats] | None:
        """Which procedures are for other ages than the one told, and which for it; `None`: none is told."""
        age = ages.said(folded)
        return None if age is None else self._ages.marks(age)

    def _scored(self, at: int, score: float) -> Candidate:
        return self._cards[at].model_copy(update={"score": min(score, 1.0)})

    def _better(self, at: int, found: list[Evidence]) -> int:
        """Which reading of the message fits a procedure better."""
        of = self._rows.of(at)
        closest = [float(rows[_COSINE][of].max()) for rows, _ in found]
        return closest.index(max(closest))

    def _signs(self, at: int, evidence: Evidence, reading: Reading) -> judgement.Signs:
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

    def _told_apart(self, best: list[int], evidence: Evidence) -> bool:
        """Whether the message says something that only the best candidate's name or sayings hold."""
        rows, documents = evidence
        contradicted = documents[_CONTRADICTED]
        first = self._rows.of(best[0])
        if float(rows[_ROW][first].max()) >= judgement.WHOLE:
            return True
        said = float(rows[_MESSAGE][first].max())
        return not any(
            float(rows[_MESSAGE][self._rows.of(at)].max()) >= said - judgement.SAME
            and self._plain[at] != self._plain[best[0]]
            and not contradicted[at]
            for at in best[1:]
        )

    def _narrow(self, narrow: Narrow) -> Floats:
        """What restrictions add to each procedure's total; `_narrowed` keeps the last ones."""
        if narrow == ANYTHING:
            return np.zeros(1, dtype=np.float32)
        known = zip(self._cards, self._applicants, self._lost, self._where, strict=True)
        return np.array([narrow.adds(*one) for one in known], dtype=np.float32)

    def _evidence(self, reading: Reading, aged: tuple[Floats, Floats] | None) -> Evidence:
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


def _highest(totals: Floats, count: int) -> list[int]:
    count = min(count, len(totals))
    best = np.argpartition(-totals, count - 1)[:count]
    return [int(at) for at in best[np.argsort(-totals[best], kind="stable")]]


def _card(p: Procedure) -> Candidate:
    return Candidate(
        code=p.code,
        name=p.name,
        short_name=p.short_name,
        score=0,
        level=p.level,
        field=p.field,
        agency=p.agency,
        tier=p.tier,
    )
