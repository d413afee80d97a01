"""Typing errors: syllables that nobody lists, or that never stand beside their neighbours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rapidfuzz.distance import OSA

from onestop.catalogue.search.words import Word

_LONGEST = 12
_ALTERNATIVES = 2


class Spelling:
    """Mends slips of one edit (delete, insert, replace, swap, misplaced space) by what is listed.

    Args:
        listed: the syllables of every name, alias, situation and listed phrase, in order.
        others: other syllables that are not taken for slips.
    """

    def __init__(self, listed: Iterable[Sequence[Word]], others: Iterable[str] = ()) -> None:
        self._others = frozenset(others)
        self._known: Counter[str] = Counter()
        self._pairs: Counter[str] = Counter()
        self._marked: set[str] = set()
        for text in listed:
            self._known.update(word.folded for word in text)
            self._marked.update(word.accented for word in text if not word.bare)
            self._pairs.update(f"{a.folded} {b.folded}" for a, b in pairwise(text))
        self._near: dict[str, list[str]] = {}
        for syllable in self._known:
            if syllable.isalpha() and len(syllable) <= _LONGEST:
                for key in _deletions(syllable):
                    self._near.setdefault(key, []).append(syllable)

    def near(self, syllable: str) -> set[str]:
        """Listed syllables exactly one edit away."""
        candidates = {s for key in _deletions(syllable) for s in self._near.get(key, ())}
        return {s for s in candidates if OSA.distance(s, syllable, score_cutoff=1) == 1}

    def mend(self, said: Sequence[Word]) -> list[Word]:
        """Replace unlisted syllables; give doubtful ones what else they may mean (`Word.meant`).

        A syllable is doubtful if no listed text holds it beside either neighbour, nor with the
        same marks. What it may be must stand beside a neighbour, the more often the better.
        """
        mended = list(self._spaced(list(said)))
        for at, word in enumerate(mended):
            if not word.folded.isalpha() or len(word.folded) > _LONGEST:
                continue
            before = mended[at - 1].folded if at else ""
            after = mended[at + 1].folded if at + 1 < len(mended) else ""
            known = word.folded in self._known or word.folded in self._others
            sure = len(word.folded) < 2 or word.accented in self._marked
            if known and (sure or self._fits(before, word.folded, after)):
                continue
            fits = {other: self._fits(before, other, after) for other in self.near(word.folded)}
            best = sorted(
                (other for other in fits if fits[other] or not known),
                key=lambda other: (fits[other], self._known[other]),
                reverse=True,
            )
            if best and not known:
                mended[at] = Word(best[0], best[0], tuple(best[1 : 1 + _ALTERNATIVES]))
            elif best:
                mended[at] = word._replace(meant=tuple(best[:_ALTERNATIVES]))
        return mended

    def _fits(self, before: str, syllable: str, after: str) -> int:
        return self._pairs[f"{before} {syllable}"] + self._pairs[f"{syllable} {after}"]

    def _spaced(self, said: list[Word]) -> Iterable[Word]:
        """Put spaces right: "dangky", "do cthan"."""
        at = 0
        while at < len(said):
            pair = [word.folded for word in said[at : at + 2]]
            if all(syllable in self._known or syllable in self._others for syllable in pair):
                yield said[at]
                at += 1
                continue
            for typed in (pair[:1], pair):
                if parts := self._split("".join(typed)):
                    yield from (Word(part, part) for part in parts)
                    at += len(typed)
                    break
            else:
                yield said[at]
                at += 1

    def _split(self, letters: str) -> tuple[str, str] | None:
        cuts = ((letters[:cut], letters[cut:]) for cut in range(2, len(letters) - 1))
        found = [parts for parts in cuts if " ".join(parts) in self._pairs]
        return max(found, key=lambda parts: self._pairs[" ".join(parts)], default=None)


def _deletions(syllable: str) -> set[str]:
    return {syllable} | {syllable[:i] + syllable[i + 1 :] for i in range(len(syllable))}
