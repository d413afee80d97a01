"""Form.io JSON, which several one-stop systems use, as an e-form of ours: a draft for staff to finish.

Form.io has labels and rules, but no words for a chat. What it says is kept, each thing that has no
counterpart here is reported by name, and `python -m onestop eform check` tells what is still to write.
(Component reference: https://help.form.io/developers/form-development/form-definition.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from onestop.eforms.definition import PAPER_TYPES, FieldType
from onestop.eforms.formio_conditions import Known, condition_of
from onestop.eforms.texts import word
from onestop.eforms.words import clean, fold

_TYPES = {
    "textfield": FieldType.TEXT,
    "textarea": FieldType.TEXT,
    "number": FieldType.NUMBER,
    "currency": FieldType.NUMBER,
    "email": FieldType.EMAIL,
    "phoneNumber": FieldType.PHONE,
    "datetime": FieldType.DATE,
    "day": FieldType.DATE,
    "date": FieldType.DATE,
    "select": FieldType.CHOICE,
    "radio": FieldType.CHOICE,
    "checkbox": FieldType.YES_NO,
    "file": FieldType.PAPER,
}
_SECTIONS = {"panel", "fieldset", "well", "columns", "container", "table", "tabs"}
_RULES = {"minLength": "min_length", "maxLength": "max_length", "min": "min", "max": "max"}
_KNOWN_RULES = {*_RULES, "required", "pattern", "customMessage", "onlyAvailableItems"}
_EXAMPLES = {
    FieldType.EMAIL: "ten@example.vn",
    FieldType.PHONE: "0912 345 678",
    FieldType.DATE: "15/03/1990",
    FieldType.NUMBER: "1",
}
_FILE_TYPES = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
_DEEPEST = 40  # levels of panels in panels; real forms have three or four


class FormioError(Exception):
    """JSON that is no Form.io form; the message says why."""


@dataclass
class Imported:
    """`form` is the content of an e-form's file; `unmapped` is what it could not take, a line each."""

    form: dict[str, Any]
    unmapped: list[str] = field(default_factory=list)


def convert(source: object, consent_text: str) -> Imported:
    """A Form.io form as an e-form.

    Args:
        source: the JSON as read.
        consent_text: what is agreed to; Form.io has no place for it.

    Raises:
        FormioError: if it is no form, or none of its components can be asked in a chat.
    """
    if not isinstance(source, Mapping) or not isinstance(source.get("components"), list):
        raise FormioError("no Form.io form: an object with a list “components” is expected")
    title = _text(source.get("title")) or _text(source.get("name")) or "Form.io"
    importer = _Importer()
    importer.read(source["components"], title, None, _DEEPEST)
    if not importer.fields:
        raise FormioError("none of the form's components can be asked in a chat")
    name = identifier(_text(source.get("path")) or _text(source.get("name")) or title, "form")
    form = {
        "id": name.replace("_", "-").strip("-"),
        "version": 1,
        "title": title,
        "consent_text": consent_text,
        "fields": importer.fields,
    }
    return Imported(form, importer.unmapped)


def identifier(text: str, otherwise: str) -> str:
    """A name for the code: small letters without accents, digits, underscores; a letter first."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text.replace("Đ", "D").replace("đ", "d"))
    name = re.sub(r"[^a-z0-9]+", "_", fold(spaced)).strip("_")
    if not name:
        return otherwise
    return name if name[0].isalpha() else f"{otherwise}_{name}"


class _Importer:
    def __init__(self) -> None:
        self.fields: list[dict[str, Any]] = []
        self.unmapped: list[str] = []
        self._known: dict[str, Known] = {}  # Form.io key → what stands for it here
        self._taken: set[str] = set()

    def read(self, components: object, section: str, when: Any, depth: int) -> None:
        """Take components in order; `when` is the condition of the panel they stand in."""
        for one in components if isinstance(components, list) else []:
            if not isinstance(one, Mapping):
                self._report("component", "is no object")
                continue
            kind = _text(one.get("type"))
            label = _text(one.get("label")) or _text(one.get("title")) or _text(one.get("key"))
            named = f"{kind or 'component'} “{label}”"
            own = _both(when, self._condition(one, named))
            if depth == 0:
                self._report(named, "nested too deeply")
            elif kind in _SECTIONS:
                heading = _text(one.get("title")) or _text(one.get("legend"))
                for part in _parts(one):
                    self.read(part, heading or section, own, depth - 1)
            elif kind == "selectboxes":
                self._boxes(one, label, section, own, named)
            elif kind in _TYPES:
                self._field(one, _TYPES[kind], label, section, own, named)
            else:
                self._report(named, "has no counterpart")

    def _condition(self, one: Mapping[str, Any], named: str) -> Any:
        condition, faults = condition_of(one, self._known)
        for fault in faults:
            self._report(named, fault)
        return condition

    def _boxes(
        self, one: Mapping[str, Any], label: str, section: str, when: Any, named: str
    ) -> None:
        """Several answers at once: a yes or no for each option, since a chat asks one thing."""
        self._check_rules(one, named)
        key = _text(one.get("key"))
        for option in _options(one):
            part = {
                "key": f"{key}.{option['value']}",
                "validate": {"required": True},
                "description": one.get("description"),
            }
            told = f"{label}: {option['label']}"
            self._field(part, FieldType.YES_NO, told, section, when, named)
        if not _options(one):
            self._report(named, "has no options")

    def _field(
        self,
        one: Mapping[str, Any],
        kind: FieldType,
        label: str,
        section: str,
        when: Any,
        named: str,
    ) -> None:
        key = _text(one.get("key")) or label
        if not label:
            self._report(named, "has neither label nor key")
            return
        name = self._name(key)
        given = one.get("validate")
        rules: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        options = _unique(_options(one)) if kind is FieldType.CHOICE else []
        if kind is FieldType.CHOICE and not options:
            self._report(named, "has no options of its own")
            return
        told = _text(one.get("description")) or _text(one.get("tooltip")) or label
        made: dict[str, Any] = {
            "id": name,
            "type": kind.value,
            "section": section,
            "label": label,
            "question": label if label[-1] in "?." else f"{label}?",
            "explanation": told if told[-1] == "." else f"{told}.",
        }
        if kind is not FieldType.PAPER:
            made["example"] = _example(one, kind, options, label)
        if not rules.get("required"):
            made["required"] = False
        if when is not None:
            made["when"] = when
        if options:
            made["options"] = [{"value": o["id"], "label": o["label"]} for o in options]
        if validation := self._rules(one, rules, kind, named):
            made["validation"] = validation
        if kind is FieldType.PAPER:
            made["accept"] = _accepted(_text(one.get("filePattern")))
        self._check_rules(one, named)
        self.fields.append(made)
        self._known[key] = Known(name, kind, {o["value"]: o["id"] for o in options})

    def _rules(
        self, one: Mapping[str, Any], rules: Mapping[str, Any], kind: FieldType, named: str
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        lengths = kind is FieldType.TEXT
        for theirs, ours in _RULES.items():
            value = rules.get(theirs)
            if value in (None, "") or (kind is not FieldType.NUMBER and not lengths):
                continue
            number = _whole(value)
            if number is None or (lengths != theirs.endswith("Length")) or (lengths and number < 1):
                self._report(named, f"rule {theirs} cannot be kept")
            else:
                made[ours] = number
        pattern = _text(rules.get("pattern"))
        if pattern and lengths and _compiles(pattern):
            made["pattern"] = pattern
        elif pattern:
            self._report(named, "rule pattern cannot be kept")
        if kind is FieldType.NUMBER and _whole(one.get("decimalLimit")) != 0:
            made["whole"] = False
        return made

    def _check_rules(self, one: Mapping[str, Any], named: str) -> None:
        """Report what a component asks for that an e-form does not have."""
        rules = one.get("validate")
        for name, value in rules.items() if isinstance(rules, Mapping) else ():
            if value not in (None, "", False, {}, []) and name not in _KNOWN_RULES:
                self._report(named, f"rule {name} has no counterpart")
        for name in ("multiple", "customDefaultValue", "calculateValue", "logic", "enableTime"):
            given = one.get(name)
            if given and not (name == "enableTime" and one.get("type") != "datetime"):
                self._report(named, f"{name} has no counterpart")

    def _name(self, key: str) -> str:
        name = base = identifier(key, "field")
        number = 2
        while name in self._taken:
            name, number = f"{base}_{number}", number + 1
        self._taken.add(name)
        return name

    def _report(self, named: str, fault: str) -> None:
        self.unmapped.append(f"{named}: {fault}")


def _both(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return one if other is None else other
    return {"and": [one, other]}


def _parts(one: Mapping[str, Any]) -> Iterator[object]:
    """The lists of components inside a panel, columns, tabs or table."""
    yield one.get("components")
    yield from (part.get("components") for part in _objects(one.get("columns")))
    for row in one["rows"] if isinstance(one.get("rows"), list) else []:
        yield from (cell.get("components") for cell in _objects(row))


def _options(one: Mapping[str, Any]) -> list[dict[str, str]]:
    data = one.get("data")
    values = one.get("values") or (data.get("values") if isinstance(data, Mapping) else None)
    found = []
    for option in _objects(values):
        value = _text(option.get("value"))
        label = _text(option.get("label")) or value
        if label:
            found.append({"value": value or label, "label": label})
    return found


def _unique(options: list[dict[str, str]]) -> list[dict[str, str]]:
    taken: dict[str, dict[str, str]] = {}
    for option in options:
        name = base = identifier(option["value"], "option")
        number = 2
        while name in taken:
            name, number = f"{base}_{number}", number + 1
        taken[name] = {**option, "id": name}
    return list(taken.values())


def _example(
    one: Mapping[str, Any], kind: FieldType, options: list[dict[str, str]], label: str
) -> str:
    if options:
        return options[0]["label"]
    if kind is FieldType.YES_NO:
        return word("yes")
    return _text(one.get("placeholder")) or _EXAMPLES.get(kind, label)


def _accepted(pattern: str) -> list[str]:
    """MIME types of a file pattern such as `.pdf,image/*`, of those that are taken at all."""
    wanted = re.findall(r"[a-z]+/[a-z*]+|[a-z]+", pattern.lower())
    found = [
        mime
        for mime in PAPER_TYPES
        if any(
            mime == (_FILE_TYPES.get(one) or one) or one == mime.split("/")[0] + "/*"
            for one in wanted
        )
    ]
    return found or list(PAPER_TYPES)


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean(re.sub(r"<[^>]*>", " ", str(value)))


def _whole(value: object) -> int | None:
    try:
        number = float(value) if isinstance(value, str | int | float) else float("nan")
    except (ValueError, OverflowError):
        return None
    return int(number) if number.is_integer() else None


def _compiles(pattern: str) -> bool:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True
