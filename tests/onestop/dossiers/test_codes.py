from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.dossiers.codes import RUNNING_MAX, make_code, normalise_code

agencies = st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{1,3}){0,2}", fullmatch=True)
days = st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))


@given(agencies, days, st.integers(1, RUNNING_MAX))
def test_a_code_reads_back_as_itself(agency: str, day: date, running: int) -> None:
    code = make_code(agency, day, running)
    assert normalise_code(code) == code


@given(agencies, days, st.integers(1, RUNNING_MAX))
def test_a_code_is_found_as_citizens_copy_it(agency: str, day: date, running: int) -> None:
    code = make_code(agency, day, running)
    typed = f"mã hồ sơ: {code.lower().replace('-', ' – ')} ạ"
    assert normalise_code(typed) == code


@pytest.mark.parametrize("code", ["000.00.12.H62-201105-0004", "G09.20-20260609-0092637"])
def test_both_national_forms_are_read(code: str) -> None:
    assert normalise_code(f"hồ sơ {code} đến đâu rồi") == code


@pytest.mark.parametrize(
    "text",
    ["H25-20261324-0000001", "H25-20260230-0000001", "0912345678", "H25-20261124-000001", ""],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert normalise_code(text) is None


@given(st.text())
def test_any_text_is_read_without_failing(text: str) -> None:
    normalise_code(text)


@pytest.mark.parametrize("running", [0, RUNNING_MAX + 1])
def test_a_running_number_that_does_not_fit_is_refused(running: int) -> None:
    with pytest.raises(ValueError, match="seven digits"):
        make_code("H25", date(2026, 11, 24), running)
