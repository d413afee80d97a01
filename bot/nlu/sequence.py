"""A linear-chain CRF that marks spans in a message by what stands around them. No Rasa here.

For data sets whose entities are annotated; what can be told by its shape is `bot.nlu.entities`. It loads
at once from its own bytes (Rasa's CRFEntityExtractor trains again whenever a model is loaded).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pycrfsuite

from bot.nlu.text import fold

OUTSIDE = "O"
# L-BFGS with elastic net, stopped early: more exact than the averaged perceptron and SGD, and the
# last fifty of a hundred steps gain nothing (docs/understanding.md).
ALGORITHM = "lbfgs"
PARAMETERS: dict[str, Any] = {
    "c1": 0.05,
    "c2": 0.01,
    "max_iterations": 50,
    "feature.possible_transitions": False,
}
LEFT, RIGHT = 6, 4
"""Tokens before and after of which a token sees the words without their places."""


class Span(NamedTuple):
    """An entity over tokens `first` to `last`, both counted in."""

    label: str
    first: int
    last: int


class SequenceModel:
    """Learns and finds spans; one instance is one trained model."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(content)

    @classmethod
    def fit(
        cls, sentences: Sequence[Sequence[str]], tags: Sequence[Sequence[str]]
    ) -> SequenceModel:
        """Train on tokenised sentences and their BIO tags.

        Args:
            sentences: tokens of each sentence, as typed.
            tags: a tag for each token: O, B-label or I-label.
        """
        trainer = pycrfsuite.Trainer(algorithm=ALGORITHM, verbose=False)
        trainer.set_params(PARAMETERS)
        for words, marks in zip(sentences, tags, strict=True):
            trainer.append(features(words), list(marks))
        with tempfile.TemporaryDirectory() as directory:
            path = Path(directory) / "sequence.crfsuite"
            trainer.train(str(path))
            return cls(path.read_bytes())

    def tag(self, words: Sequence[str]) -> list[str]:
        """The BIO tags of one tokenised sentence."""
        marks: list[str] = self._tagger.tag(features(words))
        return marks


def spans(tags: Sequence[str]) -> list[Span]:
    """The spans that BIO tags mark; an I- without its B- begins a span, as seqeval reads it."""
    found: list[Span] = []
    for place, tag in enumerate(tags):
        if tag == OUTSIDE:
            continue
        kind, _, label = tag.partition("-")
        if kind == "I" and found and found[-1].label == label and found[-1].last == place - 1:
            found[-1] = found[-1]._replace(last=place)
        else:
            found.append(Span(label, place, place))
    return found


def features(words: Sequence[str]) -> list[list[str]]:
    """What the CRF sees of each token: the words and shapes around it, near and farther off.

    All without accents: a message is marked alike with and without them, and training on accented
    and folded copies, twice as slow, gained 0.2 points of F1 at most.
    """
    bare = [_shape(fold(word) or word) for word in words]
    padded = ["<<", "<", *bare, ">", ">>"]
    seen = []
    for place in range(len(bare)):
        before2, before, here, after, after2 = padded[place : place + 5]
        own = [
            "1",
            f"0={here}",
            f"-1={before}",
            f"-2={before2}",
            f"+1={after}",
            f"+2={after2}",
            f"-1|0={before}|{here}",
            f"0|+1={here}|{after}",
            f"-2|-1={before2}|{before}",
            f"+1|+2={after}|{after2}",
            f"-1|0|+1={before}|{here}|{after}",
            f"-2|-1|0={before2}|{before}|{here}",
            f"p={here[:2]}",
            f"s={here[-2:]}",
        ]
        own += [f"l={left}" for left in dict.fromkeys(bare[max(0, place - LEFT) : place])]
        own += [f"r={right}" for right in dict.fromkeys(bare[place + 1 : place + 1 + RIGHT])]
        seen.append(own)
    return seen


def _shape(word: str) -> str:
    """A word with digits by how it is built; others as they are."""
    if not any(letter.isdigit() for letter in word):
        return word
    return "".join("0" if letter.isdigit() else letter for letter in word)
