"""The files of approved corrections. They are written whole: people extend the files beside them, not these."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data

from bot.nlu.text import canonical, tokens
from bot.training.corrections import Correction
from bot.training.project import Project

_HEAD = (
    "# Approved corrections of staff, written by `python -m bot.training propose`; do not edit.\n"
)
# Rasa reads "[Lan](name)" as an annotated entity; what a citizen typed is never markup.
_NO_MARKUP = str.maketrans("[]", "()")
_WIDTH = 1000  # one example, one line


def examples(project: Project) -> list[tuple[str, str]]:
    """(text, intent) of every example that the project trains on."""
    data = load_data(str(project.nlu))
    return [(one.get(TEXT), one.get(INTENT)) for one in data.intent_examples]


def new_examples(
    known: Iterable[tuple[str, str]], corrections: Iterable[Correction], fillers: Mapping[str, str]
) -> tuple[list[tuple[str, str]], list[str]]:
    """The examples that corrections of intents add.

    Args:
        known: the examples that are there.
        corrections: in the order of their approval; of two about the same words the later one counts.
        fillers: what stands in training for what transcripts mask.

    Returns:
        The new (text, intent) pairs, and a line about each correction that contradicts an example that people
        wrote: that one is theirs to change.
    """
    intents = {_words(text): intent for text, intent in known}
    found: dict[str, tuple[str, str]] = {}
    contradicting = []
    for one in corrections:
        if one.kind != "intent":
            continue
        text = one.text
        for mask, filler in fillers.items():
            text = text.replace(mask, filler)
        text = " ".join(text.translate(_NO_MARKUP).split())
        words = _words(text)
        if not words or "‹" in text:
            continue
        was = intents.get(words)
        if was is None:
            found[words] = (text, one.right)
        elif was != one.right:
            contradicting.append(f"suggestion {one.id} says {one.right}, data/nlu says {was}")
    return list(found.values()), contradicting


def _words(text: str) -> str:
    return " ".join(tokens(canonical(text)))


def write_examples(path: Path, added: Iterable[tuple[str, str]]) -> None:
    """Add (text, intent) pairs to the file of learnt examples."""
    by_intent: dict[str, list[str]] = defaultdict(list)
    for block in _read(path).get("nlu", []):
        by_intent[block["intent"]] += [line[2:] for line in block["examples"].splitlines()]
    for text, intent in added:
        by_intent[intent].append(text)
    blocks = [
        {"intent": intent, "examples": _Lines("".join(f"- {text}\n" for text in texts))}
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
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}


def _write(path: Path, content: Any) -> None:
    text = yaml.dump(content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH)
    beside = path.with_suffix(".part")
    beside.write_text(_HEAD + text, encoding="utf-8")
    os.replace(beside, path)
