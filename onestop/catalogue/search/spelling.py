"""Typing errors: syllables that nobody lists, or that never stand beside their neighbours."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from rapidfuzz.distance import OSA

from bot.nlu.text import is_folded_syllable
from onestop.catalogue.search.words import Word

_LONGEST = 12
_ALTERNATIVES = 2
_VOWEL = re.compile(r"[aeiou]|[^\x00-\x7f]")
_ABBREVIATION = 4  # letters; one edit makes a shorter one another


class Spelling:
    """Mends slips of one edit (delete, insert, replace, swap, misplaced space) by what is listed.

    Args:
        listed: the syllables of every name, alias, situation and listed phrase, in order.
        others: other syllables that are not taken for slips.
        abbreviations: short forms and what they stand for.
    """

    def __init__(
        self,
        listed: Iterable[Sequence[Word]],
        others: Iterable[str] = (),
        abbreviations: Mapping[str, Sequence[Word]] | None = None,
    ) -> None:
        self._others = frozenset(others)
        self._known: Counter[str] = Counter()
        self._pairs: Counter[str] = Counter()
        self._marked: set[str] = set()
        for text in listed:
            self._known.update(word.folded for word in text)
            self._marked.update(word.accented for word in text if not word.bare)
            self._pairs.update(f"{a.folded} {b.folded}" for a, b in pairwise(text))
        self._near = _by_deletions(s for s in self._known if s.isalpha() and len(s) <= _LONGEST)
        self._abbreviations = {
            short: tuple(meant)
            for short, meant in (abbreviations or {}).items()
            if len(short) >= _ABBREVIATION and not _VOWEL.search(short)
        }
        self._near_abbreviations = _by_deletions(self._abbreviations)

    def near(self, syllable: str) -> set[str]:
        """Listed syllables exactly one edit away."""
        return _one_edit_away(syllable, self._near)

    def mend(self, said: Sequence[Word]) -> list[Word]:
        """Replace unlisted syllables; give doubtful ones what else they may mean (`Word.meant`).

        A syllable is doubtful if no listed text holds it beside either neighbour, nor with the
        same marks. What it may be must stand beside a neighbour, the more often the better.
        """
        mended = list(self._spaced(list(said)))
        written_out: dict[int, Sequence[Word]] = {}
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
            if not known and not any(fits.values()) and (meant := self._written_out(word.folded)):
                written_out[at] = meant
                continue
            best = sorted(
                (other for other in fits if fits[other] or not known),
                key=lambda other: (-fits[other], -self._known[other], other),
            )
            if best and not known:
                mended[at] = Word(best[0], best[0], tuple(best[1 : 1 + _ALTERNATIVES]))
            elif best:
                mended[at] = word._replace(meant=tuple(best[:_ALTERNATIVES]))
        return [one for at, word in enumerate(mended) for one in written_out.get(at, (word,))]

    def _written_out(self, typed: str) -> Sequence[Word] | None:
        """What a mistyped abbreviation stands for ("ccd", "hbyt"), where it can be but one."""
        if is_folded_syllable(typed):
            return None
        meant = {self._abbreviations[s] for s in _one_edit_away(typed, self._near_abbreviations)}
        return meant.pop() if len(meant) == 1 else None

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


def _by_deletions(words: Iterable[str]) -> dict[str, list[str]]:
    """Words by what is left of them without one letter, and by themselves."""
    found: dict[str, list[str]] = {}
    for word in words:
        for key in _deletions(word):
            found.setdefault(key, []).append(word)
    return found


def _one_edit_away(typed: str, words: Mapping[str, Sequence[str]]) -> set[str]:
    candidates = {word for key in _deletions(typed) for word in words.get(key, ())}
    return {word for word in candidates if OSA.distance(word, typed, score_cutoff=1) == 1}


def _deletions(syllable: str) -> set[str]:
    return {syllable} | {syllable[:i] + syllable[i + 1 :] for i in range(len(syllable))}
