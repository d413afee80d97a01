"""The index: which procedures a message can mean, best first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from bot.nlu.text import fold
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import ages, judgement, levels
from onestop.catalogue.search.evidence import Weights
from onestop.catalogue.search.features import Evidence, Features
from onestop.catalogue.search.lexicon import Lexicon, shipped
from onestop.catalogue.search.names import Namesakes, is_name
from onestop.catalogue.search.narrow import ANYTHING, EXCLUDED, Narrow
from onestop.catalogue.search.postings import Floats
from onestop.catalogue.search.reading import affirmed, corrected
from onestop.catalogue.search.several import parts, several
from onestop.catalogue.search.topics import Topic
from onestop.catalogue.search.words import Word, folded_key, words
from onestop.schemas import Candidate, SearchResult

_CODE = re.compile(r"(?<!\d)\d\.\d{6,9}(?!\d)")
_LIKELY = 0.05  # from this chance on a procedure tells which topics to offer
_NARROWINGS = 16  # sets of restrictions whose effect is kept: the portal's and programs'
_TOLD_APART = 4  # candidates that a question tells apart
_NEAR = 1.0  # a namesake whose total is further away is another thing, or excluded
# Not fitted: whoever is not of the age that a name asks for cannot mean it.
_OTHER_AGE = np.float32(2.0)
_PARTS = 8  # of a long message, which are looked at for a bare topic


class SearchIndex:
    """An immutable index over procedures.

    Args:
        procedures: those that can be found.
        lexicon: everyday words, situations and wordings.
        weights: how much each kind of evidence counts.

    Attributes:
        features: what the ranking adds up.
    """

    def __init__(self, procedures: list[Procedure], lexicon: Lexicon, weights: Weights) -> None:
        self._lexicon = lexicon
        self._narrowed = lru_cache(maxsize=_NARROWINGS)(self._narrow)
        self._questions = lexicon.questions
        self.features = Features(procedures, lexicon, weights)
        procedures = [procedures[at] for at in self.features.order]
        self._plain = self.features.plain
        self._cards = [_card(procedure) for procedure in procedures]
        self._by_code = {p.code: at for at, p in enumerate(procedures)}
        self._namesakes = Namesakes(procedures)
        self._levels = levels.Levels(self._plain, [p.tier for p in procedures])
        self._applicants = [", ".join(p.applicants).lower() for p in procedures]
        self._where = [
            f" {folded_key(words(f'{p.name} {p.agency}'))} " if lost else ""
            for p, lost in zip(procedures, self.features.lost, strict=True)
        ]

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
        said, aged = affirmed(query), self.features.aged(fold(query))
        if usual := self._of_topic(said, limit, narrow):
            return usual
        readings = self.features.read(said)
        if aged is not None:  # it need not be said as any name or saying has it
            readings += self.features.read(ages.without(said))
        content = readings[0].content
        nothing = SearchResult(
            outcome="none", candidates=[], content_words=content, topics=self._offered([])
        )
        if not content or not self._cards:
            return nothing
        found = [self.features.evidence(reading, aged) for reading in readings]
        totals = np.maximum.reduce([self.features.totals(*evidence) for evidence in found])
        totals = totals + self._narrowed(narrow)
        if aged is not None:
            totals = totals - _OTHER_AGE * aged[0]
        likeliest = _highest(totals, max(limit, judgement.COMPARED))
        best = [at for at in likeliest if totals[at] > EXCLUDED / 2]
        if not best:
            return nothing
        better = self.features.better(best[0], found)
        scope = judgement.in_scope(self.features.signs(best[0], found[better], readings[better]))
        chances = judgement.chances(totals[best], scope)
        folded = folded_key(said)
        best = self._levels.ordered(best, chances, levels.said(folded))
        outcome = self._outcome(best, chances, scope, found[better])
        named = outcome != "none" and is_name(folded, self._cards[best[0]].name)
        ranked = list(zip(best, chances, strict=True))[:limit]
        names = [self._plain[at] for at, chance in ranked if chance >= judgement.SHOWN]
        if outcome == "found" and len(same := self._of_one_name(best[0], totals)) > 1:
            outcome, names = "choices", []
            ranked = [(at, chances[0]) for at in same[:limit]]
        return SearchResult(
            outcome=outcome,
            candidates=[self._scored(at, float(chance)) for at, chance in ranked],
            question=self._questions.between(names[:_TOLD_APART]) if outcome == "choices" else None,
            named=named,
            content_words=True,
            topics=self._offered(ranked) if outcome == "none" else [],
        )

    def _outcome(
        self, best: list[int], chances: Floats, scope: float, evidence: Evidence
    ) -> judgement.Outcome:
        """How sure it is; records of one name are one."""
        alike = [self._plain[at] == self._plain[best[0]] for at in best]
        outcome = judgement.outcome(float(chances[alike].sum()), scope)
        if outcome == "found" and not self.features.told_apart(best, evidence):
            return "choices"
        return outcome

    def _of_one_name(self, at: int, totals: Floats) -> list[int]:
        """A procedure and its namesakes that fit as well, best first."""
        same = [one for one in self._namesakes.of(at) if totals[one] > totals[at] - _NEAR]
        return sorted(same, key=lambda one: -totals[one])

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

    def position(self, code: str) -> int | None:
        """Where a procedure stands in the features; None if it is not indexed."""
        return self._by_code.get(code)

    def _scored(self, at: int, score: float) -> Candidate:
        return self._cards[at].model_copy(update={"score": min(score, 1.0)})

    def _narrow(self, narrow: Narrow) -> Floats:
        """What restrictions add to each procedure's total; `_narrowed` keeps the last ones."""
        if narrow == ANYTHING:
            return np.zeros(1, dtype=np.float32)
        known = zip(self._cards, self._applicants, self.features.lost, self._where, strict=True)
        return np.array([narrow.adds(*one) for one in known], dtype=np.float32)


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
