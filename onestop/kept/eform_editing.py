"""The usual things of an e-form's text by name, to be changed in a form: comments and layout stay.

A field's options are told a line each: `value | label | other ways to say it, another`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from onestop.changes.subject import Unfit
from onestop.eforms.definition import FieldType

FORM = ""  # stands for the form itself among its fields
FORM_PARTS = ("title", "consent_text")
FIELD_PARTS = (
    "label", "type", "question", "explanation", "example", "required", "options", "when", "aliases", "section",
)  # fmt: skip
NEW_FIELD = "new"
_WITHOUT = {"required": "yes"}  # what a part says that is left out
_LISTS = ("aliases",)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 100_000  # lines stay as long as they were
    yaml.preserve_quotes = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _loaded(text: str) -> CommentedMap:
    try:
        found = _yaml().load(text)
    except (YAMLError, ValueError) as error:
        raise Unfit(f"not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found, CommentedMap) or not isinstance(found.get("fields"), list):
        raise Unfit("fields: Field required")
    return found


def fields_of(text: str) -> dict[str, dict[str, str]]:
    """Each field's usual things by its id, and under `FORM` the form's own.

    Raises:
        Unfit: if the text cannot be read as a form.
    """
    form = _loaded(text)
    found = {FORM: {part: str(form.get(part, "")).strip() for part in FORM_PARTS}}
    for field in form["fields"]:
        if isinstance(field, CommentedMap) and isinstance(field.get("id"), str):
            found[str(field["id"])] = {part: _shown(field, part) for part in FIELD_PARTS}
    return found


def changed(text: str, field_id: str, values: Mapping[str, str]) -> str:
    """The text with one field's usual things as given; `after` in `values`: where a new one is put.

    Args:
        text: of the whole form.
        field_id: which field; `FORM`: the form itself. One that there is not yet is made.
        values: by the names of `FIELD_PARTS`; what is missing stays as it is.

    Raises:
        Unfit: if the text cannot be read as a form, or a value cannot stand in it.
    """
    form = _loaded(text)
    if field_id == FORM:
        for part in FORM_PARTS:
            given = values.get(part, "").strip()
            if given and given != str(form.get(part, "")).strip():
                form[part] = given
        return _dumped(form)
    fields: CommentedSeq = form["fields"]
    field = next((one for one in fields if one.get("id") == field_id), None)
    if field is None:
        field = CommentedMap(id=field_id)
        ids = [one.get("id") for one in fields]
        after = values.get("after", "")
        fields.insert(ids.index(after) + 1 if after in ids else len(fields), field)
    for part in FIELD_PARTS:
        if part in values and values[part].strip() != _shown(field, part):
            _set(field, part, values[part].strip())
    return _dumped(form)


def without(text: str, field_id: str) -> str:
    """The text without one field."""
    form = _loaded(text)
    fields: CommentedSeq = form["fields"]
    for number, one in enumerate(fields):
        if one.get("id") == field_id:
            del fields[number]
            break
    return _dumped(form)


def _dumped(value: Any) -> str:
    out = io.StringIO()
    _yaml().dump(value, out)
    return out.getvalue()


def _shown(field: CommentedMap, part: str) -> str:
    value = field.get(part)
    if value is None:
        return _WITHOUT.get(part, "")
    if part == "options":
        return "\n".join(_option_line(one) for one in value)
    if part in _LISTS:
        return ", ".join(str(one) for one in value)
    if part == "when":
        return _in_one_line(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value).strip()


def _option_line(option: CommentedMap) -> str:
    aliases = ", ".join(str(one) for one in option.get("aliases", []))
    return " | ".join(
        part
        for part in (str(option.get("value", "")), str(option.get("label", "")), aliases)
        if part
    )


def _in_one_line(value: Any) -> str:
    out = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = True
    yaml.sort_base_mapping_type_on_output = False
    yaml.width = 100_000
    yaml.dump(_plain(value), out)
    return out.getvalue().strip()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def _set(field: CommentedMap, part: str, given: str) -> None:
    if not given or given == _WITHOUT.get(part):
        field.pop(part, None)
    elif part == "options":
        field[part] = _options(field, given)
    elif part in _LISTS:
        listed = CommentedSeq(one.strip() for one in given.split(",") if one.strip())
        listed.fa.set_flow_style()
        field[part] = listed
    elif part == "when":
        field[part] = _condition(given)
    elif part == "required":
        field[part] = given == "yes"
    elif part == "type":
        if given not in list(FieldType):
            raise Unfit(f"field {field.get('id')}: type is none of {', '.join(FieldType)}")
        field[part] = given
    else:
        field[part] = " ".join(given.split())


def _condition(given: str) -> Any:
    try:
        found = _yaml().load(given)
    except (YAMLError, ValueError) as error:
        raise Unfit(f"when: not YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found, CommentedMap):
        raise Unfit("when: write it as {field: …, equals: …}")
    return found


def _options(field: CommentedMap, given: str) -> CommentedSeq:
    """Options from their lines; what a line does not tell (`whole`) stays with its value."""
    before = {str(one.get("value")): one for one in field.get("options", [])}
    found = CommentedSeq()
    for line in given.splitlines():
        value, _, rest = line.partition("|")
        label, _, aliases = rest.partition("|")
        if not value.strip():
            continue
        option = CommentedMap(before.get(value.strip(), {}))
        option["value"], option["label"] = value.strip(), label.strip()
        named = CommentedSeq(one.strip() for one in aliases.split(",") if one.strip())
        option.pop("aliases", None)
        if named:
            named.fa.set_flow_style()
            option["aliases"] = named
        option.fa.set_flow_style()
        found.append(option)
    return found
