"""The words for refusals and for a few values, from data/texts/."""

from __future__ import annotations

from functools import cache
from typing import Any

from common import yaml_files
from common.settings import ROOT
from onestop.eforms.answers import Refusal
from onestop.eforms.definition import Field

DIRECTORY = ROOT / "data" / "texts"


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = yaml_files.read(DIRECTORY / "validation.yml")
    return content


@cache
def refusal_texts() -> dict[str, list[str]]:
    """Refusal code → its wordings, the first one first (data/texts/validation.yml)."""
    content = _content()
    return {str(code): [str(text) for text in texts] for code, texts in content["refusals"].items()}


def word(name: str) -> str:
    """A word or sentence of the service that is no refusal: yes, no, paper_later, skipped …"""
    return str(_content()["words"][name])


def card_text(code: str) -> str:
    """Why nothing was read from a citizen card."""
    return str(_content()["card"][code])


def other_words(field: Field) -> str:
    """A field explained another way than its question: its own words, else those of its type."""
    text = field.other_words or str(_content()["other_words"][field.type.value])
    options = "; ".join(f"{at}. {one.label}" for at, one in enumerate(field.options, start=1))
    return text.format(label=field.label, example=field.example, options=options)


@cache
def _warnings() -> dict[str, str]:
    content = yaml_files.read(DIRECTORY / "validation.yml")
    return {str(name): str(text) for name, text in content["warnings"].items()}


def warning_text(code: str, **params: str) -> str:
    """What to tell the citizen of a file that was taken and may be hard to read."""
    return _warnings()[code].format(**params)


def refusal_text(refusal: Refusal, attempt: int) -> str:
    """What to tell the citizen.

    Args:
        refusal: from `parse` or one of the engine's functions.
        attempt: how many times this field was refused in a row, from 1; from the second time the
            words explain more.
    """
    wordings = refusal_texts()[refusal.code]
    text = wordings[min(max(attempt, 1), len(wordings)) - 1]
    params = {
        name: "; ".join(value) if isinstance(value, list) else str(value)
        for name, value in refusal.params.items()
    }
    return text.format(**params)
