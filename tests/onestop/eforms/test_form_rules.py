"""What the law says of ages, times and orders of dates, in the shipped forms that depend on it."""

from __future__ import annotations

from datetime import date

import pytest

from onestop.cli.eform import DIRECTORY
from onestop.eforms import engine
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.definition import load_eforms

TODAY = date(2026, 3, 10)
FORMS = load_eforms(DIRECTORY)
FILE = {"file_id": "f1", "name": "anh.jpg", "content_type": "image/jpeg", "size": 2048}


def take(form_id: str, field_id: str, text: str, **given: Value) -> str:
    """The refusal's code, or "taken"."""
    try:
        engine.answer(FORMS[form_id], given, field_id, text, TODAY)
    except Refusal as refusal:
        return refusal.code
    return "taken"


def day(iso: str) -> Value:
    return Value(value=iso, display=iso)


@pytest.mark.parametrize(
    ("form_id", "field_id", "youngest", "a_day_younger"),
    [
        # Luật Hôn nhân và gia đình, Điều 8: women 18, men 20, whichever of them applies
        ("marriage-registration", "birth_date_female", "10/03/2008", "11/03/2008"),
        ("marriage-registration", "birth_date_male", "10/03/2006", "11/03/2006"),
        ("marriage-registration", "partner_birth_date_female", "10/03/2008", "11/03/2008"),
        ("marriage-registration", "partner_birth_date_male", "10/03/2006", "11/03/2006"),
        # Luật Bảo hiểm xã hội 2024, Điều 21
        ("elderly-pension", "birth_date", "10/03/1951", "11/03/1951"),
        ("elderly-pension", "birth_date_poor", "10/03/1956", "11/03/1956"),
        # Luật Căn cước: who is 14 asks for himself
        ("citizen-card-reissue", "birth_date", "10/03/2012", "11/03/2012"),
        ("citizen-card-exchange", "birth_date", "10/03/2012", "11/03/2012"),
        # Thông tư 79/2024/TT-BCA, Điều 3
        ("vehicle-transfer", "birth_date", "10/03/2011", "11/03/2011"),
        # Luật Cư trú, Điều 25: full legal capacity
        ("household-split", "birth_date", "10/03/2008", "11/03/2008"),
    ],
)
def test_the_age_that_the_law_sets_is_reached_on_the_birthday(
    form_id: str, field_id: str, youngest: str, a_day_younger: str
) -> None:
    assert take(form_id, field_id, youngest) == "taken"
    assert take(form_id, field_id, a_day_younger) == "date_too_young"


@pytest.mark.parametrize("form_id", ["citizen-card-reissue", "citizen-card-exchange"])
def test_a_child_of_14_asks_for_the_card_itself_and_is_born_after_the_parent(form_id: str) -> None:
    parent = {"birth_date": day("1990-01-01")}
    assert take(form_id, "child_birth_date", "11/03/2012", **parent) == "taken"
    assert take(form_id, "child_birth_date", "10/03/2012", **parent) == "date_too_old"
    parent = {"birth_date": day("2015-01-01")}
    assert take(form_id, "child_birth_date", "11/03/2014", **parent) == "date_not_after"


@pytest.mark.parametrize(
    ("form_id", "birth", "death"),
    [
        ("death-registration", "birth_date", "death_date"),
        ("funeral-support", "dead_birth_date", "death_date"),
    ],
)
def test_nobody_dies_before_birth_or_tomorrow(form_id: str, birth: str, death: str) -> None:
    born = {birth: day("1948-02-10")}
    assert take(form_id, death, "09/02/1948", **born) == "date_not_after"
    assert take(form_id, death, "11/03/2026", **born) == "date_future"
    assert take(form_id, death, "10/03/2026", **born) == "taken"


@pytest.mark.parametrize(
    ("form_id", "field_id", "most", "too_many"),
    [
        ("temporary-residence-extension", "more_months", "2 năm", "25 tháng"),  # Điều 27 khoản 2
        ("overnight-stay", "nights", "29 ngày", "30 ngày"),  # Luật Cư trú, Điều 2 and 27
    ],
)
def test_a_stay_has_its_longest_time(form_id: str, field_id: str, most: str, too_many: str) -> None:
    assert take(form_id, field_id, most) == "taken"
    assert take(form_id, field_id, too_many) == "number_too_large"


def test_only_births_registered_before_2016_are_registered_anew() -> None:
    assert take("birth-reregistration", "registered_year", "2015") == "taken"
    assert take("birth-reregistration", "registered_year", "2016") == "number_too_large"


def test_a_change_of_sex_makes_the_id_be_asked_again() -> None:
    form = FORMS["permanent-residence"]
    answers: dict[str, Value] = {}
    for field_id, text in (
        ("sex", "nam"),
        ("birth_date", "15/03/1990"),
        ("citizen_id", "035090001234"),
    ):
        answers = engine.answer(form, answers, field_id, text, TODAY).answers
    outcome = engine.answer(form, answers, "sex", "nữ", TODAY)
    assert [(one.id, refusal.code) for one, refusal in outcome.ask_again] == [
        ("citizen_id", "citizen_id_other_sex")
    ]


@pytest.mark.parametrize(
    ("plate", "said"),
    [
        ("90B2-123.45", "taken"),
        ("90b2 12345", "taken"),
        ("30A-123.45", "taken"),
        ("29MĐ1-123.45", "taken"),
        ("xe của tôi", "text_pattern"),
    ],
)
def test_a_plate_is_read_as_people_write_it(plate: str, said: str) -> None:
    assert take("vehicle-registration-renewal", "plate", plate) == said
    assert take("vehicle-transfer", "old_plate", plate) == said


def test_a_correction_to_another_case_drops_what_belonged_to_the_first() -> None:
    form = FORMS["household-business-change"]
    chosen = engine.answer(form, {}, "change", "đổi địa chỉ", TODAY).answers
    filled = engine.answer(form, chosen, "new_address", "xã Bình Lục, Ninh Bình", TODAY).answers
    outcome = engine.answer(form, filled, "change", "tăng vốn", TODAY)
    assert [one.id for one in outcome.dropped] == ["new_address"]
    assert "new_capital" in [one.id for one in engine.active_fields(form, outcome.answers)]


def year(value: int) -> Value:
    return Value(value=value, display=str(value))


@pytest.mark.parametrize("parent", ["mother_birth_year", "father_birth_year"])
def test_a_parent_is_older_than_the_child(parent: str) -> None:
    given = {
        "relation": Value(value="grandparent", display="Ông hoặc bà"),
        "child_birth_date": day("2025-10-20"),
        "father_declared": Value(value=True, display="Có"),
    }
    assert take("birth-registration", parent, "2013", **given) == "taken"
    assert take("birth-registration", parent, "2014", **given) == "year_not_before_by_years"


def test_a_birth_is_not_registered_before_it_happened() -> None:
    born = {"birth_date": day("1980-12-30")}
    assert take("birth-reregistration", "registered_year", "1979", **born) == "year_not_after"
    assert take("birth-reregistration", "registered_year", "1980", **born) == "taken"


def test_a_licence_is_issued_to_who_may_drive() -> None:
    """Luật Trật tự, an toàn giao thông đường bộ, Điều 59; Luật Giao thông đường bộ 2008, Điều 60."""
    born = {"birth_date": day("1990-03-15")}
    form, field = "driving-licence-renewal", "licence_issued_on"
    assert take(form, field, "14/03/2006", **born) == "date_not_after_by_years"
    assert take(form, field, "15/03/2006", **born) == "taken"


@pytest.mark.parametrize(
    "form_id", ["temporary-residence", "temporary-residence-extension", "permanent-residence"]
)
def test_who_is_a_minor_is_what_the_birth_date_says(form_id: str) -> None:
    """Bộ luật Dân sự 2015, Điều 21: chưa đủ 18 tuổi."""
    grown = {"birth_date": day("2008-03-10")}
    assert take(form_id, "minor", "không", **grown) == "taken"
    assert take(form_id, "minor", "có", **grown) == "under_age_told_yes"
    minor = {"birth_date": day("2008-03-11")}
    assert take(form_id, "minor", "có", **minor) == "taken"
    assert take(form_id, "minor", "không", **minor) == "under_age_told_no"
    assert take(form_id, "minor", "không") == "taken"


@pytest.mark.parametrize(
    "form_id", ["temporary-residence", "temporary-residence-extension", "permanent-residence"]
)
@pytest.mark.parametrize(("born", "minor"), [("10/03/2008", False), ("11/03/2008", True)])
def test_who_told_the_birth_date_is_not_asked_whether_he_is_a_minor(
    form_id: str, born: str, minor: bool
) -> None:
    """The day of the 18th birthday is the first on which the parents' consent is not needed."""
    form = FORMS[form_id]
    answers = engine.answer(form, {}, "birth_date", born, TODAY).answers
    assert answers["minor"].value is minor
    assert answers["minor"].display == ("Có" if minor else "Không")
    assert "minor" not in [one.id for one in engine.unanswered(form, answers, ())]
    asked = [one.id for one in engine.active_fields(form, answers)]
    assert ("parent_consent_paper" in asked) is minor


def test_a_corrected_birth_date_says_anew_who_is_a_minor() -> None:
    form = FORMS["temporary-residence"]
    given = engine.answer(form, {}, "birth_date", "15/3/1990", TODAY).answers
    outcome = engine.answer(form, given, "birth_date", "15/3/2012", TODAY)
    assert outcome.answers["minor"].value is True
    assert outcome.ask_again == []
    consent = engine.answer_paper(form, outcome.answers, "parent_consent_paper", [FILE], TODAY)
    back = engine.answer(form, consent.answers, "birth_date", "15/3/1990", TODAY)
    assert [one.id for one in back.dropped] == ["parent_consent_paper"]


def test_who_is_asked_without_a_birth_date_answers_himself() -> None:
    form = FORMS["temporary-residence"]
    assert "minor" in [one.id for one in engine.unanswered(form, {}, ())]
    assert engine.answer(form, {}, "minor", "có", TODAY).answers["minor"].value is True


MARRIED = {"status": Value(value="married", display="Đang có vợ hoặc chồng")}


def test_who_is_married_gets_no_confirmation_to_marry() -> None:
    """Luật Hôn nhân và gia đình 2014, Điều 5: người đang có vợ, có chồng không kết hôn với người khác."""
    form = FORMS["marital-status"]
    with pytest.raises(Refusal) as refused:
        engine.answer(form, MARRIED, "purpose", "để kết hôn", TODAY)
    for attempt in (1, 2):
        told = engine.refusal_text(refused.value, attempt)
        assert "Đang có vợ hoặc chồng" in told
        assert "“sửa tình trạng hôn nhân”" in told
    assert take("marital-status", "purpose", "mua nhà", **MARRIED) == "taken"
    single = Value(value="divorced", display="Đã ly hôn")
    assert take("marital-status", "purpose", "để kết hôn", status=single) == "taken"


def test_a_corrected_status_asks_again_what_the_confirmation_is_for() -> None:
    given = {
        "status": Value(value="never_married", display="Chưa đăng ký kết hôn"),
        "purpose": Value(value="marriage", display="Để kết hôn"),
        "partner_name": Value(value="Phạm Văn Đức", display="Phạm Văn Đức"),
    }
    outcome = engine.answer(FORMS["marital-status"], given, "status", "đã kết hôn", TODAY)
    assert [one.id for one, _ in outcome.ask_again] == ["purpose"]
    assert [one.id for one in outcome.dropped] == ["partner_name"]


@pytest.mark.parametrize(
    ("form_id", "field_id", "number", "born", "given"),
    [
        (
            "marriage-registration",
            "citizen_id",
            "035098001234",
            "birth_date_male",
            {"side": Value(value="male", display="Bên nam")},
        ),
        (
            "marriage-registration",
            "partner_citizen_id",
            "035098001234",
            "partner_birth_date_male",
            {},
        ),
        (
            "elderly-pension",
            "citizen_id",
            "035052001234",
            "birth_date_poor",
            {"sex": Value(value="male", display="Nam")},
        ),
    ],
)
def test_a_number_agrees_with_whichever_birth_date_was_asked(
    form_id: str, field_id: str, number: str, born: str, given: dict[str, Value]
) -> None:
    right = day(f"19{number[4:6]}-01-02")
    assert take(form_id, field_id, number, **given, **{born: right}) == "taken"
    wrong = day("1955-01-02")
    assert (
        take(form_id, field_id, number, **given, **{born: wrong}) == "citizen_id_other_birth_year"
    )
