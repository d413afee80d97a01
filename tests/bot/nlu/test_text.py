"""What the text functions promise, by example and by property."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.text import (
    canonical,
    expand_abbreviations,
    fold,
    normalise,
    strip_accents,
    token_spans,
    tokens,
)
from bot.nlu.text.abbreviations import lexicon
from bot.nlu.text.syllables import ONSETS, RHYMES, TONES, from_telex, is_syllable, place_tone

VIETNAMESE = (
    "aăâbcdđeêghiklmnoôơpqrstuưvxyàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ"
)
texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=VIETNAMESE + VIETNAMESE.upper() + " .,!?0123456789-/👍wjfsxrz", max_size=60),
)


@given(texts)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(texts)
def test_folding_ignores_whether_the_text_was_normalised(text: str) -> None:
    assert fold(normalise(text)) == fold(text)


@given(texts)
def test_folding_twice_changes_nothing_but_telex_keys(text: str) -> None:
    """A folded text may look like telex keys only where it did before."""
    assert strip_accents(fold(text)) == fold(text)


@given(texts)
def test_a_decomposed_text_reads_like_a_composed_one(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(
        unicodedata.normalize("NFC", text)
    )


@given(st.text(alphabet=VIETNAMESE + " 123", max_size=60))
def test_stripping_accents_keeps_every_letter_in_its_place(text: str) -> None:
    bare = strip_accents(text)
    assert bare.isascii()
    assert len(bare) == len(text)
    assert [letter == " " for letter in bare] == [letter == " " for letter in text]


@given(texts)
def test_spans_and_tokens_agree(text: str) -> None:
    assert [text[start:end] for start, end in token_spans(text)] == tokens(text)


@given(st.text(alphabet=VIETNAMESE + " ", max_size=60))
def test_tokens_stand_in_the_same_places_without_accents(text: str) -> None:
    assert token_spans(strip_accents(text)) == token_spans(text)


@given(st.sampled_from(sorted(ONSETS)), st.sampled_from(sorted(RHYMES)), st.sampled_from(TONES))
def test_a_tone_mark_finds_its_one_place_wherever_it_was_typed(
    onset: str, rhyme: str, tone: str
) -> None:
    bare = onset + rhyme
    vowels = [i for i, c in enumerate(bare) if c in "aăâeêioôơuưy" and i >= len(onset)]
    places = {
        place_tone(unicodedata.normalize("NFC", bare[: i + 1] + tone + bare[i + 1 :]))
        for i in vowels
    }
    assert len(places) == 1


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Hoà bình, thuỷ lợi", "hòa bình, thủy lợi"),
        ("lựơng tiền đựơc hòan", "lượng tiền được hoàn"),
        ("qúy khách", "quý khách"),
        ("ddang kys khai sinh", "đang ký khai sinh"),
        ("lafm lai bawng lai xe owr ddaau", "làm lai băng lai xe ở đâu"),
        ("d9a8ng ky1 kinh doanh", "đăng ký kinh doanh"),
        ("quááááá chậm luônnnn", "quá chậm luôn"),
        ("kkk", "kk"),
        ("kkkkk zzz", "kk zz"),
        ("ơơơ", "ơ"),
        ("ok 👍🏻", "ok đồng ý"),
        ("  nhiều \n khoảng\u00a0trắng\u200b ", "nhiều khoảng trắng"),
    ],
)
def test_normalise_mends_how_it_was_typed(typed: str, read: str) -> None:
    assert normalise(typed) == read


@pytest.mark.parametrize(
    "text",
    ["hạng a1 và b2", "mẫu ct01", "chương iii", "visa", "số 4", "đường 3 tháng 2", "quê quán"],
)
def test_normalise_leaves_alone_what_only_looks_like_leftovers(text: str) -> None:
    assert normalise(text) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("dk gplx bn tien", "đăng ký giấy phép lái xe bao nhiêu tien"),
        ("làm lltp ở đâu z", "làm lý lịch tư pháp ở đâu vậy"),
        (
            "mất cccd r, ko bít làm lại ntn",
            "mất căn cước công dân rồi, không biết làm lại như thế nào",
        ),
        ("nộp ở mô rứa", "nộp ở đâu vậy"),
        ("mệ nỏ biết, ra răng hè", "bà không biết, thế nào hè"),
        ("mất tiền chi không", "mất tiền gì không"),
        ("chi phí, tiền chi trả", "chi phí, tiền chi trả"),
        ("phải giả bao nhiêu, nàm sao", "phải trả bao nhiêu, làm sao"),
        ("báo cáo ĐTM, thuế TNCN", "báo cáo đánh giá tác động môi trường, thuế thu nhập cá nhân"),
        ("ra ca xã, CA phường", "ra công an xã, công an phường"),
        ("mo quan ca phe cho ca nhan, tat ca", "mo quan ca phe cho ca nhan, tat ca"),
        ("bằng lái hạng c, e", "bằng lái hạng c, e"),
        ("vay ngan hang, bao hiem rui ro", "vay ngan hang, bao hiem rui ro"),
        ("hai ngàn, xong rui", "hai nghìn, xong rồi"),
        ("sổ hồng", "sổ hồng"),
    ],
)
def test_abbreviations_are_written_out(typed: str, meant: str) -> None:
    assert canonical(typed) == meant


def test_what_is_written_out_is_not_abbreviated_again() -> None:
    entries = lexicon()
    for words in {*entries.single.values(), *entries.phrases.values()}:
        assert expand_abbreviations(words) == words


def test_spellings_are_normal_or_they_could_never_match() -> None:
    entries = lexicon()
    for spelling in [*entries.single, *map(" ".join, entries.phrases)]:
        assert normalise(spelling) == spelling


def test_telex_gives_syllables_or_nothing() -> None:
    for keys in ("ddawng", "vieejc", "nguowif", "dduwowcj", "truwowngf"):
        read = from_telex(keys)
        assert read is not None
        assert not read.isascii()
    for word in ("mua", "xin", "hello", "zalo"):
        assert from_telex(word) is None
    assert is_syllable("nghiêng")
    assert not is_syllable("zalo")


def test_a_unit_after_a_number_and_a_name_with_an_apostrophe_are_no_abbreviations() -> None:
    assert canonical("3,2 kg") == "3,2 kg"
    assert canonical("K'Brơi") == "k'brơi"
    assert canonical("kg biết") == "không biết"
