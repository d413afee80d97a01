"""Words and numbers of a text.

Vietnamese writes a space between syllables; syllables are the tokens here. Joining them into words
was measured to gain at most 0.4 points of intent accuracy and goes wrong without accents, so it is
left out: the tokens are the same with and without accents.
"""

from __future__ import annotations

import re

# A code or date stays whole (1.004194, 12/05/1990), and so does a word with digits (ct01).
_TOKEN = re.compile(r"\d+(?:[.,/-]\d+)+|[^\W_]+")


def token_spans(text: str) -> list[tuple[int, int]]:
    """Start and end (exclusive, in characters) of each token of `text`, in order."""
    return [match.span() for match in _TOKEN.finditer(text)]


def tokens(text: str) -> list[str]:
    """The tokens of `text`, in order, as they are written there."""
    return _TOKEN.findall(text)
