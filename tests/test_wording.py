"""What people read is spelt in one way: the tone mark of "hóa", "khỏe", "hủy" stands on the first vowel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from common.settings import ROOT

# Both ways are right and the search reads both (bot/nlu/text); that of Nghị định 30/2020's texts is ours.
_OTHER_WAY = re.compile(r"(?:o[àáảãạèéẻẽẹ]|(?<!q)u[ỳýỷỹỵ])(?![^\W\d_])", re.I)
_READ = (
    *("actions/**/*.j2", "actions/*.py", "gateway/**/*.yml", "web/**/*.j2", "web/staff/**/*.yml"),
    *("data/texts/*.yml", "data/tenant/*.yml", "data/eforms/*.yml", "data/requests/*.yml"),
    *("data/post/*.yml", "data/retention.yml", "data/catalogue/*.yml", "docs/*.vi.md"),
)
FILES = [file for pattern in _READ for file in sorted(ROOT.glob(pattern))]


def test_there_are_texts() -> None:
    assert len(FILES) > 200
    assert _OTHER_WAY.findall("hoá, huỷ, xoè, quý, hoàn, hóa") == ["oá", "uỷ", "oè"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(Path(file).relative_to(ROOT)))
def test_tone_marks_stand_where_the_other_texts_have_them(file: Path) -> None:
    found = [
        line.strip()
        for line in file.read_text(encoding="utf-8").splitlines()
        if _OTHER_WAY.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("file", sorted(ROOT.glob("actions/templates/*.j2")), ids=lambda f: f.stem)
def test_words_to_say_or_press_stand_in_the_same_quotation_marks(file: Path) -> None:
    prose = re.sub(r"\{(?:\{.*?\}|%.*?%|#.*?#)\}", "", file.read_text(encoding="utf-8"), flags=re.S)
    assert '"' not in prose
    assert prose.count("“") == prose.count("”")
