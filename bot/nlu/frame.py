"""The frame of a message: how something is asked, apart from what it is about and who asks.

"cho em hỏi làm lại căn cước hết bao nhiêu tiền vậy ạ" and "mình muốn hỏi tách thửa hết bao nhiêu tiền" share
the frame "… hỏi SUBJECT hết bao nhiêu tiền": what is learnt of one holds for all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.nlu.concepts import Found
from bot.nlu.text import strip_accents
from common import yaml_files

SOURCE = Path(__file__).with_name("frame.yml")
SUBJECT = "SUBJECT"
PERSON = "PERSON"


@dataclass(frozen=True)
class _Lists:
    subjects: frozenset[str]
    persons: frozenset[str]
    particles: frozenset[str]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    content = yaml_files.read(SOURCE)
    return _Lists(**{name: frozenset(words) for name, words in content.items()})


def frame(words: list[str], found: list[Found]) -> str:
    """The frame of a message, its ends marked, without accents.

    Args:
        words: tokens of the canonical text.
        found: the concepts in them, with their places.
    """
    lists = _lists()
    about = [False] * len(words)
    for one in found:
        if one.concept in lists.subjects:
            about[one.first : one.last + 1] = [True] * (one.last + 1 - one.first)
    kept: list[str] = []
    for word, is_subject in zip(map(strip_accents, words), about, strict=True):
        seen = SUBJECT if is_subject else PERSON if word in lists.persons else word
        if seen not in lists.particles and kept[-1:] != [seen]:
            kept.append(seen)
    while len(kept) > 1 and kept[0] == PERSON:
        kept.pop(0)
    while len(kept) > 1 and kept[-1] == PERSON:
        kept.pop()
    return " ".join(["<", *kept, ">"])
