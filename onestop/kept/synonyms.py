"""Everyday words and what stands for them, as staff keep them instead of `data/search/synonyms.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from sqlalchemy.orm import Session

from common import yaml_files
from onestop.catalogue.content import Text
from onestop.catalogue.search.lexicon import DATA
from onestop.catalogue.search.words import words
from onestop.changes.subject import Unfit
from onestop.eforms.faults import describe
from onestop.kept.shelf import ONLY, Shelf


class Entry(BaseModel):
    """`say`: as citizens say it; `means`: what stands for it; `names`: also within official names."""

    model_config = ConfigDict(extra="forbid")

    say: list[Text] = Field(min_length=1)
    means: Text | list[Text]
    names: bool = False


_ENTRIES: TypeAdapter[list[Entry]] = TypeAdapter(list[Entry])


@cache
def _shipped() -> Mapping[str, str]:
    return {ONLY: (DATA / "synonyms.yml").read_text("utf-8")}


class Synonyms(Shelf):
    """One document: YAML, as its head describes."""

    kind = "synonyms"

    def shipped(self) -> Mapping[str, str]:
        """The project's file."""
        return _shipped()

    def title(self, _session: Session, _code: str) -> str:
        """There is one."""
        return ""

    def checked(self, _session: Session, _code: str, content: str) -> str:
        """The text, if the search can read it and no word stands in two entries."""
        content = content.replace("\r\n", "\n").strip() + "\n"
        try:
            found = _ENTRIES.validate_python(yaml_files.load(content))
        except (yaml.YAMLError, ValueError) as error:
            if isinstance(error, ValidationError):
                raise Unfit(*describe(error, content)) from error
            raise Unfit(f"not YAML: {' '.join(str(error).split())}") from error
        seen: dict[tuple[str, ...], int] = {}
        faults = []
        for number, entry in enumerate(found):
            for said in entry.say:
                key = tuple(word.accented for word in words(said))
                if not key:
                    faults.append(f"“{said}” says nothing")
                elif seen.setdefault(key, number) != number:
                    faults.append(f"“{said}” stands twice")
        if faults:
            raise Unfit(*faults)
        return content
