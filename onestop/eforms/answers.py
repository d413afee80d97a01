"""What reading an answer gives: a value, or a refusal that says why not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

Param = str | int | list[str]


class Value(BaseModel):
    """A checked answer: `value` is JSON-able (dates in ISO 8601), `display` is read out."""

    model_config = ConfigDict(frozen=True)

    value: Any
    display: str


Answers = Mapping[str, Value]


class Refusal(Exception):
    """An answer that cannot be taken. `code` names the text in data/texts/validation.yml.

    `params` fill that text's blanks. They may hold what the citizen typed, so the message of the
    exception is the code alone: it is safe to log.
    """

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code)
        self.code = code
        self.params = params

    @property
    def suggestions(self) -> list[str]:
        """Whole answers that may have been meant, to offer as buttons; often none."""
        for name in ("answers", "options", "suggestion"):
            if found := self.params.get(name):
                return list(found) if isinstance(found, list) else [str(found)]
        return []
