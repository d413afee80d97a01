"""Walking through a form: order, conditions, corrections, skips, papers, summary, finding fields."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.cli.eform import DIRECTORY
from onestop.eforms import engine
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.conditions import Condition
from onestop.eforms.definition import EForm, FieldType, read_eform
from onestop.eforms.values import LONGEST_ANSWER, parse
from onestop.eforms.words import clean

TODAY = date(2026, 3, 10)
IMAGE = {"file_id": "f1", "name": "anh.jpg", "content_type": "image/jpeg", "size": 10}


def field(id_: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "type": type_,
        "section": "Mục",
        "label": id_,
        "question": "Hỏi?",
        "explanation": "Vì.",
        "example": "" if type_ == "paper" else "ví dụ",
        **more,
    }


SEXES = [{"value": "male", "label": "Nam"}, {"value": "female", "label": "Nữ"}]
FORM = EForm.model_validate(
    {
        "id": "thu",
        "version": 1,
        "title": "Thử",
        "consent_text": "Tôi đồng ý.",
        "fields": [
            field("name", "person_name", label="Họ tên", aliases=["tên"]),
            field("sex", "choice", label="Giới tính", options=SEXES),
            field(
                "born", "date", label="Ngày sinh", validation={"not_future": True, "min_age": 18}
            ),
            field(
                "cccd",
                "citizen_id",
                label="Số định danh",
                aliases=["căn cước", "cccd"],
                validation={"same_person_as": {"birth_date": "born", "sex": "sex"}},
            ),
            field("phone", "phone", label="Số điện thoại", aliases=["sđt"]),
            field("email", "email", label="Thư điện tử", aliases=["email"], required=False),
            field("married", "yes_no", label="Đã kết hôn"),
            field(
                "spouse",
                "person_name",
                label="Họ tên vợ hoặc chồng",
                when={"field": "married", "equals": True},
            ),
            field(
                "wedding",
                "date",
                label="Ngày cưới",
                when={"field": "spouse", "exists": True},
                validation={"after": "born", "not_future": True},
            ),
            field("members", label="Thành viên", required=False, validation={"max_length": 40}),
            field("copy", "paper", label="Bản sao", later_allowed=True),
            field("proof", "paper", label="Giấy chứng minh", accept=["application/pdf"]),
        ],
    }
)
GIVEN = {
    "name": "Nguyễn Văn An",
    "sex": "nam",
    "born": "15/3/1990",
    "cccd": "036090012345",
    "phone": "0912345678",
    "email": "an@gmail.com",
    "married": "có",
    "spouse": "Lê Thị Hoa",
    "wedding": "2/9/2015",
    "members": "một người con",
}


def filled(upto: str | None = None, **changes: str) -> dict[str, Value]:
    """Answers to the fields in order, up to and with one."""
    answers: dict[str, Value] = {}
    for id_, text in {**GIVEN, **changes}.items():
        answers = engine.answer(FORM, answers, id_, text, TODAY).answers
        if id_ == upto:
            break
    return answers


def refusal(id_: str, text: str, answers: dict[str, Value] | None = None) -> Refusal:
    with pytest.raises(Refusal) as raised:
        engine.answer(FORM, answers or {}, id_, text, TODAY)
    return raised.value


def test_fields_are_asked_in_order_and_conditions_open_and_close_them() -> None:
    first = engine.next_field(FORM, {}, ())
    assert first is not None
    assert first.id == "name"
    single = filled("married", married="không")
    following = engine.next_field(FORM, single, ())
    assert following is not None
    assert following.id == "members"
    assert "spouse" not in [one.id for one in engine.active_fields(FORM, single)]


def test_a_complete_form_has_nothing_left_to_ask() -> None:
    answers = filled()
    answers = engine.answer_paper(FORM, answers, "copy", [IMAGE], TODAY).answers
    pdf = {**IMAGE, "content_type": "application/pdf"}
    answers = engine.answer_paper(FORM, answers, "proof", [pdf], TODAY).answers
    assert engine.next_field(FORM, answers, ()) is None
    assert engine.unanswered(FORM, answers, ()) == []


def test_an_optional_field_may_be_skipped_and_a_required_one_may_not() -> None:
    answers = filled("phone")
    following = engine.next_field(FORM, answers, ["email"])
    assert following is not None
    assert following.id == "married"
    engine.check_skip(FORM.field("email"))
    with pytest.raises(Refusal) as raised:
        engine.check_skip(FORM.field("phone"))
    assert raised.value.code == "field_required"
    assert [one.id for one in engine.unanswered(FORM, {}, ["phone"])][4] == "phone"


def test_a_correction_drops_what_is_no_longer_asked_even_at_second_hand() -> None:
    outcome = engine.answer(FORM, filled(), "married", "chưa", TODAY)
    assert [one.id for one in outcome.dropped] == ["spouse", "wedding"]
    assert set(filled()) - set(outcome.answers) == {"spouse", "wedding"}


def test_a_correction_reports_answers_that_no_longer_hold() -> None:
    outcome = engine.answer(FORM, filled(), "born", "1/1/1991", TODAY)
    assert [(one.id, reason.code) for one, reason in outcome.ask_again] == [
        ("cccd", "citizen_id_other_birth_year")
    ]
    assert "cccd" not in outcome.answers
    following = engine.next_field(FORM, outcome.answers, ())
    assert following is not None
    assert following.id == "cccd"


def test_a_refused_correction_changes_nothing() -> None:
    answers = filled()
    before = dict(answers)
    assert refusal("born", "31/2/1990", answers).code == "date_impossible"
    assert answers == before


@pytest.mark.parametrize(
    ("id_", "text", "code"),
    [
        ("cccd", "036091012345", "citizen_id_other_birth_year"),
        ("cccd", "036190012345", "citizen_id_other_sex"),
        ("born", "1/1/2027", "date_future"),
        ("born", "1/1/2015", "date_too_young"),
        ("wedding", "15/3/1990", "date_not_after"),
        ("members", "x" * 41, "text_too_long"),
        ("members", "x" * (LONGEST_ANSWER + 1), "text_too_long"),
        ("members", "…", "text_missing"),
        ("copy", "đây ạ", "paper_expected"),
        ("proof", "để tôi nộp sau", "paper_now"),
    ],
)
def test_a_rule_that_is_broken_has_its_own_code(id_: str, text: str, code: str) -> None:
    raised = refusal(id_, text, filled())
    assert raised.code == code
    assert raised.params["label"] == FORM.field(id_).label
    assert str(raised) == code  # nothing that was typed reaches a log


@pytest.mark.parametrize(
    "text", ["nộp sau", "để em bổ sung giấy này sau nhé", "tôi mang đến quầy", "chua co"]
)
def test_a_paper_may_come_later_where_the_form_allows_it(text: str) -> None:
    outcome = engine.answer(FORM, {}, "copy", text, TODAY)
    assert outcome.value == Value(value={"later": True}, display="Nộp sau")


def test_uploaded_files_are_checked_for_kind_and_content() -> None:
    outcome = engine.answer_paper(FORM, {}, "copy", [IMAGE, {**IMAGE, "name": "sau.png"}], TODAY)
    assert outcome.value.display == "anh.jpg, sau.png"
    for id_, files, code in [
        ("proof", [IMAGE], "paper_type"),
        ("copy", [{**IMAGE, "size": 0}], "paper_empty"),
        ("copy", [], "paper_expected"),
        ("copy", [IMAGE] * 11, "paper_too_many"),
        ("name", [IMAGE], "paper_not_asked"),
    ]:
        with pytest.raises(Refusal) as raised:
            engine.answer_paper(FORM, {}, id_, files, TODAY)
        assert raised.value.code == code


def test_the_summary_numbers_what_is_answered_or_skipped() -> None:
    answers = filled("phone")
    lines = engine.summary(FORM, answers, ["email"])
    assert [(line.number, line.field, line.display, line.skipped) for line in lines] == [
        (1, "name", "Nguyễn Văn An", False),
        (2, "sex", "Nam", False),
        (3, "born", "15/03/1990", False),
        (4, "cccd", "036090012345", False),
        (5, "phone", "0912 345 678", False),
        (6, "email", "Để trống", True),
    ]


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ("sửa mục 3", ["born"]),
        ("muc so 5", ["phone"]),
        ("4", ["cccd"]),
        ("đổi số điện thoại", ["phone"]),
        ("đổi số điện thoại thành 0987654321", ["phone"]),
        ("doi sdt giup em", ["phone"]),
        ("ngày sinh sai rồi", ["born"]),
        ("ngay sinhh bi sai", ["born"]),
        ("cho tôi sửa lại căn cước", ["cccd"]),
        ("tên vợ tôi bị nhầm", ["spouse", "name"]),
        ("họ tên vợ hoặc chồng", ["spouse"]),
        ("sửa thành viên", ["members"]),
        ("điện thoại", ["phone"]),
        ("thời tiết hôm nay", []),
        ("sửa", []),
    ],
)
def test_a_field_is_found_as_citizens_name_it(phrase: str, found: list[str]) -> None:
    assert [one.id for one in engine.find_fields(FORM, phrase, filled())] == found


@pytest.mark.parametrize(
    ("phrase", "value"),
    [
        ("đổi số điện thoại thành 0987 654 321", "0987 654 321"),
        ("sua ngay sinh lai la 15/3/1991", "15/3/1991"),
        ("chuyển email sang: an@gmail.com", "an@gmail.com"),
        ("mục 5 là 0987654321", "0987654321"),
        ("đổi tên thành Lê Văn An", "Lê Văn An"),
        ("doi ten thanh Le Van An", "Le Van An"),
        ("ngày sinh sai rồi, phải là 15/3/1990", "15/3/1990"),
        ("sửa thành viên thành hai người con", "hai người con"),
        ("sửa mục 2", None),
        ("sửa số điện thoại 0912345678", None),
        ("", None),
        ("đổi số điện thoại", None),
        ("sửa thành viên", None),
        ("trời hôm nay là đẹp", None),
        ("đổi số điện thoại thành", None),
    ],
)
def test_a_correction_may_bring_its_new_value(phrase: str, value: str | None) -> None:
    brought = engine.new_value(FORM, phrase, filled())
    assert (brought and brought[1]) == value


def test_a_new_value_that_sounds_like_another_field_belongs_to_the_one_named() -> None:
    form = read_eform(DIRECTORY / "marital-status.yml")
    brought = engine.new_value(form, "xin giấy cho ai sai rồi, phải là uy quyen", {})
    assert brought is not None
    assert (brought[0].id, brought[1]) == ("for_whom", "uy quyen")
    brought = engine.new_value(form, "sua tinh trang thanh so 1", {})
    assert brought is not None
    assert (brought[0].id, brought[1]) == ("status", "so 1")


@given(st.text(max_size=200))
def test_a_new_value_is_the_end_of_what_was_said(text: str) -> None:
    brought = engine.new_value(FORM, f"đổi tên thành {text}", filled())
    assert brought is None or clean(text).endswith(brought[1])


def test_a_field_that_is_not_asked_is_not_found() -> None:
    answers = filled("married", married="không")
    assert engine.find_fields(FORM, "ngày cưới", answers) != [FORM.field("wedding")]


SCRAPS = [
    "tôi",
    "là",
    "số",
    "ngày",
    "12",
    "3",
    "1990",
    "nộp",
    "sau",
    "không",
    "có",
    "@",
    ".",
    ",",
    "/",
    "ạ",
]
TEXTS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(list(GIVEN.values())),
    st.lists(
        st.sampled_from(
            [
                "tôi",
                "là",
                "số",
                "ngày",
                "12",
                "3",
                "1990",
                "nộp",
                "sau",
                "không",
                "có",
                "@",
                ".",
                ",",
                "/",
                "ạ",
            ]
        ),
        max_size=8,
    ).map(" ".join),
)


def try_answer(answers: dict[str, Value], id_: str, text: str) -> dict[str, Value]:
    try:
        return engine.answer(FORM, answers, id_, text, TODAY).answers
    except Refusal:
        return answers


@given(st.sampled_from([one.id for one in FORM.fields]), TEXTS)
def test_any_text_for_any_field_is_an_answer_or_a_refusal(id_: str, text: str) -> None:
    before = filled()
    after = try_answer(before, id_, text)
    for one in after.values():
        assert Value.model_validate_json(one.model_dump_json()) == one


@given(st.lists(st.tuples(st.sampled_from(list(GIVEN)), TEXTS), max_size=12))
def test_after_any_corrections_every_answer_is_asked_for_and_valid(
    steps: list[tuple[str, str]],
) -> None:
    answers: dict[str, Value] = {}
    for id_, text in steps:
        answers = try_answer(answers, id_, text)
        active = [one.id for one in engine.active_fields(FORM, answers)]
        assert set(answers) <= set(active)
        assert {line.field for line in engine.summary(FORM, answers, ())} == set(answers)


@given(TEXTS)
def test_a_phrase_never_breaks_the_search_for_a_field(phrase: str) -> None:
    assert len(engine.find_fields(FORM, phrase, filled())) <= 5


@given(st.sampled_from(list(GIVEN)))
def test_what_is_read_out_is_read_back_to_the_same_value(id_: str) -> None:
    answers = filled()
    again = parse(FORM.field(id_), answers[id_].display, answers, TODAY)
    assert again == answers[id_]


def conditions() -> st.SearchStrategy[Condition]:
    leaf = st.one_of(
        st.builds(lambda f, v: Condition(field=f, equals=v), st.sampled_from("abc"), st.booleans()),
        st.builds(lambda f, v: Condition(field=f, exists=v), st.sampled_from("abc"), st.booleans()),
        st.builds(
            lambda f, v: Condition.model_validate({"field": f, "in": v}),
            st.sampled_from("abc"),
            st.lists(st.one_of(st.booleans(), st.integers(0, 2)), min_size=1),
        ),
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.builds(lambda p: Condition.model_validate({"and": p}), st.lists(inner, min_size=1)),
            st.builds(lambda p: Condition.model_validate({"or": p}), st.lists(inner, min_size=1)),
            st.builds(lambda p: Condition.model_validate({"not": p}), inner),
        ),
        max_leaves=6,
    )


VALUES = st.dictionaries(st.sampled_from("abc"), st.one_of(st.booleans(), st.integers(0, 2)))


@given(conditions(), conditions(), VALUES)
def test_conditions_follow_the_laws_of_logic(
    p: Condition, q: Condition, values: dict[str, Any]
) -> None:
    def holds(**group: Any) -> bool:
        return Condition.model_validate(group).holds(values)

    assert holds(**{"not": p}) is not p.holds(values)
    assert holds(**{"and": [p, q]}) is (p.holds(values) and q.holds(values))
    assert holds(**{"or": [p, q]}) is (p.holds(values) or q.holds(values))
    assert set(p.fields()) <= set("abc")


def test_an_unanswered_field_equals_nothing_and_yes_is_not_one() -> None:
    assert not Condition(field="a", equals=False).holds({})
    assert not Condition(field="a", equals=1).holds({"a": True})
    assert Condition(field="a", equals=True).holds({"a": True})
    assert Condition(field="a", exists=False).holds({})


def test_every_type_of_field_has_a_reader() -> None:
    for kind in FieldType:
        options = SEXES if kind is FieldType.CHOICE else []
        form = FORM.model_validate(
            {**FORM.model_dump(by_alias=True), "fields": [field("x", kind.value, options=options)]}
        )
        with pytest.raises(Refusal):
            engine.answer(form, {}, "x", "", TODAY)


@pytest.mark.parametrize(
    ("phrase", "more"),
    [
        ("sửa lại", False),
        ("tôi muốn sửa lại cái trên kia", False),
        ("em oi sua giup chi cho nay mot chut", False),
        ("sửa hồ sơ", False),
        ("sửa mục 2", False),
        ("sửa tên quán", False),
        ("tên quán sai rồi, phải là Phở Thanh", False),
        ("sửa lại quán", True),
        ("doi nghe khac", True),
    ],
)
def test_what_a_phrase_says_beside_a_correction(phrase: str, more: bool) -> None:
    form = read_eform(DIRECTORY / "household-business-suspension.yml")
    assert engine.says_more(form, phrase, {}) is more
