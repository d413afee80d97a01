"""Codes of complaints: read as people write them, and never taken for a dossier's."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.dossiers.codes import make_code as make_dossier_code
from onestop.dossiers.codes import normalise_code as normalise_dossier_code
from onestop.feedback.codes import RUNNING_MAX, make_code, normalise_code

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 12, 31))
running = st.integers(min_value=1, max_value=RUNNING_MAX)


@given(days, running, st.sampled_from(["{}", "mã {} ạ", "({})", "pa: {}."]))
def test_a_code_is_found_again_in_a_sentence(day: date, number: int, sentence: str) -> None:
    code = make_code(day, number)
    assert normalise_code(sentence.format(code)) == code
    assert normalise_code(sentence.format(code.lower().replace("-", " "))) == code
    assert normalise_code(sentence.format(code.replace("-", " – "))) == code


@given(days, running)
def test_neither_kind_of_code_is_found_in_the_other(day: date, number: int) -> None:
    assert normalise_dossier_code(make_code(day, number)) is None
    assert normalise_code(make_dossier_code("H25", day, number)) is None


@pytest.mark.parametrize(
    "text",
    ["", "PA", "PA-20261324-0001", "PA-20261124-0000", "PA-20261124-001", "SPA-20261124-0001"],
)
def test_what_is_no_code_is_none(text: str) -> None:
    assert normalise_code(text) is None


@pytest.mark.parametrize("number", [0, RUNNING_MAX + 1])
def test_a_running_number_out_of_bounds_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="running number"):
        make_code(date(2026, 11, 24), number)
