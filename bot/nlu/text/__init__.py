"""Vietnamese text as citizens type it, brought to one form: pure functions, no Rasa.

normalise            one spelling: NFC, lower case, tone marks in place, telex leftovers, emoji
fold                 the same without accents (đ becomes d), for comparing what is typed without
expand_abbreviations "dk gplx" → "đăng ký giấy phép lái xe", from abbreviations.yml
canonical            normalise, then expand: what understanding and search look at
tokens, token_spans  words and numbers, the same with and without accents
strip_accents        accents away and nothing else: one letter stays one letter
short_forms          the short forms of one word and what they stand for
is_folded_syllable   whether an ASCII word can be a Vietnamese syllable without its accents
"""

from bot.nlu.text.abbreviations import expand_abbreviations, short_forms
from bot.nlu.text.normalise import canonical, fold, normalise, strip_accents
from bot.nlu.text.syllables import is_folded_syllable
from bot.nlu.text.tokens import token_spans, tokens

__all__ = [
    "canonical",
    "expand_abbreviations",
    "fold",
    "is_folded_syllable",
    "normalise",
    "short_forms",
    "strip_accents",
    "token_spans",
    "tokens",
]
