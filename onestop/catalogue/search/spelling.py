"""Typing errors: syllables that no name knows, or that never stand beside their neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA

from onestop.catalogue.search.words import Word

_LONGEST = 8  # one more than the longest Vietnamese syllable: nghiêng
_KEPT = 3


class Spelling:
    """Suggests listed syllables one edit away (delete, insert, replace, swap)."""

    def __init__(self, syllables: Mapping[str, int], pairs: Iterable[str]) -> None:
        self._known = dict(syllables)
        self._pairs = frozenset(pairs)
        self._near: dict[str, list[str]] = {}
        for syllable in syllables:
            if syllable.isalpha() and len(syllable) <= _LONGEST:
                for key in _deletions(syllable):
                    self._near.setdefault(key, []).append(syllable)

    def near(self, syllable: str) -> set[str]:
        """Listed syllables exactly one edit away."""
        candidates = {s for key in _deletions(syllable) for s in self._near.get(key, ())}
        return {s for s in candidates if OSA.distance(s, syllable, score_cutoff=1) == 1}

    def suggest(self, before: str, word: Word, after: str) -> list[str]:
        """What a syllable may have been meant to be, best first; empty if it looks right.

        A suggestion must stand beside a neighbour in some listed name; a syllable that no name
        knows may also be two that were typed together.
        """
        typed = word.folded
        if not typed.isalpha() or len(typed) > 2 * _LONGEST:
            return []
        known = typed in self._known
        if known and (self._fits(before, typed, after) or len(typed) < 2):
            return []
        if not known and (parts := self._split(typed)):
            return [parts]
        fitting = [
            (self._fits(before, other, after), self._known[other], other)
            for other in self.near(typed)
        ]
        best = sorted((f for f in fitting if f[0] or not known), reverse=True)
        return [other for _, _, other in best[: 1 if known else _KEPT]]

    def _fits(self, before: str, syllable: str, after: str) -> int:
        return (f"{before} {syllable}" in self._pairs) + (f"{syllable} {after}" in self._pairs)

    def _split(self, syllable: str) -> str | None:
        for cut in range(2, len(syllable) - 1):
            pair = f"{syllable[:cut]} {syllable[cut:]}"
            if pair in self._pairs:
                return pair
        return None


def _deletions(syllable: str) -> set[str]:
    return {syllable} | {syllable[:i] + syllable[i + 1 :] for i in range(len(syllable))}
