"""How a Vietnamese syllable is built: onset, rhyme, tone; where the tone mark stands; telex keys.

The lists are those of the standard orthography (onsets and rhymes of the national alphabet).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ONSETS = "b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x"
_RHYMES = """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
    e ec em en eng eo ep et ê êch êm ên êng ênh êp êt êu
    i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
    o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi
    om on ong oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
    u ua uân uâng uât uây uc uê uêch uên uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut
    uy uya uych uyên uyêt uynh uyt uyu
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
    y yêm yên yêng yêt yêu
"""
ONSETS = frozenset(_ONSETS.split()) | {""}
RHYMES = frozenset(_RHYMES.split())

# Combining marks: grave, acute, tilde, hook above, dot below.
TONES = "\u0300\u0301\u0303\u0309\u0323"
TELEX_TONES = dict(zip("fsxrj", TONES, strict=True))
TELEX_MARKS = (
    ("uwow", "ươ"),
    ("uow", "ươ"),
    ("uwo", "ươ"),
    ("aa", "â"),
    ("ee", "ê"),
    ("oo", "ô"),
    ("aw", "ă"),
    ("ow", "ơ"),
    ("uw", "ư"),
)
VNI_TONES = dict(zip("21435", TONES, strict=True))
VNI_MARKS = (
    ("u7o7", "ươ"),
    ("uo7", "ươ"),
    ("d9", "đ"),
    ("a6", "â"),
    ("e6", "ê"),
    ("o6", "ô"),
    ("a8", "ă"),
    ("o7", "ơ"),
    ("u7", "ư"),
)
_BEARERS = "ăâêôơư"
_VOWELS = "aeiouy" + _BEARERS
_PARTS = re.compile(rf"^(qu|gi(?=[{_VOWELS}])|[bcdđghklmnpqrstvx]*)([{_VOWELS}]+)([cghmnpt]*)$")
_TELEX_TONE = re.compile(rf"^(.*[{_VOWELS}])([fsxrj])([{_VOWELS}]*[cghmnpt]*)$|^(.+)([fsxrj])$")
_VNI_TONE = re.compile(rf"^(.*[{_VOWELS}][cghmnpt]*)([1-5])([{_VOWELS}]*[cghmnpt]*)$")


def split_tone(word: str) -> tuple[str, str]:
    """A word without its tone marks (ă â ê ô ơ ư stay), and the tone marks in order."""
    decomposed = unicodedata.normalize("NFD", word)
    marks = "".join(letter for letter in decomposed if letter in TONES)
    bare = "".join(letter for letter in decomposed if letter not in TONES)
    return unicodedata.normalize("NFC", bare), marks


def is_syllable(bare: str) -> bool:
    """Whether a lower-case word without tone marks can be a Vietnamese syllable."""
    return any(bare[:cut] in ONSETS and bare[cut:] in RHYMES for cut in range(min(4, len(bare))))


_FOLDED_RHYMES = frozenset(
    "".join(c for c in unicodedata.normalize("NFD", rhyme) if not unicodedata.combining(c))
    for rhyme in RHYMES
)


@lru_cache(maxsize=20_000)
def is_folded_syllable(word: str) -> bool:
    """Whether an ASCII word can be a Vietnamese syllable without its accents."""
    return any(
        word[:cut] in ONSETS and word[cut:] in _FOLDED_RHYMES for cut in range(min(4, len(word)))
    )


@lru_cache(maxsize=20_000)
def place_tone(word: str) -> str:
    """Put a word's one tone mark where it belongs: hoà → hòa, lựơng → lượng, hòan → hoàn.

    A word that is no Vietnamese syllable, or has no or several tone marks, stays as it is.
    """
    bare, marks = split_tone(word)
    parts = _PARTS.match(bare)
    if len(marks) != 1 or not parts:
        return word
    onset, vowels, final = parts.groups()
    bearing = [index for index, letter in enumerate(vowels) if letter in _BEARERS]
    if bearing:
        index = bearing[-1]
    elif len(vowels) == 2:
        index = 1 if final else 0
    else:
        index = min(1, len(vowels) - 1)
    marked = vowels[: index + 1] + marks + vowels[index + 1 :]
    return unicodedata.normalize("NFC", onset + marked + final)


@lru_cache(maxsize=20_000)
def from_telex(word: str) -> str | None:
    """Read an ASCII word as telex keys: ddawng → đăng, lamf → làm; None if it is not such a word.

    A word that is a syllable as it stands is never read as keys.
    """
    if not word.isascii() or not word.isalpha() or is_folded_syllable(word):
        return None
    bare = "đ" + word[2:] if word.startswith("dd") else word
    for keys, letters in TELEX_MARKS:
        bare = bare.replace(keys, letters, 1)
    return _compose(word, *_take_tone(bare, _TELEX_TONE, TELEX_TONES))


@lru_cache(maxsize=20_000)
def from_vni(word: str) -> str | None:
    """Read an ASCII word with digits as VNI keys: d9a8ng → đăng, ky1 → ký; None if it is none."""
    if not word.isascii() or not word[:1].isalpha() or word.isalpha():
        return None
    bare = word
    for keys, letters in VNI_MARKS:
        bare = bare.replace(keys, letters, 1)
    return _compose(word, *_take_tone(bare, _VNI_TONE, VNI_TONES))


def _take_tone(word: str, pattern: re.Pattern[str], tones: dict[str, str]) -> tuple[str, str]:
    """A word without its key for the tone, and the tone mark of that key."""
    match = pattern.match(word)
    if not match:
        return word, ""
    before, key, *after = (group for group in match.groups() if group is not None)
    return before + "".join(after), tones[key]


def _compose(word: str, bare: str, tone: str) -> str | None:
    if (bare == word and not tone) or not is_syllable(bare):
        return None
    if not tone:
        return bare
    parts = _PARTS.match(bare)
    if parts is None:
        return None
    # Any place will do: place_tone moves it.
    onset, vowels, final = parts.groups()
    rough = unicodedata.normalize("NFC", onset + vowels[0] + tone + vowels[1:] + final)
    return place_tone(rough)
