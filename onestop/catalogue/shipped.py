"""The catalogue shipped with the project: `data/catalogue/*.yml`, each a list of procedures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from common import yaml_files
from common.settings import ROOT
from onestop.catalogue.content import Procedure

DIRECTORY = ROOT / "data" / "catalogue"
SCHEMA_FILE = ROOT / "data" / "schemas" / "procedure.schema.json"


class ShippedCatalogueError(Exception):
    """Faults of the files, in `faults`: one line each, with the file and the procedure."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class _Loader(yaml_files.Loader):
    """YAML as JSON Schema sees it: a date stays text, and a key given twice is a fault."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the base class's own attribute
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} is given twice", node.start_mark
                )
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def schema() -> dict[str, Any]:
    """The JSON Schema of one file, made from the content model."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Procedures of the shipped catalogue",
        **TypeAdapter(list[Procedure]).json_schema(),
    }


def schema_text() -> str:
    """`schema()` as it is kept in `SCHEMA_FILE`."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def load_shipped(directory: Path = DIRECTORY) -> list[Procedure]:
    """Read and check all files of the shipped catalogue.

    Args:
        directory: where the files are.

    Returns:
        The procedures, in order of files.

    Raises:
        ShippedCatalogueError: if a file or a procedure is at fault, or a code is given twice.
    """
    validator = Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    faults: list[str] = []
    found: dict[str, Procedure] = {}
    files: dict[str, str] = {}
    for path in sorted(directory.glob("*.yml")):
        for procedure in _load_file(path, validator, faults):
            if procedure.code in found:
                faults.append(f"{path.name}: {procedure.code}: also in {files[procedure.code]}")
            found[procedure.code] = procedure
            files[procedure.code] = path.name
    if faults:
        raise ShippedCatalogueError(faults)
    return list(found.values())


def _load_file(path: Path, validator: Draft202012Validator, faults: list[str]) -> list[Procedure]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - it is safe
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        faults.append(f"{path.name}: not YAML: {' '.join(str(error).split())}")
        return []
    # The schema finds faults by place; the model finds what a schema cannot say.
    broken = sorted(validator.iter_errors(content), key=lambda error: list(map(str, error.path)))
    for broke in broken:
        # Of "this or null", what is wrong with this says more than that it is neither.
        inner = next((each for each in broke.context or () if each.validator != "type"), broke)
        faults.append(_fault(path, content, list(inner.absolute_path), inner.message))
    if broken:
        return []
    try:
        return TypeAdapter(list[Procedure]).validate_python(content)
    except ValidationError as error:
        faults.extend(
            _fault(path, content, list(fault["loc"]), fault["msg"]) for fault in error.errors()
        )
        return []


def _fault(path: Path, content: Any, place: list[Any], message: str) -> str:
    if not place:
        return f"{path.name}: {message[:200]}"
    number, *inside = place
    entry = content[number]
    code = entry.get("code") if isinstance(entry, dict) else None
    where = ".".join(map(str, inside)) or "procedure"
    return f"{path.name}: {code or f'procedure {number + 1}'}: {where}: {message[:200]}"
