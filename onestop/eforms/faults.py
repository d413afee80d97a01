"""Where a form's file is at fault: a model's errors as lines with the line of the file and the field."""

from __future__ import annotations

from collections.abc import Sequence

import yaml
from pydantic import ValidationError

from common import yaml_files


def describe(error: ValidationError, text: str) -> list[str]:
    """One line a fault: line of the file, place, what is wrong.

    Args:
        error: what the model said of the content.
        text: the file, as YAML that can be read.
    """
    root = yaml.compose(text, Loader=yaml_files.Loader)
    lines = []
    for fault in error.errors():
        place = ".".join(str(part) for part in fault["loc"]) or "the form"
        line, field = _find(root, fault["loc"])
        named = f" (field {field})" if field else ""
        said = " ".join(fault["msg"].removeprefix("Value error, ").split())
        lines.append(f"line {line}, {place}{named}: {said}")
    return lines


def _find(root: yaml.Node | None, loc: Sequence[str | int]) -> tuple[int, str]:
    """The line, from 1, of the innermost part that is there, and the id of the field it is in."""
    node, field, line = root, "", root.start_mark.line + 1 if root is not None else 1
    for part in loc:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == part), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
            field = field or _id(node)
        else:
            break
    return line, field


def _id(node: yaml.Node) -> str:
    if not isinstance(node, yaml.MappingNode):
        return ""
    return next((str(v.value) for k, v in node.value if k.value == "id"), "")
