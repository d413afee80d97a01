"""Yes or no, and one of several: by number, label, alias, typed without accents or with a slip."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from onestop.eforms import numerals
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.definition import Option
from onestop.eforms.words import accented_key, fold, has_accents

# Folded. In one clause a no wins: "không đúng" is a no and "đúng" a yes.
_NO = (
    "khong phai", "khong dung", "khong co", "khong can", "khong muon", "khong dong y", "chua co",
    "chua phai", "khong", "chua", "sai", "ko", "k", "kg", "hong", "hoong", "khoong", "hok", "hem", "hk", "khg",
    "no", "not", "nope", "thoi", "dau co", "lam gi co", "chang", "khoi",
)  # fmt: skip
_YES = (
    "dung roi", "dung vay", "dung the", "phai roi", "co chu", "co roi", "dong y", "chinh xac",
    "tat nhien", "dung", "phai", "co", "vang", "da", "u", "uh", "um", "uhm", "uk", "ok", "oke",
    "okay", "okie", "okela", "yes", "y", "yep", "roi", "duoc", "chuan", "nhat tri", "xac nhan", "dc",
)  # fmt: skip
# "Dạ", "vâng" before another clause are courtesy: "vâng, không có ạ" is a no.
_COURTESY = re.compile(r"(?:(?:da|vang|u|uh|um|thua|a|anh|chi)\b\s*)+")
_QUESTION = re.compile(
    r"\?|\b(?:gi|sao|the nao|bao nhieu|bao lau|o dau|may|hay la|hay khong|co hay)\b"
    r"|\b(?:phai|dung|duoc|co)\b(?:\s+\w+){0,4}\s+(?:khong|ko|k)(?:\s+(?:a|anh|chi|em|vay|the))*\W*$"
)
# What is said alone for a number and carries accents.
_NUMERALS = frozenset(
    accented_key(word) for word in (
        "một", "mốt", "bốn", "tư", "năm", "lăm", "nhăm", "sáu", "bảy", "bẩy", "tám", "chín", "mười",
    )
)  # fmt: skip
_SLIP_LENGTH = 6  # letters; in shorter texts one letter makes another word ("ô tô", "mô tô")
_SLIP_SCORE = 85.0  # rapidfuzz ratio, 0–100; one wrong letter in seven
_SLIP_MARGIN = 8.0


def read_yes_no(text: str, yes: str, no: str) -> Value:
    """Yes or no; the first clause that says one of them counts, and a question says neither.

    Args:
        text: cleaned text.
        yes: how a yes is read out.
        no: how a no is read out.

    Raises:
        Refusal: yes_no_unclear.
    """
    folded = fold(text)
    if _QUESTION.search(folded):
        raise Refusal("yes_no_unclear")
    clauses = [" ".join(re.findall(r"\w+", clause)) for clause in re.split(r"[,.;!]", folded)]
    telling = [clause for clause in clauses if clause and not _COURTESY.fullmatch(clause)]
    for clause in telling or clauses:
        if _holds(clause, _NO):
            return Value(value=False, display=no)
        if _holds(clause, _YES):
            return Value(value=True, display=yes)
    raise Refusal("yes_no_unclear")


def _holds(folded: str, phrases: Sequence[str]) -> bool:
    return any(re.search(rf"\b{re.escape(phrase)}\b", folded) for phrase in phrases)


def read_choice(text: str, options: Sequence[Option]) -> Value:
    """One of the options.

    A name that is the whole text wins, then a value, label or alias in it (the longest, so "chưa kết
    hôn" is not "kết hôn"), then the option's number in the list, then a label with a slip.

    Raises:
        Refusal: choice_ambiguous, choice_number or choice_unclear; params `options` are labels.
    """
    folded = _words(text)
    labels = [option.label for option in options]
    named = _whole(text, folded, options) or _longest_named(text, options)
    if len(named) > 1 and has_accents(text):
        typed = _accented_words(text)
        named = [
            option
            for option in named
            if any(
                _accented_words(name) in typed
                for name in (option.label, *option.aliases, *option.whole)
            )
        ] or named
    if len(named) > 1:
        raise Refusal("choice_ambiguous", options=[option.label for option in named])
    if named:
        return Value(value=named[0].value, display=named[0].label)
    number = None if _is_other_word(text) else numerals.read(folded)
    if number is not None and number == int(number):
        if 1 <= number <= len(options):
            option = options[int(number) - 1]
            return Value(value=option.value, display=option.label)
        raise Refusal("choice_number", count=len(options), options=labels)
    if len(folded) >= _SLIP_LENGTH and (nearest := _nearest(folded, options)):
        return Value(value=nearest.value, display=nearest.label)
    raise Refusal("choice_unclear", options=labels)


def _is_other_word(text: str) -> bool:
    """Whether a text is a single word that only without its accents is a numeral: "bà" is not "ba"."""
    typed = _syllables(text)
    return len(typed) == 1 and typed[0][0] != typed[0][1] and typed[0][0] not in _NUMERALS


def _accented_words(text: str) -> str:
    return f" {accented_key(text)} "


def _ways(option: Option) -> list[str]:
    """All ways to name an option within a sentence."""
    return [option.label, option.value.replace("_", " "), *option.aliases]


def _names(option: Option) -> list[str]:
    """The folded words of all ways to name an option."""
    return [_words(name) for name in _ways(option)]


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))


def _whole(text: str, folded: str, options: Sequence[Option]) -> list[Option]:
    """The options that a text names with nothing else.

    A single syllable needs its own accents: "bỏ" is not "bố".
    """
    named = [
        (option, [name for name in (*_ways(option), *option.whole) if _words(name) == folded])
        for option in options
    ]
    typed = _syllables(text)
    return [
        option
        for option, names in named
        if names and (len(typed) > 1 or any(_stands(_syllables(name), typed) for name in names))
    ]


def _longest_named(text: str, options: Sequence[Option]) -> list[Option]:
    typed = _syllables(text)
    best: list[Option] = []
    length = 0
    for option in options:
        found = max(
            (len(way) for way in _ways(option) if _stands(_syllables(way), typed)), default=0
        )
        if found > length:
            best, length = [option], found
        elif found and found == length:
            best.append(option)
    return best


def _syllables(text: str) -> list[tuple[str, str]]:
    """The words of a text with accents (see `accented_key`) and without."""
    return [(accented_key(word), fold(word)) for word in re.findall(r"[^\W_]+", text)]


def _stands(name: Sequence[tuple[str, str]], typed: Sequence[tuple[str, str]]) -> bool:
    """Whether a name stands in a sentence; accents that are typed must be its own: "mà" is not "má"."""
    return bool(name) and any(
        all(said in word for (said, _), word in zip(typed[at:], name, strict=False))
        for at in range(len(typed) - len(name) + 1)
    )


def _nearest(folded: str, options: Sequence[Option]) -> Option | None:
    scored = sorted(
        ((max(fuzz.ratio(folded, name) for name in _names(option)), index, option)
         for index, option in enumerate(options)),
        reverse=True,
    )  # fmt: skip
    second = scored[1][0] if len(scored) > 1 else 0.0
    if scored[0][0] >= _SLIP_SCORE and scored[0][0] - second >= _SLIP_MARGIN:
        return scored[0][2]
    return None
