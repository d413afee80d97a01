"""One spelling for a text: Unicode, case, tone marks, leftovers of typing methods, emoji."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from bot.nlu.text.abbreviations import expand_abbreviations, lexicon
from bot.nlu.text.syllables import from_telex, from_vni, is_folded_syllable, place_tone

_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W_]+")
_ROMAN = re.compile(r"[ivxlc]+")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")
_NOISE = re.compile(r"([^\W\d_aeiouy])\1+")
# Keys that hardly stand in a word otherwise: only a text with one of them is read as VNI, because
# "a1" or "so4" are a licence class and a number far more often.
_VNI_SIGN = re.compile(r"d9|[aeo]6[a-z1-5]|[ou]7[a-z1-5]|a8[a-z]")
# Symbols, marks without a letter, controls: emoji and their joiners among them.
_DROPPED = frozenset({"So", "Sk", "Cf", "Cs", "Co", "Cn", "Cc", "Me"})


class _Bare(dict[int, str]):
    """Each letter's bare form, looked up once; a table for `str.translate`."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        bare = (
            unicodedata.normalize("NFD", letter)[0] if unicodedata.decomposition(letter) else letter
        )
        self[code] = bare
        return bare


_BARE = _Bare({ord("đ"): "d", ord("Đ"): "D"})


def strip_accents(text: str) -> str:
    """`text` without Vietnamese accents, đ as d; case, spaces and length (of an NFC text) stay."""
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(_BARE)


def normalise(text: str) -> str:
    """One spelling of `text`, lower case, single spaces; applying it twice changes nothing."""
    text = unicodedata.normalize("NFC", text)
    if not (text.isascii() and text.isprintable()):
        for emoji, words in lexicon().emoji.items():
            text = text.replace(emoji, f" {words} ")
        text = "".join(
            " " if unicodedata.category(letter) in _DROPPED else letter for letter in text
        )
    text = unicodedata.normalize("NFC", text.lower())
    read = from_vni if _VNI_SIGN.search(text) else from_telex
    text = _WORD.sub(lambda match: _respell(match.group(), read), text)
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=20_000)
def _respell(word: str, read: Callable[[str], str | None]) -> str:
    if word in lexicon().single or word in lexicon().kept or _ROMAN.fullmatch(word):
        return word
    word = _squeeze(word)
    if not word.isascii():
        return place_tone(word)
    return word if word in lexicon().single else read(word) or word


def _squeeze(word: str) -> str:
    """A letter written three times or more stands once: quááá → quá, okkkk → ok, emm → em.

    A laugh or a snore is no abbreviation: kkkk → kk, zzz → zz, never "k" (không) or "z" (vậy).
    """
    bare = strip_accents(word)
    if _NOISE.fullmatch(bare):
        return word[:2]
    if bare[-2:-1] == bare[-1:] and is_folded_syllable(bare[:-1]) and not is_folded_syllable(bare):
        word, bare = word[:-1], bare[:-1]
    if not _REPEATED.search(bare):
        return word
    kept, position = [], 0
    for match in _REPEATED.finditer(bare):
        run = word[match.start() : match.end()]
        accented = next((letter for letter in run if not letter.isascii()), run[0])
        kept.append(word[position : match.start()] + accented)
        position = match.end()
    return "".join(kept) + word[position:]


def fold(text: str) -> str:
    """`normalise`d `text` without accents: two texts that differ in accents alone become equal."""
    return strip_accents(normalise(text))


def canonical(text: str) -> str:
    """`normalise`d `text` with abbreviations and chat spelling written out."""
    return expand_abbreviations(normalise(text))
