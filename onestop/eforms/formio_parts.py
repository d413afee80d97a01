"""Form.io JSON read with care: any value may stand anywhere, so each reader takes anything."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from onestop.eforms.definition import PAPER_TYPES
from onestop.eforms.words import clean, fold

_FILE_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}


def identifier(text: str, otherwise: str) -> str:
    """A name for the code: small letters without accents, digits, underscores; a letter first."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text.replace("Đ", "D").replace("đ", "d"))
    name = re.sub(r"[^a-z0-9]+", "_", fold(spaced)).strip("_")
    if not name:
        return otherwise
    return name if name[0].isalpha() else f"{otherwise}_{name}"


def parts(one: Mapping[str, Any]) -> Iterator[object]:
    """The lists of components inside a panel, columns, tabs or table."""
    yield one.get("components")
    yield from (part.get("components") for part in objects(one.get("columns")))
    for row in one["rows"] if isinstance(one.get("rows"), list) else []:
        yield from (cell.get("components") for cell in objects(row))


def options_of(one: Mapping[str, Any]) -> list[dict[str, str]]:
    """The options of a select, radio or selectboxes: value and label, both with something in them."""
    data = one.get("data")
    values = one.get("values") or (data.get("values") if isinstance(data, Mapping) else None)
    found = []
    for option in objects(values):
        value = text_of(option.get("value"))
        label = text_of(option.get("label")) or value
        if label:
            found.append({"value": value or label, "label": label})
    return found


def named_options(options: list[dict[str, str]]) -> list[dict[str, str]]:
    """The options with an `id` each: the value that stands for them in the e-form."""
    taken: dict[str, dict[str, str]] = {}
    for option in options:
        name = base = identifier(option["value"], "option")
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken[name] = {**option, "id": name}
    return list(taken.values())


def accepted(pattern: str) -> tuple[list[str], list[str]]:
    """MIME types of a file pattern such as `.pdf,image/*`; and its parts that are never taken."""
    wanted = [part.strip().lstrip("*.").lower() for part in re.split(r"[,;\s]+", pattern)]
    found: set[str] = set()
    unknown = []
    for one in filter(None, wanted):  # of "*", any file, nothing is left
        kind = _FILE_TYPES.get(one, one)
        taken = {mime for mime in PAPER_TYPES if mime == kind or f"{mime.split('/')[0]}/*" == kind}
        found |= taken
        if not taken:
            unknown.append(one)
    return [mime for mime in PAPER_TYPES if mime in found] or list(PAPER_TYPES), unknown


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; none if it is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def text_of(value: object) -> str:
    """Text or a number as one line without mark-up; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(re.sub(r"<[^>]*>", " ", str(value)))


def whole_number(value: object) -> int | None:
    """The number, if it is a whole one, also written as text."""
    try:
        number = float(value) if isinstance(value, str | int | float) else float("nan")
    except (ValueError, OverflowError):
        return None
    return int(number) if number.is_integer() else None


def compiles(pattern: str) -> bool:
    """Whether a pattern of JavaScript is one of Python, too."""
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
