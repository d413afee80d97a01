"""Approved corrections as files."""

from __future__ import annotations

from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.loading import load_data

from bot.nlu.spans import Marked
from bot.training import learnt
from bot.training.corrections import Correction
from bot.training.examples import Example, load

FILLERS = {"‹họ tên›": "Nguyễn Văn An"}


def correction(text: str, value: str, kind: str = "intent", number: int = 1) -> Correction:
    return Correction(id=number, kind=kind, text=text, value={kind: value})


def test_a_correction_becomes_an_example_once() -> None:
    given = [correction("quất luôn", "submit_dossier"), correction("Quất  luôn", "submit_dossier")]
    added, said = learnt.new_examples([], given, FILLERS)
    assert (added, said) == ([Example("Quất luôn", "submit_dossier")], [])
    assert learnt.new_examples(added, given, FILLERS) == ([], [])


def test_of_two_corrections_of_the_same_words_the_later_counts() -> None:
    given = [correction("khỏi luôn", "deny"), correction("khỏi luôn", "cancel_dossier")]
    assert learnt.new_examples([], given, FILLERS)[0] == [Example("khỏi luôn", "cancel_dossier")]


def test_a_correction_against_an_example_that_people_wrote_is_told_and_left_to_them() -> None:
    added, said = learnt.new_examples(
        [Example("nộp đi", "submit_dossier")],
        [correction("nop di", "cancel_dossier", number=7)],
        {},
    )
    assert added == [Example("nop di", "cancel_dossier")]  # typed otherwise: for the gate to judge
    assert said == []
    added, said = learnt.new_examples(
        [Example("nộp đi", "submit_dossier")],
        [correction("Nộp đi!", "cancel_dossier", number=7)],
        {},
    )
    assert added == []
    assert "suggestion 7" in said[0]


def test_masks_become_invented_values_and_unknown_masks_are_left_out() -> None:
    given = [correction("tôi tên ‹họ tên›", "inform"), correction("mã ‹mã riêng›", "inform")]
    assert learnt.new_examples([], given, FILLERS)[0] == [
        Example("tôi tên Nguyễn Văn An", "inform")
    ]


def test_what_looks_like_rasa_s_markup_is_none() -> None:
    given = [correction("tên [Lan](person_name)", "inform")]
    assert learnt.new_examples([], given, {})[0] == [Example("tên (Lan)(person_name)", "inform")]


def test_what_citizens_said_leads_to_the_procedure_they_meant(tmp_path: Path) -> None:
    path = tmp_path / "learnt.yml"
    given = [
        correction("làm cái thẻ chíp", "1.001", "procedure"),
        correction("làm thẻ cho ‹họ tên›", "1.001", "procedure"),
        correction("đổi bìa", "1.002", "procedure"),
    ]
    assert learnt.write_situations(path, given) == 2
    assert learnt.write_situations(path, given) == 0
    assert yaml.safe_load(path.read_text(encoding="utf-8")) == [
        {"code": "1.001", "says": ["làm cái thẻ chíp"]},
        {"code": "1.002", "says": ["đổi bìa"]},
    ]


def entity(text: str, written: str, name: str, number: int = 1, **more: str) -> Correction:
    start = text.index(written)
    value = {"entity": name, "value": written, "start": start, "end": start + len(written), **more}
    return Correction(id=number, kind="entity", text=text, value=value)


def test_an_entity_becomes_an_annotated_example_of_what_the_message_wants(tmp_path: Path) -> None:
    given = [
        entity("thi  hạng bê hai [nhé]", "bê hai", "licence_class", meant="B2", intent="ask_fee"),
        entity("sđt ‹số điện thoại› đó", "‹số điện thoại›", "phone", intent="inform"),
    ]
    added, said = learnt.new_examples([], given, {"‹số điện thoại›": "0912 345 678"})
    assert said == []
    assert added == [
        Example("thi hạng bê hai (nhé)", "ask_fee", (Marked(9, 15, "licence_class", "B2"),)),
        Example("sđt 0912 345 678 đó", "inform", (Marked(4, 16, "phone", "0912 345 678"),)),
    ]
    path = tmp_path / "learnt.yml"
    learnt.write_examples(path, added)
    assert sorted(load(path)) == sorted(added)
    assert learnt.new_examples(load(path), given, {"‹số điện thoại›": "0912 345 678"}) == ([], [])


def test_an_entity_takes_the_intent_that_its_message_was_corrected_to() -> None:
    given = [
        entity("thi bê hai", "bê hai", "licence_class", meant="B2", intent=""),
        correction("thi bê hai", "ask_fee", number=2),
    ]
    added, _ = learnt.new_examples([], given, {})
    assert [(one.intent, len(one.entities)) for one in added] == [("ask_fee", 1)]
    added, said = learnt.new_examples([], given[:1], {})
    assert (added, "suggestion 1" in said[0]) == ([], True)
    known = [Example("thi bê hai", "ask_papers")]
    added, said = learnt.new_examples(known, given, {})
    assert [(one.intent, len(one.entities)) for one in added] == [("ask_papers", 1)]
    assert "suggestion 2" in said[0]


def test_entities_of_one_message_stand_side_by_side_and_the_later_takes_the_place() -> None:
    text = "đổi bê hai sang xê một"
    given = [
        entity(text, "bê hai sang", "licence_class", meant="B2", intent="ask_fee"),
        entity(text, "xê một", "licence_class", meant="C1", intent="ask_fee"),
        entity(text, "bê hai", "licence_class", meant="B2", intent="ask_fee"),
    ]
    (added,), _ = learnt.new_examples([], given, {})
    assert [(one.start, one.end, one.value) for one in added.entities] == [
        (4, 10, "B2"),
        (16, 22, "C1"),
    ]


def test_an_annotated_example_takes_the_place_of_the_plain_one(tmp_path: Path) -> None:
    path = tmp_path / "learnt.yml"
    learnt.write_examples(path, [Example("thi bê hai", "ask_fee")])
    marked = Example("thi bê hai", "ask_fee", (Marked(4, 10, "licence_class", "B2"),))
    learnt.write_examples(path, [marked])
    assert load(path) == [marked]


WORDS = st.text(
    st.characters(categories=["L", "N", "P", "Zs", "S"], exclude_characters="[]"),
    min_size=1,
    max_size=60,
)


@settings(deadline=None)
@given(
    st.lists(WORDS.map(lambda text: " ".join(text.split())).filter(bool), unique=True, max_size=4)
)
def test_rasa_reads_every_message_as_it_was_said(texts: list[str]) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as directory:
        path = Path(directory) / "learnt.yml"
        learnt.write_examples(path, [Example(text, "inform") for text in texts])
        learnt.write_examples(path, [Example("thêm nữa", "greet")])
        read = [one.get("text") for one in load_data(str(path)).intent_examples]
        assert sorted(read) == sorted(["thêm nữa", *texts])
