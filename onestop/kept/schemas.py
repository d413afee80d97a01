"""The shapes in which `/staff/eforms` and `/staff/answers` speak; pages know these."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from onestop.preview.trial import Trial
from onestop.preview.walk import Try


class TrialWanted(BaseModel):
    """A form's text, and what was tried on it so far."""

    model_config = ConfigDict(extra="forbid")

    content: str
    tries: list[Try] = []


class EFormTrial(Trial):
    """A trial, and the text's usual things by field, as far as it can be read."""

    parts: dict[str, dict[str, str]]


class PartsWanted(BaseModel):
    """What one field's usual things should say; `remove`: it goes."""

    model_config = ConfigDict(extra="forbid")

    content: str
    field: str
    values: dict[str, str] = {}
    remove: bool = False


class EFormText(BaseModel):
    """A form's text."""

    content: str


class ReadyAnswer(BaseModel):
    """An answer with the title by which it is chosen; `text` may hold `onestop.kept.answers.blanks`."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
