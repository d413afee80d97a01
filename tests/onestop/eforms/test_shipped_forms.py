"""The e-forms that are shipped: valid, complete, and fillable to the end by their own examples."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from yaml import safe_load

from common.settings import ROOT
from onestop.catalogue.content import Paper, Procedure
from onestop.catalogue.shipped import load_shipped
from onestop.cli.eform import DIRECTORY, SCHEMA, schema_text
from onestop.eforms import engine
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.definition import EForm, Field, FieldType, expand, load_eforms
from onestop.eforms.values import parse
from onestop.eforms.words import fold

TODAY = date(2026, 3, 10)
FORMS = load_eforms(DIRECTORY)
FILE = {"file_id": "f1", "name": "anh.jpg", "content_type": "image/jpeg", "size": 2048}
OWN = {form_id: form for form_id, form in FORMS.items() if form.procedures}
CODES = [code for form in OWN.values() for code in form.procedures]


def fill(form: EForm, choose: dict[str, str] | None = None) -> dict[str, Value]:
    """Answer every field that comes up with its own example, or with what `choose` says."""
    answers: dict[str, Value] = {}
    young = {
        one.validation.under_age.birth_date
        for one in form.fields
        if one.validation.under_age is not None and (choose or {}).get(one.id) == "có"
    }
    while (field := engine.next_field(form, answers, ())) is not None:
        if field.type is FieldType.PAPER:
            outcome = engine.answer_paper(form, answers, field.id, [FILE], TODAY)
        else:
            text = (choose or {}).get(field.id, field.example)
            if field.id in young:
                text = "15/03/2012"
            text = agreeing(field, text, answers)
            outcome = engine.answer(form, answers, field.id, text, TODAY)
        assert not outcome.ask_again, (form.id, field.id)
        answers = outcome.answers
    return answers


def agreeing(field: Field, text: str, answers: dict[str, Value]) -> str:
    """The example's citizen ID, of the sex and year given for the same person; other text as it is."""
    person = field.validation.same_person_as
    if person is None:
        return text
    sex = (
        answers[person.sex].value
        if person.sex is not None
        else ("male", "female")[int(text[3]) % 2]
    )
    born = next((answers[one].value for one in person.birth_dates if one in answers), None)
    year = born[:4] if born is not None else f"{19 + int(text[3]) // 2}{text[4:6]}"
    digit = (int(year[:2]) - 19) * 2 + (sex == "female")
    return f"{text[:3]}{digit}{year[2:]}{text[6:]}"


def test_at_least_25_procedures_have_their_own_form_and_one_form_serves_the_rest() -> None:
    assert len(set(CODES)) == len(CODES) >= 25
    assert set(FORMS) - set(OWN) == {"general"}


def test_each_code_is_a_shipped_procedure_that_can_be_filed_online() -> None:
    shipped = {procedure.code: procedure for procedure in load_shipped()}
    assert set(CODES) <= set(shipped)
    assert [code for code in CODES if not shipped[code].online] == []


def test_the_codes_are_those_of_the_national_portal(shared_data: Path) -> None:
    known = set()
    for path in (shared_data / "dvcqg_2026_hdtruong802").glob("*.jsonl*"):
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        known |= {json.loads(line).get("Mã thủ tục") for line in text.splitlines()}
    assert set(CODES) <= known


def test_the_table_of_forms_names_each_form_with_its_codes() -> None:
    table = (DIRECTORY / "README.md").read_text(encoding="utf-8")
    for form in OWN.values():
        assert f"| `{form.id}.yml` | {', '.join(form.procedures)} |" in table


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_form_can_be_filled_to_the_end_by_its_own_examples(form: EForm) -> None:
    answers = fill(form)
    assert engine.unanswered(form, answers, ()) == []
    lines = engine.summary(form, answers, ())
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert len(lines) == len(engine.active_fields(form, answers))


def branches() -> list[tuple[str, str, str]]:
    """Every option of every choice, and both answers of every yes or no."""
    found = []
    for form in FORMS.values():
        for field in form.fields:
            if field.type is FieldType.CHOICE:
                found += [(form.id, field.id, option.label) for option in field.options]
            elif field.type is FieldType.YES_NO:
                found += [(form.id, field.id, "có"), (form.id, field.id, "không")]
    return found


@pytest.mark.parametrize(("form_id", "field_id", "text"), branches())
def test_every_branch_of_a_form_can_be_filled(form_id: str, field_id: str, text: str) -> None:
    fill(FORMS[form_id], {field_id: text})


def understood(field: Field, typed: str) -> list[str]:
    """The labels of the option that is read, or of those that are offered as what may be meant."""
    try:
        read = parse(field, typed, {}, TODAY).value
    except Refusal as refusal:
        return refusal.suggestions if refusal.code == "choice_ambiguous" else []
    return [option.label for option in field.options if option.value == read]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_an_option_is_known_by_each_of_its_names(form: EForm) -> None:
    """Without accents a name may be two options' ("ba", "bà"): then both are offered."""
    for field in form.fields:
        named = {
            option.label: {
                way
                for name in (option.label, *option.aliases, *option.whole)
                for way in (name, fold(name))
            }
            for option in field.options
        }
        for label, ways in named.items():
            for typed in ways:
                sharing = [other for other in named if typed in named[other]]
                assert understood(field, typed) in ([label], sharing), (field.id, typed)


def test_every_field_is_reached_by_some_choice() -> None:
    """A condition that never holds would hide a field from every citizen."""
    reached: dict[str, set[str]] = {form_id: set(fill(form)) for form_id, form in FORMS.items()}
    for form_id, field_id, text in branches():
        reached[form_id] |= set(fill(FORMS[form_id], {field_id: text}))
    assert {f: {x.id for x in FORMS[f].fields} - ids for f, ids in reached.items()} == {
        form_id: set() for form_id in FORMS
    }


def choices() -> list[tuple[Field, str, str]]:
    return [
        (field, option.value, name)
        for form in FORMS.values()
        for field in form.fields
        for option in field.options
        for name in (option.label, *option.aliases, *option.whole)
    ]


def test_every_label_and_alias_of_an_option_chooses_it() -> None:
    wrong = []
    for field, value, name in choices():
        try:
            chosen = parse(field, name, {}, TODAY).value
        except Refusal as refusal:
            chosen = refusal.params.get("options", refusal.code)
        if chosen != value:
            wrong.append((field.id, name, chosen))
    # Without accents "ba" is a father or a grandmother: asked, not guessed.
    assert wrong == [("relation", "ba", ["Cha", "Ông hoặc bà"])]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_a_field_is_found_by_its_label_and_every_alias(form: EForm) -> None:
    wrong = []
    for field in form.fields:
        everything = form.model_copy(
            update={"fields": [one.model_copy(update={"when": None}) for one in form.fields]}
        )
        for name in (field.label, *field.aliases):
            found = [one.id for one in engine.find_fields(everything, f"sửa {name}", {})]
            if field.id not in found:
                wrong.append((field.id, name, found))
    assert wrong == []


def test_no_form_asks_more_than_is_bearable() -> None:
    """8 to 25 questions, and one more at most for who goes the longest way."""
    for form_id, form in OWN.items():
        assert 8 <= len(fill(form)) <= 25, form_id
    for form_id, field_id, text in branches():
        assert len(fill(FORMS[form_id], {field_id: text})) <= 26, (form_id, field_id, text)


@pytest.mark.parametrize("kind", [FieldType.CITIZEN_ID, FieldType.PHONE])
def test_the_applicants_id_and_phone_are_asked_on_every_way(kind: FieldType) -> None:
    """The first of each is the second factor for the dossier's status."""
    ways = [(form_id, fill(form)) for form_id, form in OWN.items()]
    ways += [(form_id, fill(FORMS[form_id], {f: text})) for form_id, f, text in branches()]
    for form_id, answers in ways:
        asked = [one for one in FORMS[form_id].fields if one.type is kind and one.id in answers]
        assert asked, form_id
        assert asked[0].required, (form_id, asked[0].id)


def test_questions_are_short_and_say_anh_chi_or_name_whom_they_ask_about() -> None:
    for form in FORMS.values():
        for field in form.fields:
            assert len(field.question) <= 190, (form.id, field.id)
            assert len(field.explanation) <= 190, (form.id, field.id)
            assert field.question[-1] in "?.", (form.id, field.id)
            assert field.explanation[-1] == ".", (form.id, field.id)


def test_the_schema_file_is_what_the_model_says_and_every_form_agrees_with_it() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()
    validator = Draft202012Validator(json.loads(schema_text()))
    for path in DIRECTORY.glob("*.yml"):
        validator.validate(safe_load(path.read_text(encoding="utf-8")))


def procedure() -> Procedure:
    return Procedure(
        code="1.000001",
        name="Thủ tục thử",
        papers=[
            Paper(name="Đơn đề nghị", originals=1),
            Paper(name="Giấy ủy quyền", group="nộp thay người khác", note="Không cần chứng thực."),
            Paper(name="Sơ yếu lý lịch " + "rất dài " * 40, required=False),
        ],
    )


def test_the_general_form_asks_for_the_procedures_own_papers() -> None:
    form = expand(FORMS["general"], procedure())
    first, in_case, optional = form.fields[-3:]
    assert first.required
    assert not in_case.required
    assert not optional.required
    assert "Đơn đề nghị" in first.question
    assert "nộp thay người khác" in in_case.question
    assert in_case.explanation.endswith("Không cần chứng thực.")
    assert len(optional.label) <= 120
    assert form.digest() != FORMS["general"].digest()
    assert set(fill(form)) >= {"paper_1", "paper_2", "paper_3"}


@pytest.mark.parametrize(
    ("case", "asked"),
    [
        ("Nộp trực tiếp", False),
        ("Trường hợp nộp trực tiếp và qua hệ thống bưu chính công ích:", False),
        ("Nộp trực tiếp, trực tuyến, qua dịch vụ bưu chính", True),
        ("Các giấy tờ nộp trực tiếp hoặc gửi qua fax hoặc thư điện tử", True),
        ("Bị thiệt hại trực tiếp", True),
    ],
)
def test_what_is_shown_at_the_counter_only_is_not_asked_for_online(case: str, asked: bool) -> None:
    shown = Paper(name="Giấy tờ tùy thân", group=case)
    papers = [shown, *procedure().papers]
    form = expand(FORMS["general"], procedure().model_copy(update={"papers": papers}))
    assert ("Giấy tờ tùy thân" in [field.label for field in form.fields]) == asked
    assert form.fields[-1].id == "paper_4"


def test_a_form_with_papers_of_its_own_is_left_as_it_is() -> None:
    form = FORMS["birth-registration"]
    assert expand(form, procedure()) is form


def test_an_expanded_form_survives_being_stored_as_json() -> None:
    form = expand(FORMS["general"], procedure())
    stored = form.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    again = EForm.model_validate(json.loads(json.dumps(stored)))
    assert again == form
    assert again.digest() == form.digest()


def test_no_form_holds_a_path_of_this_machine() -> None:
    for path in DIRECTORY.glob("*.yml"):
        assert str(ROOT) not in path.read_text(encoding="utf-8")
