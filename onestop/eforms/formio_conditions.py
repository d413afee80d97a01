"""Form.io's simple conditions (`conditional`), old and new style, as conditions of an e-form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onestop.eforms.definition import FieldType


@dataclass(frozen=True)
class Known:
    """A field that stands for a component; `options` are a choice's Form.io value → our value."""

    id: str
    type: FieldType
    options: Mapping[str, str]


def condition_of(
    component: Mapping[str, Any], known: Mapping[str, Known]
) -> tuple[dict[str, Any] | None, list[str]]:
    """When a component is shown.

    Args:
        component: as in the JSON.
        known: Form.io key → field, for the components before this one.

    Returns:
        The condition, None if it is always shown or the condition cannot be told; and what could
        not be kept.
    """
    faults = []
    if component.get("customConditional"):
        faults.append("customConditional has no counterpart")
    if component.get("hidden"):
        faults.append("hidden has no counterpart: it is asked")
    given = component.get("conditional")
    if not isinstance(given, Mapping):
        return None, faults
    if given.get("json"):
        faults.append("a condition in JSONLogic has no counterpart")
    comparisons = _comparisons(given)
    if not comparisons:
        return None, faults
    made = [_comparison(one, known) for one in comparisons]
    kept = [one for one in made if one is not None]
    if len(kept) < len(made):
        # A condition kept in part would hide what should be asked, so that none of it is kept.
        keys = ", ".join(str(one.get("component", "")) for one in comparisons)
        return None, [*faults, f"its condition on {keys} cannot be kept: it is always asked"]
    joined = "or" if given.get("conjunction") == "any" else "and"
    condition = kept[0] if len(kept) == 1 else {joined: kept}
    if given.get("show") in (False, "false"):
        condition = {"not": condition}
    return condition, faults


def _comparisons(given: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    conditions = given.get("conditions")
    if isinstance(conditions, list) and conditions:
        return [one if isinstance(one, Mapping) else {} for one in conditions]
    if given.get("when"):
        return [{"component": given["when"], "operator": "isEqual", "value": given.get("eq")}]
    return []


def _comparison(one: Mapping[str, Any], known: Mapping[str, Known]) -> dict[str, Any] | None:
    key = one.get("component")
    field = known.get(key) if isinstance(key, str) else None
    operator = one.get("operator")
    if field is None:
        return None
    if operator in ("isEmpty", "isNotEmpty"):
        return {"field": field.id, "exists": operator == "isNotEmpty"}
    value = _value(field, one.get("value"))
    if value is None or operator not in ("isEqual", "isNotEqual"):
        return None
    equal = {"field": field.id, "equals": value}
    return equal if operator == "isEqual" else {"not": equal}


def _value(field: Known, value: object) -> str | int | bool | None:
    """The value as the field's answers have it; None if it never has."""
    if field.type is FieldType.YES_NO:
        return {"true": True, "false": False}.get(str(value).lower())
    if field.type is FieldType.CHOICE:
        return field.options.get(str(value))
    if field.type is FieldType.NUMBER:
        number = str(value)
        return int(number) if re.fullmatch(r"-?[0-9]{1,15}", number) else None
    return value if field.type is FieldType.TEXT and isinstance(value, str) and value else None
