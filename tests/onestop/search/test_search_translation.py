"""What citizens say for the words of names, learnt from the wordings of all names."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.catalogue.search import SearchIndex, translation
from onestop.catalogue.search.lexicon import Lexicon
from onestop.catalogue.search.translation import expected, learn, units

from .conftest import procedure

WORDED = {
    "gia han giay phep cau phao": ["cầu phao sắp hết hạn"],
    "gia han the tham quan": ["thẻ vào thăm sắp hết hạn"],
    "gia han so nuoi ong": ["sổ ong sắp hết hạn"],
    "giai the hoi cho cau": ["hội chó cảnh đóng cửa"],
    "giai the truong day mua": ["trường múa đóng cửa"],
    "giai the doi xe om": ["đội xe đóng cửa"],
}
WORD = st.sampled_from(["gia", "han", "giai", "the", "sap", "het", "dong", "cua", "so", "xe"])
TEXT = st.lists(WORD, min_size=1, max_size=5).map(" ".join)


def test_what_several_names_share_is_expected_of_one_that_nobody_worded() -> None:
    told = expected("gia han giay phep tau", learn(WORDED))
    assert told["het han"] > told.get("dong cua", 0.0)
    assert expected("giai the chi nhanh", learn(WORDED))["dong cua"] > 0.2


def test_what_one_name_alone_is_called_tells_nothing_of_others() -> None:
    assert "phao" not in expected("gia han giay phep cau phao khac", learn(WORDED))


def test_a_word_of_all_wordings_is_expected_of_no_name() -> None:
    everywhere = {name: [f"ở đây {text}" for text in texts] for name, texts in WORDED.items()}
    told = expected("gia han giay phep tau", learn(everywhere))
    assert told.get("o day", 0.0) < told["het han"]


def test_without_wordings_nothing_is_expected() -> None:
    assert expected("gia han giay phep", learn({})) == {}
    assert learn({"gia han": []}) == {}


@given(st.dictionaries(TEXT, st.lists(TEXT, max_size=3), max_size=5), TEXT)
def test_what_is_expected_is_said_of_two_names_at_least_and_a_share(
    worded: dict[str, list[str]], name: str
) -> None:
    said = [{u for text in texts for u in units(text.split(" "))} for texts in worded.values()]
    for word, chance in expected(name, learn(worded)).items():
        assert 0 < chance <= 1
        assert sum(word in own for own in said) >= 2


@given(st.lists(st.tuples(st.sets(st.integers(0, 6), min_size=1), st.integers(0, 6)), min_size=1))
def test_the_chances_are_those_of_the_model_as_it_is_written_down(
    told: list[tuple[set[int], int]],
) -> None:
    """Each word said, with the units of its name, in loops as in Brown et al.; in blocks of any length."""
    chances = {(unit, word): 1.0 for units_, word in told for unit in units_}
    for _ in range(translation._ROUNDS):
        counts: Counter[tuple[int, int]] = Counter()
        for units_, word in told:
            whole = sum(chances[unit, word] for unit in units_)
            counts.update({(unit, word): chances[unit, word] / whole for unit in units_})
        seen: Counter[int] = Counter()
        for (unit, _), count in counts.items():
            seen[unit] += count  # type: ignore[assignment]
        chances = {at: n / (seen[at[0]] + translation._DOUBT) for at, n in counts.items()}
    in_order = sorted(told, key=lambda one: one[1])
    words = np.array([word for _, word in in_order])
    because = [np.array(sorted(units_)) for units_, _ in in_order]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(translation, "_BLOCK", 2)
        found, unit, word = translation._model_1(words, because)
    assert dict(zip(zip(unit, word, strict=True), found, strict=True)) == pytest.approx(chances)


def test_a_procedure_is_found_by_what_the_wordings_of_others_say_of_its_words() -> None:
    names = [*WORDED, "gia han the xay dung", "cap lai the xay dung"]
    procedures = [procedure(f"1.00000{at}", name) for at, name in enumerate(names)]
    wordings = {f"1.00000{at}": texts for at, texts in enumerate(WORDED.values())}
    asked = "thẻ xây dựng sắp hết hạn"
    plain = SearchIndex.build(procedures, Lexicon([])).search(asked).candidates
    worded = SearchIndex.build(procedures, Lexicon([], wordings=wordings)).search(asked).candidates
    scores = [{one.code: one.score for one in found} for found in (plain, worded)]
    assert worded[0].code == "1.000006"
    assert (
        scores[0]["1.000006"] - scores[0]["1.000007"]
        < scores[1]["1.000006"] - scores[1]["1.000007"]
    )
