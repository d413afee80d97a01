"""Groups of messages, and what to call them. No tables here.

A message is read as the search reads it (talk dropped, everyday words in official ones), weighted by TF-IDF. A
group is a message and all that lie near it: as no member is far from the middle, groups do not grow together by
steps, and no table of all pairs is needed. The same messages always give the same groups.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import log

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction import DictVectorizer
from sklearn.preprocessing import normalize

from onestop.catalogue.search.lexicon import Kind, Lexicon, Piece
from onestop.catalogue.search.reading import read_message
from onestop.catalogue.search.words import Word, words
from onestop.transcripts.clustering import Cluster, Message

NEAR = 0.4
"""The cosine from which on a message belongs to a group's middle."""

PAIR = 0.5
"""What a pair of words counts beside a word: who says the same otherwise uses other pairs."""

LEAST = 3
"""Citizens who make a group: fewer are chance."""

FEW = 1_000
"""Messages, below which how many of them use a word says little of the word."""

NAME_TERMS = 3
LONGEST_TERM = 4  # syllables: "lý lịch tư pháp"
COMMON = 0.3  # of a group's citizens use a word that names it
_ROWS_AT_ONCE = 256  # with 20,000 texts 40 MB
_MASK = re.compile(r"‹[^›]*›")


def clusters(messages: Sequence[Message], lexicon: Lexicon) -> list[Cluster]:
    """The groups of messages, the largest first; what lies near to nothing is in none.

    Args:
        messages: in any order.
        lexicon: what the search knows of words.
    """
    of_text: dict[str, list[Message]] = defaultdict(list)
    read: dict[str, dict[str, float]] = {}
    for message in sorted(messages):
        said = words(_MASK.sub(" ", message.text))
        terms = read_message(said, lexicon)
        if terms.syllables:
            text = " ".join(word.folded for word in said)
            of_text[text].append(message)
            pairs = {pair: PAIR * weight for pair, weight in terms.pairs.items()}
            read.setdefault(text, {**terms.syllables, **pairs})
    if not read:
        return []
    weighted = _weighted(DictVectorizer().fit_transform(read.values()))
    texts = [of_text[text] for text in read]
    groups = [
        [message for row in rows for message in texts[row]] for rows in _near(weighted, texts)
    ]
    names = _Names([one for text in texts for one in text], lexicon)
    found = [Cluster(names.of(group), [message.id for message in group]) for group in groups]
    return sorted(found, key=lambda one: (-len(one.members), min(one.members)))


def _weighted(counts: csr_matrix) -> csr_matrix:
    """Rows of TF-IDF, each of length one; among few messages no word is taken for a common one."""
    users = np.bincount(counts.indices, minlength=counts.shape[1])
    rarity = np.log((1 + max(counts.shape[0], FEW)) / (1 + users)) + 1
    return normalize(counts.multiply(rarity).tocsr())


def _citizens(group: Sequence[Message]) -> int:
    return len({message.citizen for message in group if message.counts})


def _near(weighted: csr_matrix, texts: Sequence[Sequence[Message]]) -> Iterator[list[int]]:
    """Rows that belong together: around the one with most near it, then the next that is still free."""
    count = len(texts)
    counts = np.array([_citizens(text) for text in texts])
    around = np.concatenate(
        [
            ((weighted[start : start + _ROWS_AT_ONCE] @ weighted.T).toarray() >= NEAR) @ counts
            for start in range(0, count, _ROWS_AT_ONCE)
        ]
    )
    free = np.ones(count, dtype=bool)
    for middle in np.lexsort((np.arange(count), -around)):
        if around[middle] < LEAST:
            return
        if free[middle]:
            nearness = (weighted @ weighted[middle].T).toarray().ravel()
            rows = np.flatnonzero(free & (nearness >= NEAR))
            group = rows[np.lexsort((rows, -nearness[rows]))].tolist()
            if _citizens([one for row in group for one in texts[row]]) >= LEAST:
                free[group] = False
                yield group


class _Names:
    """Names groups by words that are in them more than elsewhere; a word that one citizen used names none."""

    def __init__(self, messages: Sequence[Message], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._total = len({one.citizen for one in messages})
        self._users = self._used(messages)[0]

    def _terms(self, text: str) -> Iterator[tuple[Word, ...]]:
        """Words that are no talk, and a few of such side by side."""
        for part in _MASK.split(text):
            said = words(part)
            pieces = self._lexicon.pieces(said, accented=any(not word.bare for word in said))
            for talk, run in groupby(pieces, key=_is_talk):
                told = [] if talk else [word for piece in run for word in piece.said]
                for begin in range(len(told)):
                    for end in range(begin + 1, min(begin + LONGEST_TERM, len(told)) + 1):
                        yield tuple(told[begin:end])

    def _used(
        self, messages: Sequence[Message]
    ) -> tuple[dict[str, set[int]], dict[str, Counter[str]]]:
        """By folded term: the citizens who use it, and how it is written."""
        users: dict[str, set[int]] = defaultdict(set)
        written: dict[str, Counter[str]] = defaultdict(Counter)
        for message in messages:
            for term in self._terms(message.text):
                key = " ".join(word.folded for word in term)
                users[key].add(message.citizen)
                written[key][" ".join(word.accented for word in term)] += 1
        return users, written

    def of(self, group: Sequence[Message]) -> str:
        """The name of a group, such as "hộ chiếu, mất"; empty if its messages share no word."""
        users, written = self._used(group)

        def telling(key: str) -> tuple[float, str]:
            rare = log((1 + self._total) / len(self._users[key]))
            return (-len(users[key]) * rare * len(key.split()), key)

        chosen: list[str] = []
        least = max(2, COMMON * len({one.citizen for one in group}))
        for key in sorted((key for key in users if len(users[key]) >= least), key=telling):
            if not {word for one in chosen for word in one.split()} & set(key.split()):
                chosen.append(key)
            if len(chosen) == NAME_TERMS:
                break
        return ", ".join(_written(written[key]) for key in chosen)


def _is_talk(piece: Piece) -> bool:
    return any(phrase.kind is Kind.TALK for phrase in piece.phrases)


def _written(ways: Counter[str]) -> str:
    """How a term is mostly written; with accents where anybody wrote them."""
    return max(ways, key=lambda way: (not way.isascii(), ways[way], way))
