"""The language data that staff may extend: read as it is, and free of contradictions."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.nlu.text import normalise, strip_accents, tokens
from common import yaml_files
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import SearchIndex
from onestop.catalogue.search.lexicon import DATA, WORDINGS, Lexicon, shipped
from onestop.catalogue.search.words import folded_key, words
from tests.onestop.search.conftest import procedure


def test_the_shipped_files_are_read() -> None:
    lexicon = shipped()
    assert len(lexicon.situations) >= 250
    assert len(list(lexicon.listed())) >= 300


def test_no_situation_is_given_to_two_procedures() -> None:
    said = Counter(
        folded_key(words(text)) for entry in shipped().situations for text in set(entry.says)
    )
    assert [text for text, count in said.items() if count > 1] == []


def listed(name: str) -> list[dict[str, Any]]:
    """The entries of a file of synonyms."""
    entries: list[dict[str, Any]] = yaml_files.read(DATA / name)
    return entries


def test_no_everyday_phrase_has_two_entries() -> None:
    entries = [*listed("synonyms.yml"), *listed("terms.yml")]
    said = Counter(text for entry in entries for text in entry["say"])
    assert [text for text, count in said.items() if count > 1] == []


@pytest.mark.parametrize("name", ["synonyms.yml", "terms.yml"])
def test_no_everyday_phrase_is_read_as_telex(name: str) -> None:
    said = [str(text) for entry in listed(name) for text in entry["say"]]
    read = {text: tokens(strip_accents(normalise(text))) for text in said}
    assert [text for text in said if read[text] != tokens(strip_accents(text.lower()))] == []


def test_terms_stand_for_words_of_names(real_catalogue: list[Procedure]) -> None:
    known = {word.folded for p in real_catalogue for word in words(p.name)}
    means = [entry["means"] for entry in listed("terms.yml")]
    meant = [text for one in means for text in ([one] if isinstance(one, str) else one)]
    assert [text for text in meant if {w.folded for w in words(text)} - known] == []


def test_every_situation_s_code_is_a_procedure_of_the_national_records(
    real_catalogue: list[Procedure],
) -> None:
    known = {p.code for p in real_catalogue}
    assert [entry.code for entry in shipped().situations if entry.code not in known] == []


def test_every_worded_code_is_a_national_procedure_and_no_wording_is_its_name(
    real_catalogue: list[Procedure],
) -> None:
    names = {p.code: folded_key(words(p.name)) for p in real_catalogue}
    worded = shipped().wordings
    assert len(worded) >= 4000
    assert [code for code in worded if code not in names] == []
    assert [
        (code, text)
        for code, wordings in worded.items()
        for text in wordings
        if not text.strip() or folded_key(words(text)) == names[code]
    ] == []


def test_who_words_a_need_in_other_words_is_understood() -> None:
    names = [
        "Cấp giấy phép kinh doanh rượu",
        "Cấp giấy phép kinh doanh thuốc lá",
        "Giải thể trường",
    ]
    procedures = [procedure(f"1.00000{at}", name) for at, name in enumerate(names)]
    wordings = {"1.000001": ["bán điếu hút có khói"]}
    plain = SearchIndex.build(procedures, Lexicon([]))
    worded = SearchIndex.build(procedures, Lexicon([], wordings=wordings))
    for said in ("bán điếu hút có khói", "ban dieu hut co khoi"):
        assert plain.search(said).candidates[0].score < worded.search(said).candidates[0].score
        assert worded.search(said).candidates[0].code == "1.000001"


@pytest.mark.parametrize(
    "table",
    [
        "# ghi chú\n1.000001\tmột\thai, ba\n",
        "\ufeff# ghi chú\r\n1.000001\tmột\thai, ba\r\n",
        '\ufeff1.000001\tmột\t"hai, ba"\n',
        "1.000001\tmột\t\t\n \n\t\t\t\n 1.000001 \t\t hai, ba \t",
        "  # ghi chú\n1.000001\tmột\n1.000001\thai, ba",
    ],
    ids=["plain", "BOM and CRLF", "quoted", "spaces and empty cells", "a code twice"],
)
def test_wordings_are_read_as_a_spreadsheet_saves_them(tmp_path: Path, table: str) -> None:
    copy = shutil.copytree(DATA, tmp_path / "search")
    (copy / WORDINGS).write_bytes(table.encode())
    assert Lexicon.load(copy).wordings == {"1.000001": ["một", "hai, ba"]}


def test_a_wording_without_a_code_is_refused_with_its_line(tmp_path: Path) -> None:
    copy = shutil.copytree(DATA, tmp_path / "search")
    # What a spreadsheet makes of the code 1.000010.
    (copy / WORDINGS).write_text("# ghi chú\n1.00001\tmột\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"wordings\.tsv, line 2: 1\.00001"):
        Lexicon.load(copy)


def test_a_faulty_file_is_refused(tmp_path: pytest.TempPathFactory) -> None:
    with pytest.raises(OSError, match="stopwords"):
        Lexicon.load(tmp_path)  # type: ignore[arg-type]
