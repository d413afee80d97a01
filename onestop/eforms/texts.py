"""The words for refusals and for a few values, from data/texts/."""

from __future__ import annotations

from functools import cache

import yaml

from common.settings import ROOT
from onestop.eforms.answers import Refusal

DIRECTORY = ROOT / "data" / "texts"


@cache
def refusal_texts() -> dict[str, list[str]]:
    """Refusal code → its wordings, the first one first (data/texts/validation.yml)."""
    content = yaml.safe_load((DIRECTORY / "validation.yml").read_text(encoding="utf-8"))
    return {str(code): [str(text) for text in texts] for code, texts in content["refusals"].items()}


@cache
def _words() -> dict[str, str]:
    content = yaml.safe_load((DIRECTORY / "validation.yml").read_text(encoding="utf-8"))
    return {str(name): str(text) for name, text in content["words"].items()}


def word(name: str) -> str:
    """A word that stands for a value: yes, no, paper_later, skipped."""
    return _words()[name]


@cache
def _warnings() -> dict[str, str]:
    content = yaml.safe_load((DIRECTORY / "validation.yml").read_text(encoding="utf-8"))
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
