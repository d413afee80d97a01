"""Messages that only name a topic are asked what citizens usually want of it."""

from __future__ import annotations

import pytest

from bot.nlu.text import fold
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import SearchIndex
from onestop.catalogue.search.lexicon import shipped
from onestop.catalogue.search.topics import OFFERED
from onestop.catalogue.search.words import folded_key, words
from onestop.catalogue.shipped import load_shipped

TOPICS = shipped().topics.all
SAYINGS = [(topic.name, text) for topic in TOPICS for text in topic.typed]


@pytest.fixture(scope="module")
def catalogue() -> list[Procedure]:
    return load_shipped()


@pytest.fixture(scope="module")
def index(catalogue: list[Procedure]) -> SearchIndex:
    return SearchIndex.build(catalogue)


def test_there_is_a_question_for_the_usual_topics() -> None:
    assert len(TOPICS) >= 30
    assert len(SAYINGS) >= 150


@pytest.mark.parametrize(("name", "said"), SAYINGS)
def test_a_bare_topic_is_asked_its_question_with_its_usual_wishes(
    index: SearchIndex, catalogue: list[Procedure], name: str, said: str
) -> None:
    known = {procedure.code for procedure in catalogue}
    (topic,) = [one for one in TOPICS if one.name == name]
    for typed in (
        said,
        said.upper(),
        f"{said} ạ",
        f"cho em hỏi về {said}",
        f"dạ {said} ạ",
        fold(said),
    ):
        found = index.search(typed)
        assert found.outcome == "choices", typed
        assert found.topics == [name], typed
        assert found.question == topic.ask
        assert [one.code for one in found.candidates] == list(topic.choices), typed
        assert [one.short_name for one in found.candidates] == list(topic.choices.values())
    assert set(topic.choices) <= known
    assert 2 <= len(topic.choices) <= 5
    assert topic.ask.endswith("?")


def test_no_saying_names_two_topics() -> None:
    keys = [folded_key(said) for topic in TOPICS for said in topic.says]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    "said",
    [
        *(
            "mất sổ đỏ",
            "bán đất cho em trai",
            "thuê nhà ở xã hội",
            "khai sinh",
            "kết hôn với người Hàn",
        ),
        *("đạt", "xé", "bỏ đội", "tách thửa đất", "xin thôi hộ nghèo", "mở quán cà phê"),
    ],
)
def test_a_wish_or_another_word_is_no_bare_topic(index: SearchIndex, said: str) -> None:
    found = index.search(said)
    assert found.outcome == "none" or found.topics == []


def test_a_field_s_name_is_never_refused_nor_answered_with_one_of_several(
    index: SearchIndex, catalogue: list[Procedure]
) -> None:
    many = {p.field for p in catalogue if sum(q.field == p.field for q in catalogue) > 1}
    wrong = {field: index.search(field).outcome for field in many}
    assert {field for field, outcome in wrong.items() if outcome != "choices"} == set()


def test_where_nothing_is_found_topics_are_offered_the_likeliest_first(index: SearchIndex) -> None:
    usual = index.search("còn lệ phí thì sao ạ").topics
    assert usual == [topic.name for topic in TOPICS[:OFFERED]]
    assert index.search("blabla xyz").topics == usual


def test_a_choice_that_the_catalogue_lacks_is_left_out(catalogue: list[Procedure]) -> None:
    lacking = SearchIndex.build(p for p in catalogue if p.code != "1.013978")
    found = lacking.search("đất đai")
    assert "1.013978" not in [one.code for one in found.candidates]
    assert len(found.candidates) == 4


def test_a_topic_that_the_catalogue_hardly_has_is_searched_as_ever(
    catalogue: list[Procedure],
) -> None:
    lacking = SearchIndex.build(p for p in catalogue if p.field != "Nghĩa vụ quân sự")
    assert lacking.search("nghĩa vụ quân sự").topics != ["Nghĩa vụ quân sự"]


def test_a_long_message_of_nothing_but_talk_is_tried_for_a_topic_in_few_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lexicon, tried = shipped(), []
    monkeypatch.setattr(lexicon.topics, "of", lambda said: tried.append(len(said)))
    said = words("dạ em ạ " * 60)
    assert lexicon.topic(said) is None
    assert sum(tried) <= len(said) * lexicon.topics.longest**2


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("anh ấy bỏ đi biệt tích, giờ em muốn ly dị", "Ly hôn"),
        ("chong em mat hom qua, khong biet phai lam gi", "Người mất"),
        ("chồng em mới mất thì phải làm giấy tờ gì", "Người mất"),
        ("toi muon ly hon thi phai lam gi", "Ly hôn"),
        ("con toi bi khuyet tat", "Người khuyết tật"),
    ],
)
def test_a_topic_is_heard_in_a_story(index: SearchIndex, said: str, name: str) -> None:
    assert index.search(said).topics == [name]


def test_two_topics_in_a_story_that_names_nothing_are_no_topic(index: SearchIndex) -> None:
    assert index.search("trời mưa buồn ghê, xe máy, ly hôn").outcome == "none"
