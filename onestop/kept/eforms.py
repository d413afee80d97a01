"""E-forms as staff keep them: the file of `data/eforms` that staff have changed counts as they left it.

A version number is given by itself, one more than the last, whoever writes what into the text: a draft keeps
the form that it began with (`onestop.dossiers.snapshots`), and a consent names the version that was agreed to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache

import structlog
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from common import yaml_files
from common.settings import ROOT
from onestop.catalogue.models import ProcedureRecord
from onestop.changes.schemas import DOCUMENT_CODE
from onestop.changes.subject import Unfit
from onestop.eforms.checking import faults
from onestop.eforms.definition import EForm, EFormError, parse_eform
from onestop.kept import store
from onestop.kept.shelf import Shelf
from onestop.staff.scope import Scope

DIRECTORY = ROOT / "data" / "eforms"
MOST_NODES = 20_000
"""Of a form with its repetitions (YAML's `*`) written out; the longest shipped has 2,000."""

log = structlog.get_logger(__name__)
_VERSION = re.compile(r"^version:[ \t]*(\d+)", re.MULTILINE)


@cache
def _shipped() -> Mapping[str, str]:
    return {path.stem: path.read_text("utf-8") for path in sorted(DIRECTORY.glob("*.yml"))}


@lru_cache(maxsize=256)
def parsed(text: str) -> EForm:
    """A form from its text; read once for equal texts.

    Raises:
        EFormError: if it is none.
    """
    if _too_large(text):
        raise EFormError(f"the form has more than {MOST_NODES} parts")
    return parse_eform(text)


def faults_of(text: str) -> list[str]:
    """All that `eform check` says of a text."""
    try:
        form = parsed(text)
    except EFormError as error:
        return error.faults
    return list(faults(form, datetime.now(UTC).date()))


def forms(session: Session, shipped: Mapping[str, EForm]) -> dict[str, EForm]:
    """All forms as they stand; those of staff come first, should an update bring one for the same code."""
    kept = {
        code: form
        for code, one in store.newest(session, EForms.kind).items()
        if (form := usable(code, one.content)) is not None
    }
    return {**kept, **{code: form for code, form in shipped.items() if code not in kept}}


def usable(code: str, text: str) -> EForm | None:
    """A form from a text that was checked once; None if the software cannot read it any more."""
    try:
        return parsed(text)
    except EFormError as error:
        log.error("kept_eform_unusable", eform=code, faults=len(error.faults))
        return None


def with_version(text: str, number: int) -> str:
    """The text with another version number; one that has none gets it in the first line."""
    line = f"version: {number}"
    if _VERSION.search(text):
        return _VERSION.sub(line, text, count=1)
    return f"{line}\n{text}"


def version_of(text: str) -> int:
    """The version that a text names; 0 for none."""
    found = _VERSION.search(text)
    return int(found[1]) if found else 0


class EForms(Shelf):
    """E-forms by their ids; the content is YAML (docs/eforms.md)."""

    kind = "eform"

    def shipped(self) -> Mapping[str, str]:
        """The files of `data/eforms`."""
        return _shipped()

    def current(self, session: Session, code: str, *, lock: bool = False) -> str:
        """A form as it stands; "" for one that may be made."""
        try:
            return super().current(session, code, lock=lock)
        except LookupError:
            if re.fullmatch(DOCUMENT_CODE, code):
                return ""
            raise

    def title(self, session: Session, code: str) -> str:
        """The form's title."""
        text = self.current(session, code)
        form = usable(code, text) if text else None
        return form.title if form is not None else code

    def sees(self, session: Session, code: str, scope: Scope) -> bool:
        """Who sees all agencies, or those of all procedures that the form serves."""
        if scope.agencies is None:
            return True
        text = self.current(session, code)
        form = usable(code, text) if text else None
        served = form.procedures if form is not None else []
        query = select(ProcedureRecord.agency).where(ProcedureRecord.code.in_(served))
        agencies = list(session.scalars(query))
        return bool(agencies) and all(scope.sees(one) for one in agencies)

    def essence(self, content: str) -> str:
        """All but the version number, which is given by itself."""
        return with_version(content, 0)

    def checked(self, session: Session, code: str, content: str) -> str:
        """The text with its next version number, if citizens could be asked by it."""
        standing = self.current(session, code)
        content = content.replace("\r\n", "\n").strip() + "\n"
        if content == with_version(standing, version_of(content)) and standing:
            return standing  # nothing but the number, which is not staff's to give
        content = with_version(content, version_of(standing) + 1)
        if found := [*faults_of(content), *self._among_others(session, code, content)]:
            raise Unfit(*found)
        return content

    def _among_others(self, session: Session, code: str, content: str) -> list[str]:
        """What is wrong with a form beside the other ones."""
        try:
            form = parsed(content)
        except EFormError:
            return []  # told already
        found = []
        if form.id != code:
            found.append(f"id is {form.id}; it must stay {code}")
        for other, text in self.all(session).items():
            another = usable(other, text) if other != code else None
            if another is None:
                continue
            for twice in sorted({*form.procedures} & {*another.procedures}):
                found.append(f"procedures: {twice} is served by {other} already")
        return found


def _too_large(text: str) -> bool:
    """Whether a text stands for more than `MOST_NODES` parts: repetitions of repetitions grow fast."""
    sizes: dict[int, int] = {}

    def size(node: yaml.Node | None) -> int:
        if node is None or isinstance(node, yaml.ScalarNode):
            return 1
        if id(node) not in sizes:
            sizes[id(node)] = MOST_NODES  # what holds itself is too large as well
            parts = (
                [part for pair in node.value for part in pair]
                if isinstance(node, yaml.MappingNode)
                else node.value
            )
            sizes[id(node)] = 1 + sum(size(part) for part in parts)
        return sizes[id(node)]

    try:
        return size(yaml.compose(text, Loader=yaml_files.Loader)) > MOST_NODES
    except (yaml.YAMLError, ValueError):
        return False  # read again, and told, by who parses it
    except RecursionError:  # hundreds of parts within one another
        return True
