"""Form.io JSON, which several one-stop systems use, as an e-form of ours: a draft for staff to finish.

Form.io has labels and rules, but no words for a chat. What it says is kept, each thing that has no
counterpart here is reported by name, and `python -m onestop eform check` tells what is still to write.
(Component reference: https://help.form.io/developers/form-development/form-definition.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from onestop.eforms.definition import FieldType
from onestop.eforms.formio_conditions import Known, condition_of
from onestop.eforms.formio_parts import (
    accepted,
    compiles,
    identifier,
    named_options,
    options_of,
    parts,
    text_of,
    whole_number,
)
from onestop.eforms.texts import word

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
# "step" is what the builder writes for every number; messages are ours (data/texts/validation.yml).
_KNOWN_RULES = {*_RULES, "required", "pattern", "customMessage", "onlyAvailableItems", "step"}
_EXAMPLES = {
    FieldType.EMAIL: "ten@example.vn",
    FieldType.PHONE: "0912 345 678",
    FieldType.DATE: "15/03/1990",
    FieldType.NUMBER: "1",
}
# What changes a component's answers and has no place in an e-form.
_WITHOUT_COUNTERPART = (
    "multiple", "customDefaultValue", "calculateValue", "logic", "enableTime", "inputMask",
    "disabled", "prefix",
)  # fmt: skip
_BUILDERS_SIZE = "1GB"  # what the builder writes where nobody chose a size
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
    title = text_of(source.get("title")) or text_of(source.get("name")) or "Form.io"
    importer = _Importer()
    importer.read(source["components"], title, None, _DEEPEST)
    if not importer.fields:
        raise FormioError("none of the form's components can be asked in a chat")
    name = identifier(text_of(source.get("path")) or text_of(source.get("name")) or title, "form")
    form = {
        "id": name.replace("_", "-").strip("-"),
        "version": 1,
        "title": title,
        "consent_text": consent_text,
        "fields": importer.fields,
    }
    return Imported(form, importer.unmapped)


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
            kind = text_of(one.get("type"))
            label = (
                text_of(one.get("label")) or text_of(one.get("title")) or text_of(one.get("key"))
            )
            named = f"{kind or 'component'} “{label}”"
            own = _both(when, self._condition(one, named))
            if depth == 0:
                self._report(named, "nested too deeply")
            elif kind in _SECTIONS:
                heading = text_of(one.get("title")) or text_of(one.get("legend"))
                for part in parts(one):
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
        key = text_of(one.get("key"))
        for option in options_of(one):
            part = {
                "key": f"{key}.{option['value']}",
                "validate": {"required": True},
                "description": one.get("description"),
            }
            told = f"{label}: {option['label']}"
            self._field(part, FieldType.YES_NO, told, section, when, named)
        if not options_of(one):
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
        key = text_of(one.get("key")) or label
        if not label:
            self._report(named, "has neither label nor key")
            return
        name = self._name(key)
        given = one.get("validate")
        rules: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        options = named_options(options_of(one)) if kind is FieldType.CHOICE else []
        if kind is FieldType.CHOICE and not options:
            self._report(named, "has no options of its own")
            return
        told = text_of(one.get("description")) or text_of(one.get("tooltip")) or label
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
        if kind is FieldType.NUMBER and (unit := text_of(one.get("suffix"))):
            made["unit"] = unit
        if kind is FieldType.PAPER:
            made["accept"], unknown = accepted(text_of(one.get("filePattern")))
            for kind_of_file in unknown:
                self._report(named, f"files of kind {kind_of_file} are not taken")
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
            number = whole_number(value)
            if number is None or (lengths != theirs.endswith("Length")) or (lengths and number < 1):
                self._report(named, f"rule {theirs} cannot be kept")
            else:
                made[ours] = number
        pattern = text_of(rules.get("pattern"))
        if pattern and lengths and compiles(pattern):
            made["pattern"] = pattern
        elif pattern:
            self._report(named, "rule pattern cannot be kept")
        if kind is FieldType.NUMBER and whole_number(one.get("decimalLimit")) != 0:
            made["whole"] = False
        return made

    def _check_rules(self, one: Mapping[str, Any], named: str) -> None:
        """Report what a component asks for that an e-form does not have."""
        rules = one.get("validate")
        for name, value in rules.items() if isinstance(rules, Mapping) else ():
            if value not in (None, "", False, {}, []) and name not in _KNOWN_RULES:
                self._report(named, f"rule {name} has no counterpart")
        for name in _WITHOUT_COUNTERPART:
            if one.get(name) and not (name == "enableTime" and one.get("type") != "datetime"):
                self._report(named, f"{name} has no counterpart")
        if one.get("fileMaxSize") not in (None, "", _BUILDERS_SIZE):
            self._report(named, "fileMaxSize has no counterpart")
        picker = one.get("datePicker")
        for name in ("minDate", "maxDate"):
            if isinstance(picker, Mapping) and picker.get(name):
                self._report(named, f"{name} has no counterpart: write not_past, min_age, after …")
        default = one.get("defaultValue")
        if default is True or (isinstance(default, str | int | float) and default):
            self._report(named, "defaultValue has no counterpart")

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


def _example(
    one: Mapping[str, Any], kind: FieldType, options: list[dict[str, str]], label: str
) -> str:
    if options:
        return options[0]["label"]
    if kind is FieldType.YES_NO:
        return word("yes")
    return text_of(one.get("placeholder")) or _EXAMPLES.get(kind, label)
