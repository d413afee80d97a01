"""How what citizens read is written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from common.wording import shorten


@given(st.text(max_size=300), st.integers(2, 100))
def test_a_shortened_text_fits_on_one_line(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert "\n" not in short


@given(st.text(alphabet="aâđ ", max_size=60), st.integers(2, 30))
def test_a_text_that_fits_stays_and_a_longer_one_keeps_half_of_what_fits(
    text: str, limit: int
) -> None:
    flat, short = " ".join(text.split()), shorten(text, limit)
    assert (short == flat) == (len(flat) <= limit)
    assert short == flat or len(short) > limit // 2


def test_shortening_ends_at_a_word() -> None:
    assert shorten("Giấy chứng nhận quyền sử dụng đất", 20) == "Giấy chứng nhận…"
    assert shorten("Giấy chứng nhận quyền sử dụng đất", 16) == "Giấy chứng nhận…"
    assert shorten("Giấy phép, bản sao", 12) == "Giấy phép…"
    assert shorten("Giấy phép", 20) == "Giấy phép"
