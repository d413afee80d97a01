"""Messages that are a procedure's name, and procedures that share theirs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz

from onestop.catalogue.content import Procedure
from onestop.catalogue.search.facts import bare_name, is_local, official_names
from onestop.catalogue.search.words import folded_key, words

_NEARLY = 92.0  # rapidfuzz ratio, 0–100: a slip or a short word left out
_SYLLABLES = 4  # a shorter name may be said of much else ("khiếu nại", "nộp phí")
# What leads to a name: "tôi muốn làm thủ tục …", "cho em hỏi thủ tục …"; folded.
_WORD = re.compile(r"\w+")
_LEADING = re.compile(
    r"^(?:\S+ ){0,7}?(?:thu tuc )+|^(?:(?:toi|em|minh|muon|can|xin|cho|hoi|lam|ve) )+"
)
_ENDING = re.compile(r"(?: (?:a|nhe|voi|em|oi|di|giup))+$")
# What says nothing of a procedure's content.
_NUMBERS = {"code", "decision_number", "source", "aliases"}


def is_name(said: str, name: str) -> bool:
    """Whether a message is hardly more than a procedure's name, with or without what leads to it.

    Args:
        said: the message's folded words.
        name: the procedure's official name.
    """
    if len(said.split()) < _SYLLABLES:
        return False
    readings = {said, _LEADING.sub("", said)}
    readings |= {_ENDING.sub("", reading) for reading in readings}
    return any(
        fuzz.ratio(reading, known, score_cutoff=_NEARLY) > 0
        for reading in readings
        for known in _forms(name)
    )


@lru_cache(maxsize=10_000)
def _forms(name: str) -> frozenset[str]:
    """The folded forms of a name that are long enough to be told from other talk."""
    forms = (folded_key(words(form)) for form in (*official_names(name), bare_name(name)))
    return frozenset(form for form in forms if len(form.split()) >= _SYLLABLES)


class Namesakes:
    """Which procedures share their whole name and differ in content.

    Another province's own record of a national procedure is no namesake: nobody here can mean it.
    """

    def __init__(self, procedures: Sequence[Procedure]) -> None:
        named: dict[str, list[int]] = defaultdict(list)
        for at, p in enumerate(procedures):
            named[" ".join(_WORD.findall(bare_name(p.name).casefold()))].append(at)
        self._of: dict[int, list[int]] = {}
        for group in named.values():
            if len(group) > 1:
                here = [at for at in group if not is_local(procedures[at])] or group
                contents = {procedures[at].model_dump_json(exclude=_NUMBERS): at for at in here}
                self._of |= {at: sorted(contents.values()) for at in group}

    def of(self, at: int) -> list[int]:
        """The places of all that a procedure's name may mean, itself among them; one if it is plain."""
        return self._of.get(at, [at])
