"""The language data that staff may extend: read as it is, and free of contradictions."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml

from onestop.catalogue.content import Procedure
from onestop.catalogue.search.lexicon import DATA, Lexicon, shipped
from onestop.catalogue.search.words import folded_key, words


def test_the_shipped_files_are_read() -> None:
    lexicon = shipped()
    assert len(lexicon.situations) >= 250
    assert len(list(lexicon.listed())) >= 300


def test_no_situation_is_given_to_two_procedures() -> None:
    said = Counter(
        folded_key(words(text)) for entry in shipped().situations for text in set(entry.says)
    )
    assert [text for text, count in said.items() if count > 1] == []


def test_no_everyday_phrase_has_two_entries() -> None:
    entries = yaml.safe_load((DATA / "synonyms.yml").read_text(encoding="utf-8"))
    said = Counter(text for entry in entries for text in entry["say"])
    assert [text for text, count in said.items() if count > 1] == []


def test_every_situation_s_code_is_a_procedure_of_the_national_records(
    real_catalogue: list[Procedure],
) -> None:
    known = {p.code for p in real_catalogue}
    assert [entry.code for entry in shipped().situations if entry.code not in known] == []


def test_a_faulty_file_is_refused(tmp_path: pytest.TempPathFactory) -> None:
    with pytest.raises(OSError, match="stopwords"):
        Lexicon.load(tmp_path)  # type: ignore[arg-type]
