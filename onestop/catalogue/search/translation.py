"""Which words citizens use for the words of official names, learnt from the wordings of all names.

"Gia hạn" of any licence is put in other words as "hết hạn", "kéo dài": what the wordings of many names share is
expected of a name that nobody has worded so. IBM Model 1 (Brown et al., 1993, "The Mathematics of
Statistical Machine Translation") between names and their wordings; as an expansion of documents it is that of
Berger and Lafferty (1999, "Information Retrieval as Statistical Translation").
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onestop.catalogue.search.words import Terms, folded_syllables

_ROUNDS = 5
_DOUBT = 1.0  # added to how often a word is seen: what one name alone says is believed less
_HALF = 0.1  # the chance of a word, given one of the name, at which it counts as half said
_LEAST = 0.2  # what counts less is not kept: it would only lengthen the postings
_NOBODY = "<nobody>"  # a word of no name: what is in every wording is said because of it
_BLOCK = 20_000  # words said that are looked at together

Chances = dict[str, Terms]
Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


def units(syllables: Sequence[str]) -> list[str]:
    """The different syllables of a text and pairs of neighbouring ones ("a b"), in order."""
    pairs = (f"{one} {other}" for one, other in pairwise(syllables))
    return list(dict.fromkeys(chain(syllables, pairs)))


def learn(worded: Mapping[str, Iterable[str]]) -> Chances:
    """How much each word of a name lets expect each word of a citizen, in 0..1.

    Args:
        worded: for each plain name its wordings.

    Returns:
        For each syllable or pair of the names what it lets expect. A word that the wordings of one name only
        hold tells nothing of others and is left out.
    """
    names = {name: [_NOBODY, *units(name.split(" "))] for name in worded}
    said = [
        (name, units(folded_syllables(text))) for name, texts in worded.items() for text in texts
    ]
    users = Counter(unit for _, unit in {(name, unit) for name, own in said for unit in own})
    of_names = _numbered(chain.from_iterable(names.values()))
    of_wordings = _numbered(unit for unit, count in users.items() if count > 1)
    of_name = {name: np.array([of_names[unit] for unit in own]) for name, own in names.items()}
    told = sorted(
        (of_wordings[unit], name) for name, own in said for unit in own if unit in of_wordings
    )
    if not told:
        return {}
    chances, name_unit, word = _model_1(
        np.array([unit for unit, _ in told]), [of_name[name] for _, name in told]
    )
    expected: Chances = {}
    by_name, by_word = list(of_names), list(of_wordings)
    counted = chances / (chances + _HALF)
    for at in np.flatnonzero((counted >= _LEAST) & (name_unit != of_names[_NOBODY])):
        expected.setdefault(by_name[name_unit[at]], {})[by_word[word[at]]] = float(counted[at])
    return expected


def expected(name: str, chances: Chances) -> Terms:
    """What citizens may say of a plain name; of two words that let expect the same the stronger counts."""
    found: Terms = {}
    for unit in units(name.split(" ")):
        for word, chance in chances.get(unit, {}).items():
            found[word] = max(chance, found.get(word, 0.0))
    return found


def _numbered(units_: Iterable[str]) -> dict[str, int]:
    return {unit: at for at, unit in enumerate(dict.fromkeys(units_))}


class _Block(NamedTuple):
    """Some of the words said, each with all that may explain it: the units of its name."""

    keys: Places  # different (word, unit of a name), as one number
    cell: Numbers  # for each explanation which of the keys it is
    said: Numbers  # … and which of the words said it explains


def _model_1(said: Places, because: Sequence[Places]) -> tuple[Floats, Places, Places]:
    """Expectation maximisation.

    Args:
        said: the words said, one number each, in rising order.
        because: for each of them the units of the name that it was said of.

    Returns:
        The chances, and for each the unit of names and the word that it belongs to.
    """
    width = max(int(units.max()) for units in because) + 1
    blocks = list(_blocks(said, because, width))
    unit = [block.keys % width for block in blocks]
    chances = [np.ones(len(block.keys)) for block in blocks]
    for _ in range(_ROUNDS):
        counts = []
        for block, chance in zip(blocks, chances, strict=True):
            share = chance[block.cell]
            share /= np.bincount(block.said, share)[block.said]
            counts.append(np.bincount(block.cell, share, len(block.keys)))
        seen = np.bincount(np.concatenate(unit), np.concatenate(counts), width) + _DOUBT
        chances = [n / seen[of] for of, n in zip(unit, counts, strict=True)]
    words = [block.keys // width for block in blocks]
    return np.concatenate(chances), np.concatenate(unit), np.concatenate(words)


def _blocks(said: Places, because: Sequence[Places], width: int) -> Iterator[_Block]:
    """The words said in blocks, each word whole in one of them; all at once take twice the memory."""
    starts = np.flatnonzero(np.diff(said, prepend=-1))
    first = 0
    for end in (*starts[1:], len(said)):
        if end - first < _BLOCK and end < len(said):
            continue
        sizes = [len(units) for units in because[first:end]]
        keys = np.repeat(said[first:end] * width, sizes) + np.concatenate(because[first:end])
        different: Places
        different, cell = np.unique(keys, return_inverse=True)
        place = np.repeat(np.arange(end - first, dtype=np.int32), sizes)
        yield _Block(different, cell.astype(np.int32), place)
        first = end
