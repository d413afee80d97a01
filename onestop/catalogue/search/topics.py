"""Messages that only name a topic ("đất đai"), and the topics that are offered where nothing was found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from onestop.catalogue.search.words import Word, folded_key, words

OFFERED = 4
"""Topics that are offered where nothing was found; with a person five buttons, as Zalo shows."""

_NEAR = 2  # of these, how many because of what was said


class Topic(NamedTuple):
    """A topic: how it is named, what is asked, and what citizens usually want of it."""

    name: str
    typed: tuple[str, ...]
    says: tuple[tuple[Word, ...], ...]
    ask: str
    choices: Mapping[str, str]  # code → what citizens call it, the most frequent wish first


class Topics:
    """All topics, those most asked for first.

    Args:
        entries: as `data/search/topics.yml` describes them.

    Raises:
        KeyError: an entry lacks something.
    """

    def __init__(self, entries: Iterable[Mapping[str, Any]] = ()) -> None:
        self.all = tuple(
            Topic(
                entry["name"],
                tuple(entry["say"]),
                tuple(tuple(words(text)) for text in entry["say"]),
                entry["ask"],
                {str(code): title for code, title in entry["choices"].items()},
            )
            for entry in entries
        )
        self.longest = max((len(said) for topic in self.all for said in topic.says), default=0)
        """Words of the longest name of a topic."""
        self._said: dict[str, list[tuple[tuple[Word, ...], Topic]]] = {}
        for topic in self.all:
            for said in topic.says:
                self._said.setdefault(folded_key(said), []).append((said, topic))

    def of(self, said: Sequence[Word]) -> Topic | None:
        """The topic that words name, if they name nothing else; marks may be missing, not wrong."""
        for listed, topic in self._said.get(folded_key(said), ()):
            if all(a.bare or a.accented == b.accented for a, b in zip(said, listed, strict=True)):
                return topic
        return None

    def near(self, codes: Sequence[str], known: Collection[str]) -> list[str]:
        """The names of topics to offer: first those of the likeliest procedures, then the usual ones.

        Args:
            codes: the likeliest procedures, best first.
            known: the procedures of the catalogue; a topic without any of them is left out.
        """
        offered = [topic for topic in self.all if any(code in known for code in topic.choices)]
        near = [topic for code in codes for topic in offered if code in topic.choices]
        names = [*dict.fromkeys(topic.name for topic in near)][:_NEAR]
        return list(dict.fromkeys([*names, *(topic.name for topic in offered)]))[:OFFERED]
