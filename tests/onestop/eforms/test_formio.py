"""Form.io forms become forms of ours, and what cannot be taken is reported by name."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.eforms.definition import EForm, FieldType
from onestop.eforms.formio import FormioError, Imported, convert
from onestop.eforms.formio_parts import identifier

CONSENT = "Tôi đồng ý."


def component(kind: str, key: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "key": key, "label": key.capitalize(), **more}


def imported(*components: dict[str, Any], **more: Any) -> Imported:
    return convert({"title": "Đơn thử", "components": list(components), **more}, CONSENT)


def form_of(*components: dict[str, Any]) -> EForm:
    made = imported(*components)
    assert made.unmapped == []
    return EForm.model_validate(made.form)


@pytest.mark.parametrize(
    ("kind", "ours"),
    [
        ("textfield", FieldType.TEXT),
        ("textarea", FieldType.TEXT),
        ("number", FieldType.NUMBER),
        ("email", FieldType.EMAIL),
        ("phoneNumber", FieldType.PHONE),
        ("datetime", FieldType.DATE),
        ("day", FieldType.DATE),
        ("checkbox", FieldType.YES_NO),
        ("file", FieldType.PAPER),
    ],
)
def test_each_type_has_its_counterpart(kind: str, ours: FieldType) -> None:
    assert form_of(component(kind, "mot")).fields[0].type is ours


def test_words_come_from_the_component() -> None:
    field = form_of(
        component("textfield", "hoTen", label="Họ tên", tooltip="Như trên thẻ", placeholder="Lê A")
    ).fields[0]
    assert (field.id, field.label, field.question) == ("ho_ten", "Họ tên", "Họ tên?")
    assert (field.explanation, field.example) == ("Như trên thẻ.", "Lê A")
    assert not field.required


def test_rules_are_kept() -> None:
    text, number = form_of(
        component(
            "textfield",
            "ma",
            validate={"required": True, "minLength": 2, "maxLength": "9", "pattern": "[A-Z]+"},
        ),
        component("number", "tuoi", validate={"min": 18, "max": 60}, decimalLimit=0),
    ).fields
    assert text.required
    assert (text.validation.min_length, text.validation.max_length) == (2, 9)
    assert text.validation.pattern == "[A-Z]+"
    assert (number.validation.min, number.validation.max) == (18, 60)
    assert number.validation.whole


def test_a_suffix_is_the_unit_of_a_number() -> None:
    assert form_of(component("number", "dienTich", suffix="m2")).fields[0].unit == "m2"


def test_a_number_may_have_a_fraction_unless_decimals_are_off() -> None:
    assert not form_of(component("number", "dienTich")).fields[0].validation.whole


@pytest.mark.parametrize(
    "given",
    [
        {"type": "select", "data": {"values": [{"label": "Nam", "value": "1"}]}},
        {"type": "radio", "values": [{"label": "Nam", "value": "1"}]},
    ],
)
def test_options_keep_their_labels(given: dict[str, Any]) -> None:
    field = form_of({"key": "gioi", "label": "Giới tính", **given}).fields[0]
    assert [(one.value, one.label) for one in field.options] == [("option_1", "Nam")]


def test_boxes_become_one_yes_or_no_each_and_can_be_looked_at() -> None:
    one, two, details = form_of(
        component(
            "selectboxes",
            "bo",
            label="Có",
            values=[{"label": "Mẹ", "value": "me"}, {"label": "Cha", "value": "cha"}],
        ),
        component("textfield", "ten", conditional={"show": True, "when": "bo.cha", "eq": "true"}),
    ).fields
    assert [one.label, two.label] == ["Có: Mẹ", "Có: Cha"]
    assert details.when is not None
    assert details.when.holds({two.id: True})
    assert not details.when.holds({one.id: True, two.id: False})


def test_panels_and_columns_become_sections() -> None:
    inner = component("textfield", "ten")
    outer, *rest = form_of(
        component("textfield", "dau"),
        {"type": "panel", "title": "Người nộp", "components": [inner]},
        {"type": "fieldset", "legend": "Nhà", "components": [
            {"type": "columns", "columns": [{"components": [component("email", "thu")]}]},
        ]},
    ).fields  # fmt: skip
    assert outer.section == "Đơn thử"
    assert [field.section for field in rest] == ["Người nộp", "Nhà"]


CHOICE = component(
    "radio", "loai", values=[{"label": "A", "value": "aA"}, {"label": "B", "value": "b"}]
)


@pytest.mark.parametrize(
    ("conditional", "shown_for"),
    [
        ({"show": True, "when": "loai", "eq": "aA"}, {"a_a"}),
        ({"show": "true", "when": "loai", "eq": "aA"}, {"a_a"}),
        ({"show": False, "when": "loai", "eq": "aA"}, {"b"}),
        (
            {
                "show": True,
                "conjunction": "any",
                "conditions": [
                    {"component": "loai", "operator": "isEqual", "value": "aA"},
                    {"component": "loai", "operator": "isEqual", "value": "b"},
                ],
            },
            {"a_a", "b"},
        ),
        (
            {
                "show": True,
                "conjunction": "all",
                "conditions": [
                    {"component": "loai", "operator": "isNotEqual", "value": "aA"},
                    {"component": "loai", "operator": "isNotEmpty"},
                ],
            },
            {"b"},
        ),
    ],
)
def test_simple_conditions_are_kept(conditional: dict[str, Any], shown_for: set[str]) -> None:
    when = form_of(CHOICE, component("textfield", "x", conditional=conditional)).fields[1].when
    assert when is not None
    assert {value for value in ("a_a", "b") if when.holds({"loai": value})} == shown_for


def test_a_panels_condition_holds_for_all_that_is_in_it() -> None:
    panel = {
        "type": "panel",
        "title": "Riêng",
        "conditional": {"show": True, "when": "loai", "eq": "b"},
        "components": [component("textfield", "x"), component("textfield", "y")],
    }
    _, *inside = form_of(CHOICE, panel).fields
    assert all(field.when is not None and field.when.holds({"loai": "b"}) for field in inside)
    assert not any(field.when is None or field.when.holds({"loai": "a_a"}) for field in inside)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (component("signature", "ky", label="Chữ ký"), "signature “Chữ ký”: has no counterpart"),
        (component("button", "gui", label="Gửi"), "button “Gửi”"),
        (component("datagrid", "bang"), "datagrid “Bang”"),
        (component("select", "xa", dataSrc="url"), "no options of its own"),
        (component("textfield", "x", multiple=True), "multiple"),
        (component("textfield", "x", validate={"custom": "valid = 1"}), "rule custom"),
        (component("textfield", "x", validate={"pattern": "("}), "rule pattern"),
        (component("number", "x", validate={"min": 0.5}), "rule min"),
        (component("textfield", "x", customConditional="show = 1"), "customConditional"),
        (component("textfield", "x", hidden=True), "hidden"),
        (component("textfield", "x", inputMask="99-99"), "inputMask"),
        (component("textfield", "x", defaultValue="có"), "defaultValue"),
        (component("checkbox", "x", disabled=True), "disabled"),
        (component("file", "x", fileMaxSize="2MB"), "fileMaxSize"),
        (component("datetime", "x", datePicker={"minDate": "2020-01-01"}), "minDate"),
        (component("file", "x", filePattern=".pdf,.docx"), "files of kind docx"),
        (component("datetime", "x", enableTime=True), "enableTime"),
        (
            component("textfield", "x", conditional={"show": True, "when": "khac", "eq": "1"}),
            "condition on khac cannot be kept",
        ),
        ("no component", "is no object"),
    ],
)
def test_what_cannot_be_taken_is_reported_by_name(given: Any, said: str) -> None:
    made = imported(component("textfield", "dau"), given)
    assert len(made.unmapped) == 1
    assert said in made.unmapped[0]
    EForm.model_validate(made.form)


def test_what_the_builder_writes_by_itself_is_no_news() -> None:
    """Keys as an exported form has them, set by nobody."""
    by_itself = {
        "input": True,
        "multiple": False,
        "defaultValue": "",
        "prefix": "",
        "suffix": "",
        "hidden": False,
        "disabled": False,
        "calculateValue": "",
        "customConditional": "",
        "conditional": {"show": None, "when": None, "eq": ""},
        "logic": [],
        "inputMask": "",
    }
    rules = {
        "required": True,
        "custom": "",
        "customPrivate": False,
        "minLength": "",
        "unique": False,
    }
    form_of(
        component("textfield", "ten", validate=rules, **by_itself),
        component("number", "tuoi", validate={"min": 1, "max": "", "step": "any"}, **by_itself),
        component(
            "datetime", "ngay", enableTime=False, datePicker={"minDate": None, "showWeeks": True}
        ),
        component("file", "giay", filePattern="*", fileMaxSize="1GB", fileMinSize="0KB"),
    )


def test_two_components_of_one_key_stay_two_fields() -> None:
    first, second = form_of(component("textfield", "x"), component("textfield", "x")).fields
    assert first.id != second.id


def test_files_are_taken_as_their_pattern_says() -> None:
    field = form_of(component("file", "giay", filePattern=".pdf,image/png")).fields[0]
    assert field.accept == ["application/pdf", "image/png"]


@pytest.mark.parametrize("source", [None, [], {}, {"components": {}}, {"components": []}])
def test_what_is_no_form_is_refused(source: object) -> None:
    with pytest.raises(FormioError):
        convert(source, CONSENT)


@given(st.text())
def test_an_identifier_is_always_one(text: str) -> None:
    assert identifier(text, "field").isidentifier()
    assert identifier(text, "field").isascii()


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip
KEYS = st.sampled_from(["a", "b", "a.x", "Đất", "1", ""]) | SCALARS
RULES = st.fixed_dictionaries(
    {},
    optional={
        name: SCALARS | st.sampled_from(["3", 2, -1, "[a"])
        for name in ("required", "minLength", "maxLength", "min", "max", "pattern", "custom")
    },
)
CONDITIONS = st.fixed_dictionaries({"show": SCALARS, "when": KEYS, "eq": SCALARS})
OPTIONS = st.lists(st.fixed_dictionaries({"label": SCALARS, "value": SCALARS}), max_size=3)
LEAVES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            [
                "textfield",
                "number",
                "select",
                "radio",
                "selectboxes",
                "checkbox",
                "file",
                "day",
                "x",
            ]
        ),
        "key": KEYS,
    },
    optional={
        "label": SCALARS,
        "tooltip": SCALARS,
        "placeholder": SCALARS,
        "validate": RULES | ANYTHING,
        "conditional": CONDITIONS | ANYTHING,
        "values": OPTIONS | ANYTHING,
        "data": st.fixed_dictionaries({"values": OPTIONS}) | ANYTHING,
        "filePattern": SCALARS,
        "decimalLimit": SCALARS,
    },
)
COMPONENTS = st.recursive(
    LEAVES,
    lambda inner: st.fixed_dictionaries(
        {"type": st.sampled_from(["panel", "columns", "table"])},
        optional={
            "title": SCALARS,
            "conditional": CONDITIONS,
            "components": st.lists(inner, max_size=3),
            "columns": st.lists(st.fixed_dictionaries({"components": st.lists(inner, max_size=2)})),
            "rows": ANYTHING,
        },
    ),
    max_leaves=8,
)


@given(ANYTHING)
def test_any_json_is_read_or_refused(source: object) -> None:
    with pytest.raises(FormioError):
        convert(source, CONSENT)


@given(st.lists(COMPONENTS, max_size=6), SCALARS)
def test_whatever_is_taken_is_a_form_that_can_be_loaded(
    components: list[Any], title: object
) -> None:
    try:
        made = convert({"title": title, "components": components}, CONSENT)
    except FormioError:
        return
    EForm.model_validate(made.form)
