"""No fault of an e-form or of everyday words reaches its author in English.

Made from what raises them: every sentence that stands in the code, and what the models say to a text in which
each part in turn is replaced by what does not fit.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from onestop.changes.subject import Unfit
from onestop.eforms.definition import parse_eform
from onestop.kept.eforms import faults_of
from onestop.kept.synonyms import Synonyms
from web.staff.kept.faults import UNKNOWN, say_fault

UNTOLD = UNKNOWN.partition("{")[0]
SOURCES = [
    *(Path("onestop/eforms") / name for name in ("checking.py", "conditions.py", "definition.py")),
    *(Path("onestop/kept") / name for name in ("eforms.py", "eform_editing.py", "synonyms.py")),
]
# What only who works with files is told.
OF_FILES = {"check_file", "load_eforms", "read_eform"}
RAISED = {"EFormError", "Unfit", "ValueError"}
# What stands for a blank of a sentence, where a 7 would not do.
SAMPLES = {"kind.value": ("citizen_id", "phone"), "name": ("question", "explanation")}
ENGLISH = re.compile(
    r"\b(?:should|greater|less|than|valid|input|the|is|does|must|which|dictionary|unable|expected|"
    r"characters|stands|needs|found|got|extra|permitted|between|required field)\b",
    re.IGNORECASE,
)
WHOLE = """
id: bird-permit
version: 1
title: Tờ khai nuôi chim
procedures: ["1.000001"]
legal_basis: [Luật chim]
consent_text: Tôi đồng ý.
papers:
  section: Giấy tờ
  question: "Anh/chị gửi {name} ạ?"
  question_in_case: "Anh/chị gửi {name} ({group}) ạ?"
  explanation: "{name} cần cho hồ sơ."
  explanation_in_case: "{name} cần khi {group}."
fields:
  - {id: citizen_id, type: citizen_id, label: Số định danh, question: "Số định danh ạ?", explanation: Để xem.,
     section: A, example: "035190000123"}
  - {id: phone, type: phone, label: Điện thoại, question: "Điện thoại ạ?", explanation: Để gọi., section: A,
     example: "0912345678", aliases: [số máy]}
  - id: sex
    type: choice
    label: Giới tính
    question: Nam hay nữ ạ?
    explanation: Để ghi.
    section: A
    example: nam
    validation: {refuse: [{value: male, when: {field: phone, exists: true}, say: Chưa nhận ạ.}]}
    options:
      - {value: male, label: Nam, aliases: [trai], whole: [ông]}
      - {value: female, label: Nữ}
  - id: born
    type: date
    label: Ngày sinh
    question: Ngày sinh ạ?
    explanation: Để ghi.
    section: A
    example: 2/3/1990
    required: true
    other_words: "Ngày như {example}."
    when: {or: [{field: sex, equals: male}, {not: {field: sex, in: [male]}}]}
    validation: {not_future: true, min_age: 1, max_age: 99}
  - id: name
    type: text
    label: Tên chim
    question: Tên ạ?
    explanation: Để gọi.
    section: A
    example: Sáo
    capitalise: true
    unit: ""
    accept: [image/png]
    later_allowed: false
    when: {and: [{field: sex, exists: true}]}
    validation: {min_length: 1, max_length: 9, pattern: "[A-Z].*", min: 1, max: 2, whole: true, not_past: false,
      after: born, before: born, gap: 1, under_age: {birth_date: born, age: 3},
      same_person_as: {birth_date: [born], sex: sex}}
"""
WRONG = ("", "[", "nobody", 0, 1.5, None, [], {"x": 1})


def samples(node: ast.expr) -> Iterator[str]:
    """A sentence of the code with something in its blanks; once for each thing that may stand there."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
        return
    if not isinstance(node, ast.JoinedStr):
        return
    told = [""]
    for part in node.values:
        given: tuple[str, ...] = ("7",)
        if isinstance(part, ast.Constant):
            given = (str(part.value),)
        elif isinstance(part, ast.FormattedValue):
            given = SAMPLES.get(ast.unparse(part.value), given)
        told = [f"{before}{one}" for before in told for one in given]
    yield from told


def sentences(path: Path) -> Iterator[str]:
    """What a module raises, yields or collects as faults."""
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(function, ast.FunctionDef) or function.name in OF_FILES:
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Yield) and node.value is not None:
                yield from samples(node.value)
            elif isinstance(node, ast.Call):
                called = node.func.id if isinstance(node.func, ast.Name) else ""
                appended = isinstance(node.func, ast.Attribute) and node.func.attr == "append"
                if called in RAISED or appended:
                    for argument in node.args:
                        yield from samples(argument)


# Of others' faults or of no fault: a name and a sentence that follows.
BARE = {"field 7: 7"}
CODE = sorted({one for path in SOURCES for one in sentences(path)} - BARE)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a document."""
    if at:
        yield at
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(one, dict | list):
            yield from places(one, (*at, key))
        else:
            yield (*at, key)


def mutants(document: Any) -> Iterator[Any]:
    """The document with each place in turn replaced, left out, or given something unknown."""
    for place in places(document):
        for wrong in (*WRONG, WRONG):
            other = copy.deepcopy(document)
            holder = other
            for part in place[:-1]:
                holder = holder[part]
            if wrong is WRONG:
                del holder[place[-1]]
            else:
                holder[place[-1]] = wrong
            yield other


def english(told: str) -> bool:
    """Whether a fault in words still has English in it; what the author wrote stands in quotes."""
    return told.startswith(UNTOLD) or UNTOLD in told or bool(ENGLISH.search(told))


def test_the_form_has_every_part_and_no_fault() -> None:
    form = parse_eform(WHOLE)
    used = form.model_dump(by_alias=True, exclude_unset=True)
    assert used.keys() == type(form).model_fields.keys()
    fields = {key for one in used["fields"] for key in one}
    assert fields == type(form.fields[0]).model_fields.keys()
    rules = {key for one in used["fields"] for key in one.get("validation", {})}
    assert rules == type(form.fields[0].validation).model_fields.keys()


def test_sentences_are_found() -> None:
    assert len(CODE) > 25


@pytest.mark.parametrize("fault", CODE)
def test_what_the_code_says_has_words(fault: str) -> None:
    assert not english(say_fault(fault)), say_fault(fault)


def test_what_the_models_say_of_a_form_has_words() -> None:
    told = {
        fault: say_fault(fault)
        for one in mutants(yaml.safe_load(WHOLE))
        for fault in faults_of(yaml.safe_dump(one, allow_unicode=True))
    }
    assert len(told) > 200
    assert {fault: said for fault, said in told.items() if english(said)} == {}


def test_what_is_said_of_everyday_words_has_words() -> None:
    told = set()
    for one in mutants([{"say": ["giấy"], "means": ["tờ", "khai"], "names": True}]):
        try:
            Synonyms().checked(None, "all", yaml.safe_dump(one))  # type: ignore[arg-type]
        except Unfit as unfit:
            told |= set(unfit.faults)
    assert len(told) > 10
    assert {fault: said for fault in told if english(said := say_fault(fault))} == {}
