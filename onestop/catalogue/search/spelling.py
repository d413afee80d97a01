"""Typing errors: a syllable that no name knows, or that never stands beside its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from onestop.catalogue.search.words import Word

_LONGEST = 7  # the longest Vietnamese syllable: nghiêng


class Spelling:
    """Suggests listed syllables one edit away (delete, insert, replace, swap)."""

    def __init__(self, syllables: Mapping[str, int], pairs: Iterable[str]) -> None:
        self._known = dict(syllables)
        self._pairs = frozenset(pairs)
        self._near: dict[str, list[str]] = {}
        for syllable in syllables:
            if not syllable[0].isdigit() and len(syllable) <= _LONGEST:
                for key in _deletions(syllable):
                    self._near.setdefault(key, []).append(syllable)

    def near(self, syllable: str) -> set[str]:
        """Listed syllables at most one edit away."""
        found = {
            other
            for key in _deletions(syllable)
            for other in self._near.get(key, ())
            if abs(len(other) - len(syllable)) <= 1 and _one_edit(other, syllable)
        }
        found.discard(syllable)
        return found

    def mend(self, said: list[Word]) -> list[Word]:
        """Replace what is surely a slip: an unknown syllable, or one that fits neither neighbour.

        A replacement must stand beside a neighbour in some listed name; the more frequent wins.
        """
        mended = list(said)
        for at, word in enumerate(said):
            before = mended[at - 1].folded if at else ""
            after = said[at + 1].folded if at + 1 < len(said) else ""
            known = word.folded in self._known
            if word.folded[0].isdigit() or (known and self._fits(before, word.folded, after)):
                continue
            if not known and (parts := self._split(word.folded)):
                mended[at] = Word(" ".join(parts), " ".join(parts))
                continue
            if len(word.folded) < 2:
                continue
            best = max(
                self.near(word.folded),
                key=lambda other: (self._fits(before, other, after), self._known[other]),
                default=None,
            )
            if best and (self._fits(before, best, after) > (1 if known else 0)):
                mended[at] = Word(best, best)
        return [
            Word(part, part) if " " in word.folded else word
            for word in mended
            for part in word.folded.split(" ")
        ]

    def _fits(self, before: str, syllable: str, after: str) -> int:
        return (f"{before} {syllable}" in self._pairs) + (f"{syllable} {after}" in self._pairs)

    def _split(self, syllable: str) -> tuple[str, str] | None:
        for cut in range(2, len(syllable) - 1):
            if f"{syllable[:cut]} {syllable[cut:]}" in self._pairs:
                return syllable[:cut], syllable[cut:]
        return None


def _deletions(syllable: str) -> set[str]:
    return {syllable} | {syllable[:i] + syllable[i + 1 :] for i in range(len(syllable))}


def _one_edit(a: str, b: str) -> bool:
    if len(a) == len(b):
        differ = [i for i in range(len(a)) if a[i] != b[i]]
        return len(differ) == 1 or (
            len(differ) == 2
            and differ[1] == differ[0] + 1
            and a[differ[0]] == b[differ[1]]
            and a[differ[1]] == b[differ[0]]
        )
    long, short = (a, b) if len(a) > len(b) else (b, a)
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
