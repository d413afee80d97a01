"""The files of approved corrections. They are written whole: people extend the files beside them, not these."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.nlu.spans import Marked
from bot.nlu.text import canonical, tokens
from bot.training.corrections import Correction
from bot.training.examples import Example
from common import yaml_files

_HEAD = (
    "# Approved corrections of staff, written by `python -m bot.training propose`; do not edit.\n"
)
# Rasa reads "[Lan](name)" as an annotated entity; what a citizen typed is never markup.
_NO_MARKUP = str.maketrans("[]", "()")
_ANNOTATED = re.compile(r"\[([^\]]*)\]\{[^}]*\}")
_BEGIN, _END = "\ue000", "\ue001"  # private letters: nobody types them
_WIDTH = 1000  # one example, one line


def new_examples(
    known: Iterable[Example], corrections: Iterable[Correction], fillers: Mapping[str, str]
) -> tuple[list[Example], list[str]]:
    """The examples that corrections of intents and entities add.

    Args:
        known: the examples that are there.
        corrections: in the order of their approval; of two about the same words the later one counts.
        fillers: what stands in training for what transcripts mask.

    Returns:
        The new examples, and a line about each correction that is left out: one that contradicts an example
        that people wrote is theirs to change; an entity needs to know what its message wants.
    """
    there: dict[str, Example] = {}
    for example in known:
        there[_words(example.text)] = max(
            there.get(_words(example.text), example), example, key=lambda one: len(one.entities)
        )
    found: dict[str, Example] = {}
    left_out = []
    # Intents first: an entity's example has the intent that its message was corrected to.
    for one in sorted(corrections, key=lambda one: one.kind != "intent"):
        if one.kind not in ("intent", "entity"):
            continue
        made = _example(one, fillers)
        words = _words(made.text)
        if not words or "‹" in made.text:
            continue
        old = found.get(words) or there.get(words)
        if one.kind == "intent":
            if words not in there:
                found[words] = made
            elif there[words].intent != made.intent:
                left_out.append(
                    f"suggestion {one.id} says {made.intent}, data/nlu says {there[words].intent}"
                )
            continue
        entities = _joined(old.entities if old and old.text == made.text else (), made.entities)
        intent = old.intent if old else made.intent
        if not intent:
            left_out.append(f"suggestion {one.id}: correct what its message wants, too")
        elif old is None or entities != old.entities:
            found[words] = Example(made.text, intent, entities)
    return list(found.values()), left_out


def _example(one: Correction, fillers: Mapping[str, str]) -> Example:
    """A correction as an example, without masks as far as there are fillers, with one space between words."""

    def plain(text: str) -> str:
        for mask, filler in fillers.items():
            text = text.replace(mask, filler)
        return text.translate(_NO_MARKUP)

    if one.kind == "intent":
        return Example(" ".join(plain(one.text).split()), one.right)
    start, end = int(one.value["start"]), int(one.value["end"])
    parts = (one.text[:start], _BEGIN, one.text[start:end], _END, one.text[end:])
    text = " ".join("".join(map(plain, parts)).split())
    first = text.index(_BEGIN)
    last = text.index(_END) - 1
    text = text.replace(_BEGIN, "").replace(_END, "")
    value = plain(str(one.value.get("meant") or "")) or text[first:last]
    intent = str(one.value.get("intent") or "")
    return Example(text, intent, (Marked(first, last, one.right, value),))


def _joined(old: tuple[Marked, ...], new: tuple[Marked, ...]) -> tuple[Marked, ...]:
    """Entities of one text; a later one takes the place of those that it overlaps."""
    kept = [
        one for one in old if all(one.end <= other.start or one.start >= other.end for other in new)
    ]
    return tuple(sorted([*kept, *new]))


def _words(text: str) -> str:
    return " ".join(tokens(canonical(text)))


def write_examples(path: Path, added: Iterable[Example]) -> None:
    """Add examples to the file of learnt examples; of the same text the new one stays."""
    by_intent: dict[str, dict[str, str]] = defaultdict(dict)
    for block in _read(path).get("nlu", []):
        for line in block["examples"].splitlines():
            by_intent[block["intent"]][_ANNOTATED.sub(r"\1", line[2:])] = line[2:]
    for one in added:
        by_intent[one.intent][one.text] = one.written
    blocks = [
        {"intent": intent, "examples": _Lines("".join(f"- {text}\n" for text in texts.values()))}
        for intent, texts in sorted(by_intent.items())
    ]
    _write(path, {"version": "3.1", "nlu": blocks})


def new_sayings(path: Path, corrections: Iterable[Correction]) -> list[tuple[str, str]]:
    """(procedure's code, what citizens said) of the corrections that the file does not hold yet.

    A saying with a mask in it is left out: whose name it was says nothing of the procedure.
    """
    there = {(entry["code"], text) for entry in _read(path) or [] for text in entry["says"]}
    found = [
        (one.right, " ".join(one.text.split()))
        for one in corrections
        if one.kind == "procedure" and "‹" not in one.text
    ]
    return [pair for pair in dict.fromkeys(found) if pair not in there]


def write_situations(path: Path, corrections: Iterable[Correction]) -> int:
    """Add what citizens said to the procedures that they meant; how many sayings are new."""
    added = new_sayings(path, corrections)
    by_code: dict[str, list[str]] = defaultdict(list)
    for entry in _read(path) or []:
        by_code[entry["code"]] += entry["says"]
    for code, text in added:
        by_code[code].append(text)
    if added:
        _write(path, [{"code": code, "says": says} for code, says in sorted(by_code.items())])
    return len(added)


class _Lines(str):
    """Text that YAML shows line by line."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(
    _Lines, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
)


def _read(path: Path) -> Any:
    return yaml_files.read(path) if path.exists() else {}


def _write(path: Path, content: Any) -> None:
    text = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    beside = path.with_suffix(".part")
    beside.write_text(_HEAD + text, encoding="utf-8")
    os.replace(beside, path)
