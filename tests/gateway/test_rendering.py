"""Replies in the forms and limits of Zalo and Messenger (the rows of the shared facts are named)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.limits import Limits, limits_of
from gateway.rendering import Choice, Link, Part, render, split
from gateway.texts import say

PUBLIC = "https://motcua.example.vn"
MENU = ["Hỏi về thủ tục", "Nộp hồ sơ", "Gặp cán bộ"]


def limits(channel: str) -> Limits:
    found = limits_of(channel)
    assert found
    return found


def buttons(*titles: str) -> list[dict[str, str]]:
    return [{"title": one, "payload": f"/{at}"} for at, one in enumerate(titles)]


def parts(channel: str, **body: Any) -> list[Part]:
    return render(7, body, limits(channel), PUBLIC)


def test_the_page_has_no_limits() -> None:
    assert limits_of("web") is None


@pytest.mark.parametrize("channel", ["zalo", "messenger"])
def test_a_short_reply_is_one_part_with_its_choices_as_they_are(channel: str) -> None:
    (part,) = parts(channel, text="Chào anh/chị", buttons=buttons(*MENU))
    assert part.text == "Chào anh/chị"
    assert part.choices == (
        Choice("Hỏi về thủ tục", "#7.1"),
        Choice("Nộp hồ sơ", "#7.2"),
        Choice("Gặp cán bộ", "#7.3"),
    )


def test_zalo_buttons_at_most_5_the_rest_by_number() -> None:
    (part,) = parts("zalo", text="Việc nào ạ?", buttons=buttons(*"abcdefg"))
    assert [one.title for one in part.choices] == ["1. a", "2. b", "3. c", "4. d", "5. e"]
    assert part.text == "\n\n".join(
        [
            "Việc nào ạ?",
            "1. a\n2. b\n3. c\n4. d\n5. e\n6. f\n7. g",
            say("choose_some", last=7),
        ]
    )


def test_messenger_quick_replies_at_most_13_titles_of_20_characters() -> None:
    (part,) = parts("messenger", text="?", buttons=buttons(*"abcdefghijklm"))
    assert len(part.choices) == 13
    assert part.text == "?"
    long = ["Đăng ký khai sinh có yếu tố nước ngoài", "Khai sinh"]
    (part,) = parts("messenger", text="Việc nào ạ?", buttons=buttons(*long))
    assert [one.title for one in part.choices] == ["1. Đăng ký khai…", "2. Khai sinh"]
    assert f"1. {long[0]}\n2. {long[1]}" in part.text
    assert part.text.endswith(say("choose_all"))


def test_choices_that_have_numbers_or_stand_in_the_text_are_not_listed_twice() -> None:
    titles = [f"{n}. Mục {n}" for n in range(1, 8)]
    listed = "Chọn mục:\n" + "\n".join(titles)
    (part,) = parts("zalo", text=listed, buttons=buttons(*titles))
    assert part.text.count("3. Mục 3") == 1
    assert part.choices[2].title == "3. Mục 3"


def test_zalo_text_at_most_2000_characters_split_at_sentences_choices_under_the_last() -> None:
    text = " ".join(f"Câu số {n} nói về giấy tờ cần có." for n in range(150))
    found = parts("zalo", text=text, buttons=buttons(*MENU))
    assert len(found) == 3
    assert all(len(one.text) <= 2_000 and one.text.endswith(".") for one in found)
    assert [len(one.choices) for one in found] == [0, 0, 3]


def test_messenger_button_template_text_at_most_640_characters() -> None:
    card = {"type": "link", "title": "Trả qua VNPay", "url": "https://pay.example.vn/?a=1"}
    long = "Một câu dài vừa phải. " * 50
    found = parts("messenger", text=long, custom=card, buttons=buttons("Đã nhận tiền chưa"))
    assert [bool(one.links) for one in found] == [False, True]
    assert len(found[-1].text) <= 640
    assert found[-1].links == (Link("Trả qua VNPay", "https://pay.example.vn/?a=1"),)
    assert found[-1].choices == (Choice("Đã nhận tiền chưa", "#7.1"),)


def test_zalo_links_and_choices_share_the_five_buttons() -> None:
    card = {"type": "link", "title": "Mở", "url": "/tep/1"}
    (part,) = parts("zalo", text="?", custom=card, buttons=buttons(*"abcde"))
    assert part.links == (Link("Mở", f"{PUBLIC}/tep/1"),)
    assert [one.title for one in part.choices] == ["1. a", "2. b", "3. c", "4. d"]
    assert "5. e" in part.text


def test_an_image_goes_before_its_text_so_that_choices_come_last() -> None:
    image, text = parts("zalo", text="Quét mã", image="/payments/qr/k.png", buttons=buttons("Xong"))
    assert image == Part(image=f"{PUBLIC}/payments/qr/k.png")
    assert text.choices


def test_where_choices_vanish_with_the_next_message_it_shows_them_too() -> None:
    first = {"text": "Không được ạ.", "buttons": buttons("Giữ nguyên")}
    second = {"text": "Cần người giúp không ạ?", "buttons": buttons("Gặp cán bộ")}
    (part,) = render(8, second, limits("messenger"), PUBLIC, [(7, first)])
    assert part.choices == (Choice("Gặp cán bộ", "#8.1"), Choice("Giữ nguyên", "#7.1"))
    (part,) = render(9, {"text": "Tên là gì ạ?"}, limits("messenger"), PUBLIC, [(7, first)])
    assert part.choices == (Choice("Giữ nguyên", "#7.1"),)
    (part,) = render(8, second, limits("zalo"), PUBLIC, [(7, first)])
    assert part.choices == (Choice("Gặp cán bộ", "#8.1"),)


def test_a_file_is_shown_as_one_where_the_platform_can_and_is_a_link_elsewhere() -> None:
    card = {"type": "link", "title": "Tờ khai PDF, để in", "url": "/documents/t", "file": True}
    body = {"text": "Tờ khai đây ạ.", "custom": card}
    for channel in ("messenger", "zalo"):
        file, text = parts(channel, **body)
        assert (file, text) == (Part(file=f"{PUBLIC}/documents/t"), Part("Tờ khai đây ạ."))
    without = limits("zalo").model_copy(update={"files": False})
    (part,) = render(7, body, without, PUBLIC)
    assert part.links == (Link("Tờ khai PDF, để in", f"{PUBLIC}/documents/t"),)


def test_a_receipt_is_said_in_its_text() -> None:
    card = {"type": "receipt", "code": "000.00.12.H25-201105-0004"}
    assert parts("messenger", text="Mã hồ sơ: 000", custom=card) == [Part("Mã hồ sơ: 000")]


def test_a_reply_that_no_platform_can_show_has_no_parts() -> None:
    assert parts("zalo", custom={"type": "upload"}) == []


words = st.text(alphabet="aâđ .!?\n,;", max_size=400)


@given(words, st.integers(21, 60), st.integers(21, 60))
def test_split_loses_no_word_and_keeps_every_limit(text: str, limit: int, last: int) -> None:
    last = min(limit, last)
    pieces = list(split(text, limit, last))
    assert all(one.strip() and len(one) <= limit for one in pieces)
    assert not pieces or len(pieces[-1]) <= last
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(
    st.sampled_from(["zalo", "messenger"]),
    st.text(alphabet="aâđ .\n", max_size=5_000),
    st.lists(st.text(alphabet="aâđ ", min_size=1, max_size=120), max_size=30),
    st.booleans(),
)
def test_no_part_of_any_reply_breaks_a_limit(
    channel: str, text: str, titles: list[str], link: bool
) -> None:
    bounds = limits(channel)
    card = {"custom": {"type": "link", "title": "Mở", "url": "https://a.vn"}} if link else {}
    for part in parts(channel, text=text, buttons=buttons(*titles), **card):
        assert 0 < len(part.text) <= (bounds.text_with_links if part.links else bounds.text)
        assert len(part.choices) <= bounds.choices
        assert len(part.choices) + len(part.links) <= bounds.together
        assert all(len(one.title) <= bounds.choice_title for one in part.choices)
        assert len(part.links) <= bounds.links
