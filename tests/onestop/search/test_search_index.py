"""What a search finds in a small catalogue."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop.catalogue.content import Procedure, Tier
from onestop.catalogue.search import Narrow, SearchIndex
from onestop.catalogue.search.facts import plain_name
from onestop.catalogue.search.lexicon import shipped
from onestop.catalogue.search.narrow import ANYTHING
from onestop.catalogue.search.words import words
from tests.onestop.search.conftest import procedure


def codes(index: SearchIndex, query: str, narrow: Narrow = ANYTHING) -> list[str]:
    return [candidate.code for candidate in index.search(query, narrow=narrow).candidates]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("đăng ký khai sinh", "1.001193"),
        ("dang ky khai sinh", "1.001193"),
        ("ĐĂNG KÝ KHAI SINH!!!", "1.001193"),
        ("dk ks cho be", "1.001193"),
        ("vợ mình mới sinh em bé", "1.001193"),
        ("mất bằng lái xe máy", "3.000348"),
        ("bang lai het han", "3.000347"),
        ("mở quán phở", "1.001612"),
        ("đăng ký bán hàng rong", "1.001612"),
        ("sổ đỏ bị mất thì sao", "1.012786"),
        ("gia hạn tạm trú giúp em với ạ", "1.002755"),
    ],
)
def test_names_aliases_everyday_words_and_situations_find_their_procedure(
    small_index: SearchIndex, query: str, code: str
) -> None:
    assert codes(small_index, query)[0] == code


@pytest.mark.parametrize(
    "query",
    ["đăng ký khai sihn", "dang ky kha sinh", "dangky khai sinh", "đăng k ýkhai sinh"],
)
def test_a_slip_does_not_hide_a_procedure(small_index: SearchIndex, query: str) -> None:
    assert codes(small_index, query)[0] == "1.001193"


def test_what_is_not_wanted_is_left_out(small_index: SearchIndex) -> None:
    assert codes(small_index, "đăng ký tạm trú, không phải gia hạn")[0] == "1.004194"


def test_an_action_that_contradicts_the_message_stands_lower(small_index: SearchIndex) -> None:
    assert codes(small_index, "đổi giấy phép lái xe")[:1] == ["3.000347"]
    assert codes(small_index, "cấp lại giấy phép lái xe")[:1] == ["3.000348"]


def test_a_code_finds_its_procedure_for_sure(small_index: SearchIndex) -> None:
    found = small_index.search("thủ tục 1.002755 nộp ở đâu")
    assert found.outcome == "found"
    assert [(c.code, c.score) for c in found.candidates] == [("1.002755", 1.0)]


@pytest.mark.parametrize(
    ("said", "code"), [("giấy chứng sinh", "1.000002"), ("hộ chiếu", "1.000001")]
)
def test_words_of_the_steps_divide_namesakes(said: str, code: str) -> None:
    index = SearchIndex.build(
        [
            procedure("1.000001", "Đăng ký hộ tịch", steps=["Nộp bản sao hộ chiếu."]),
            procedure("1.000002", "Đăng ký hộ tịch", steps=["Nộp giấy chứng sinh."]),
        ]
    )
    assert codes(index, f"đăng ký hộ tịch cần {said}")[0] == code


def test_a_withdrawn_procedure_is_not_found(small_index: SearchIndex) -> None:
    assert "1.009999" not in codes(small_index, "đăng ký tạm trú dài hạn")


@pytest.mark.parametrize("query", ["", "còn lệ phí thì sao ạ", "mất bao lâu vậy?", "dạ vâng", "?!"])
def test_a_follow_up_names_no_procedure(small_index: SearchIndex, query: str) -> None:
    found = small_index.search(query)
    assert (found.outcome, found.candidates, found.content_words) == ("none", [], False)


def test_a_message_on_something_else_gets_none(small_index: SearchIndex) -> None:
    assert small_index.search("thời tiết hôm nay thế nào").outcome == "none"


def test_a_half_message_gets_choices_and_the_question_that_divides_them(
    small_index: SearchIndex,
) -> None:
    found = small_index.search("giấy phép lái xe")
    assert found.outcome == "choices", found
    assert found.question is not None
    assert "đổi" in found.question
    assert "cấp lại" in found.question


def test_a_province_s_own_procedure_stands_behind_unless_the_place_is_named(
    small_index: SearchIndex,
) -> None:
    query = "cấp lại giấy chứng nhận do bị mất"
    assert codes(small_index, query)[:2] == ["1.012786", "1.115203"]
    assert codes(small_index, query, Narrow(places=("Sơn La", "tỉnh Lai Châu")))[0] == "1.115203"
    assert codes(small_index, query, Narrow(places=("Cà Mau",)))[0] == "1.012786"


def test_where_nothing_is_left_nothing_is_found(small_index: SearchIndex) -> None:
    for narrow in (Narrow(tier=Tier.COMMUNE, level=9), Narrow(level=9)):
        found = small_index.search("làm thẻ căn cước", narrow=narrow)
        assert (found.outcome, found.candidates) == ("none", [])


def test_narrowing_by_tier_and_level_excludes_the_others(small_index: SearchIndex) -> None:
    query = "giấy phép lái xe"
    found = small_index.search(query, narrow=Narrow(tier=Tier.MINISTRY)).candidates
    assert {candidate.code for candidate in found} == {"3.000346", "3.000347"}
    assert codes(small_index, query, Narrow(level=4))[0] == "3.000348"


def test_an_empty_catalogue_answers_none() -> None:
    assert SearchIndex.build([]).search("đăng ký khai sinh").outcome == "none"


def test_limit_is_kept(small_index: SearchIndex) -> None:
    assert len(small_index.search("đăng ký", limit=2).candidates) == 2


@given(st.text(max_size=80))
@settings(max_examples=150, deadline=None)
def test_any_text_gets_an_ordered_answer_within_bounds(
    small_index: SearchIndex, small_catalogue: list[Procedure], query: str
) -> None:
    found = small_index.search(query)
    scores = [candidate.score for candidate in found.candidates]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1.001
    known = {p.code for p in small_catalogue if not p.withdrawn}
    assert {candidate.code for candidate in found.candidates} <= known


@pytest.mark.parametrize("query", ["bằng lái", "bang lai xe a", "cho hỏi bằng lái"])
def test_a_bare_topic_is_answered_with_choices(small_index: SearchIndex, query: str) -> None:
    assert small_index.search(query).outcome == "choices"


def test_a_topic_with_a_wish_is_no_bare_topic() -> None:
    assert shipped().topic(words("cho hỏi bằng lái"))
    assert not shipped().topic(words("mất bằng lái"))


@pytest.mark.parametrize(
    "query", ["asdf qwkz plmok", "xkqz", "ghjfk tyu bnmzx qpwoe rtyfg", "lam zxcvb qwrtk cho em"]
)
def test_nonsense_is_refused(small_index: SearchIndex, query: str) -> None:
    assert small_index.search(query).outcome == "none"


def test_a_story_around_a_wish_does_not_hide_it(small_index: SearchIndex) -> None:
    story = "bà mới có cháu nội hôm qua, cả nhà mừng lắm, giờ muốn làm giấy khai sinh cho cháu"
    found = small_index.search(story)
    assert found.outcome == "found"
    assert found.candidates[0].code == "1.001193"


FIREWORKS = [
    procedure("3.000168", "Cấp giấy phép xuất khẩu pháo hoa nổ, thuốc pháo nổ và phụ kiện"),
    procedure("1.014984", "Cấp giấy phép vận chuyển pháo hoa nổ, thuốc pháo nổ"),
    procedure("3.000171", "Cấp giấy phép mua pháo hoa để kinh doanh"),
    procedure("1.001193", "Đăng ký khai sinh"),
    procedure("2.000528", "Đăng ký khai sinh có yếu tố nước ngoài"),
]


@pytest.mark.parametrize(
    ("query", "outcome", "code"),
    [
        ("giấy phép pháo hoa nổ", "choices", "1.014984"),
        ("giấy phép vận chuyển pháo hoa nổ", "found", "1.014984"),
        ("xin giấy phép xuất khẩu pháo hoa nổ", "found", "3.000168"),
        ("đăng ký khai sinh", "found", "1.001193"),
        ("đăng ký khai sinh có yếu tố nước ngoài", "found", "2.000528"),
    ],
)
def test_look_alikes_that_the_message_does_not_tell_apart_are_offered_for_choice(
    query: str, outcome: str, code: str
) -> None:
    found = SearchIndex.build(FIREWORKS).search(query)
    assert (found.outcome, found.candidates[0].code) == (outcome, code)


def test_a_province_s_own_procedure_loses_less_than_its_copy_of_a_national_one() -> None:
    own = {"tier": Tier.PROVINCE, "decision_number": "12/QĐ-UBND"}
    index = SearchIndex.build(
        [
            procedure("1.001046", "Chấp thuận thiết kế nút giao đường quốc lộ", tier=Tier.PROVINCE),
            procedure("1.115020", "Chấp thuận thiết kế nút giao đường quốc lộ", **own),
            procedure("1.115019", "Cấp phép thi công nút giao", **own),
        ]
    )
    assert codes(index, "thi công nút giao")[0] == "1.115019"
    assert codes(index, "thiết kế nút giao đường quốc lộ")[:2] == ["1.001046", "1.115020"]
    named = {c.code: c.score for c in index.search("nút giao", limit=3).candidates}
    assert named["1.115019"] > named["1.115020"]


def test_of_two_whole_names_the_one_that_says_nothing_else_in_brackets_is_meant() -> None:
    index = SearchIndex.build(
        [
            procedure(
                "2.002248", "Cấp Giấy chứng nhận chuyển giao công nghệ (trừ của Bộ Khoa học)"
            ),
            procedure("1.007281", "Cấp Giấy chứng nhận chuyển giao công nghệ"),
        ]
    )
    assert codes(index, "cấp giấy chứng nhận chuyển giao công nghệ")[0] == "1.007281"
    assert codes(index, "chuyển giao công nghệ của bộ khoa học")[0] == "2.002248"


AUDITORS = [
    procedure("1.007631", "Đăng ký cấp Giấy chứng nhận hành nghề kiểm toán (điều chỉnh)"),
    procedure("1.007475", "Đăng ký cấp Giấy chứng nhận hành nghề kiểm toán (cấp mới)"),
]


def test_a_certificate_in_a_name_is_no_first_time_where_the_name_says_another_action() -> None:
    index = SearchIndex.build(AUDITORS)
    assert codes(index, "lần đầu xin giấy chứng nhận hành nghề kiểm toán")[0] == "1.007475"
    assert codes(index, "điều chỉnh giấy chứng nhận hành nghề kiểm toán")[0] == "1.007631"


@pytest.mark.parametrize(
    ("names", "question"),
    [
        ([p.name for p in AUDITORS], "Anh/chị muốn sửa thông tin hay làm lần đầu ạ?"),
        (
            ["Giấy phép xuất khẩu thú", "Giấy phép nhập khẩu thú"],
            "Anh/chị làm xuất khẩu hay nhập khẩu ạ?",
        ),
    ],
)
def test_the_question_says_what_divides_the_names(names: list[str], question: str) -> None:
    assert shipped().questions.between([plain_name(name) for name in names]) == question


def test_a_sports_contest_is_no_winding_up() -> None:
    index = SearchIndex.build(
        [
            procedure("1.013708", "Hội tự giải thể"),
            procedure("1.014697", "Đăng cai tổ chức giải thi đấu thể thao quần chúng"),
        ]
    )
    assert codes(index, "hội tôi muốn đăng cai giải thể thao quần chúng")[0] == "1.014697"


def test_a_question_divides_the_two_likeliest_or_is_not_asked() -> None:
    names = ["dang ky ket hon co yeu to nuoc ngoai", "dang ky ket hon", "dang ky lai ket hon"]
    between = shipped().questions.between
    assert between(names) == "Việc của anh/chị là có yếu tố nước ngoài hay trong nước ạ?"
    assert between(["ke khai thue", "ke khai phi", "cap lai giay", "gia han giay"]) is None
