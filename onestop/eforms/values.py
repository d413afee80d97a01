"""From what a citizen typed to a checked value, by type of field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from onestop.eforms.definition import Field


class Value(BaseModel):
    """A checked answer: `value` is JSON-able (dates as ISO 8601), `display` is how it is read out."""

    model_config = ConfigDict(frozen=True)

    value: Any
    display: str


Answers = Mapping[str, Value]


class Refusal(Exception):
    """An answer that cannot be taken. `code` names the text in data/texts/validation.yml.

    `params` fill that text's blanks. They may hold what the citizen typed, so the message of the
    exception is the code alone: it is safe to log.
    """

    def __init__(self, code: str, **params: str | int | list[str]) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def parse(field: Field, text: str, answers: Answers, today: date) -> Value:
    """Read what the citizen typed for a field and check it against the field's rules."""
    raise NotImplementedError
