"""A message as the intent model reads it: canonical words, and the shape of numbers and names."""

from __future__ import annotations

import re

from bot.nlu.text import canonical, tokens

_DIGIT = re.compile(r"\d")


def reading(text: str) -> str:
    """The words of `text` in one spelling, one space between them; every digit is read as 0.

    Which number it is says nothing of what the citizen wants; how it is built says a lot.
    """
    return _DIGIT.sub("0", " ".join(tokens(canonical(text))))
