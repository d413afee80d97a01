"""Annotated entities, with values, beside what the rules find."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.nlu.entities import NAMES
from bot.nlu.spans import Marked, SpanModel, gives_way, read_value
from common.settings import ROOT

TODAY = date(2026, 11, 29)
PLAIN = [
    (f"cho em hỏi {what} của xe {kind}", ())
    for what in ("lệ phí", "giấy tờ", "thời hạn", "địa chỉ", "hai tờ khai")
    for kind in ("máy", "tải", "khách", "con")
]
SLANG = [
    ("thi bằng bê hai", (Marked(9, 15, "licence_class", "B2"),)),
    ("đổi bằng bê hai ở đâu", (Marked(9, 15, "licence_class", "B2"),)),
    ("cấp lại bằng bê hai", (Marked(13, 19, "licence_class", "B2"),)),
]


def learnt() -> SpanModel:
    return SpanModel.fit([*PLAIN, *SLANG])


def test_what_words_mean_is_learnt_with_them_and_kept(tmp_path: Path) -> None:
    learnt().save(tmp_path)
    model = SpanModel.load(tmp_path)
    for text in ("thi bằng bê hai", "gia hạn bằng bê hai", "thi bang be hai"):
        (found,) = model.find(text, [], TODAY)
        assert (found.entity, found.value) == ("licence_class", "B2")
        assert text[found.start : found.end] in ("bê hai", "be hai")
    assert model.find("hỏi hai tờ khai của xe máy", [], TODAY) == []


def test_of_a_rule_and_what_was_learnt_the_longer_counts() -> None:
    text, (whole,) = "thi bằng bê hai", SLANG[0][1]
    assert learnt().find(text, [(4, 15)], TODAY) == []
    assert learnt().find(text, [(9, 15)], TODAY) == []
    found = learnt().find(text, [(9, 11)], TODAY)  # the rules read "bê" as BE
    assert found == [whole]
    assert gives_way((9, 11), found)
    assert not gives_way((4, 8), found)


def test_one_of_the_rules_kinds_is_not_told_without_a_value_that_they_read() -> None:
    unread = [
        (text, tuple(one._replace(value="gì đó") for one in marked)) for text, marked in SLANG
    ]
    assert SpanModel.fit([*PLAIN, *unread]).find("thi bằng bê hai", [], TODAY) == []
    own = [(text, tuple(one._replace(entity="class") for one in marked)) for text, marked in SLANG]
    (found,) = SpanModel.fit([*PLAIN, *own]).find("thi bằng bê hai", [], TODAY)
    assert (found.entity, found.value) == ("class", "B2")


def test_a_plain_twin_of_an_annotated_message_does_not_count() -> None:
    twins = [(text, ()) for text, _ in SLANG] * 20
    assert SpanModel.fit([*PLAIN, *SLANG, *twins]).find("thi bằng bê hai", [], TODAY)


def test_values_are_read_as_the_rules_read_them() -> None:
    assert read_value("licence_class", "B2", TODAY) == "B2"
    assert read_value("date", "hôm qua", TODAY) == "2026-11-28"
    assert read_value("phone", "không có", TODAY) is None


def test_the_dialogue_knows_every_kind() -> None:
    import yaml

    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["entities"]) >= NAMES
