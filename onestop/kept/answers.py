"""Ready-made answers of agents: who sends one has read it in the box, so no second person approves."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import cache

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from common import yaml_files
from common.settings import ROOT
from common.tenant import tenant
from onestop.changes.subject import Unfit
from onestop.kept.schemas import ReadyAnswer
from onestop.kept.shelf import ONLY, Shelf

FILE = ROOT / "data" / "texts" / "staff-answers.yml"
MOST = 200


_LIST: TypeAdapter[list[ReadyAnswer]] = TypeAdapter(list[ReadyAnswer])


def blanks() -> dict[str, str]:
    """What is filled in, by name."""
    return {"hotline": tenant().hotline.display, "province": tenant().name}


@cache
def _shipped() -> Mapping[str, str]:
    found = _LIST.validate_python(yaml_files.read(FILE))
    return {ONLY: _LIST.dump_json(found).decode()}


class Answers(Shelf):
    """One document: a list of `ReadyAnswer` as JSON."""

    kind = "answers"

    def shipped(self) -> Mapping[str, str]:
        """The project's file."""
        return _shipped()

    def title(self, _session: Session, _code: str) -> str:
        """There is one."""
        return ""

    def checked(self, _session: Session, _code: str, content: str) -> str:
        """The list, if each blank in it is known."""
        try:
            found = _LIST.validate_json(content)
        except ValidationError as error:
            raise Unfit(*(f"{one['loc'][-1]}: invalid" for one in error.errors())) from error
        ids = [one.id for one in found]
        if len(ids) > MOST or len(set(ids)) != len(ids):
            raise Unfit("id: invalid")
        for one in found:
            fault_of(one.text)
        return _LIST.dump_json(found).decode()


def fault_of(text: str) -> None:
    """Check a text's blanks.

    Raises:
        Unfit: `text: unknown_blank NAME` or `text: braces`.
    """
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise Unfit("text: braces") from error
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if name not in blanks() or form or conversion:
            raise Unfit(f"text: unknown_blank {name}")


ANSWERS = Answers()


def listed(session: Session) -> list[ReadyAnswer]:
    """The answers as they are kept, with their blanks."""
    return _LIST.validate_json(ANSWERS.current(session, ONLY))


def save(session: Session, answers: list[ReadyAnswer]) -> None:
    """Keep them.

    Raises:
        Unfit: if they cannot be.
    """
    content = _LIST.dump_json(answers).decode()
    ANSWERS.apply(session, ONLY, ANSWERS.checked(session, ONLY, content))


def filled(session: Session) -> list[ReadyAnswer]:
    """The answers as agents use them."""
    values = blanks()
    return [one.model_copy(update={"text": one.text.format(**values)}) for one in listed(session)]
