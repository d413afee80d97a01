"""The guide for citizens: its phrases, its pictures, and the conversations that keep what it promises."""

from __future__ import annotations

import re
from pathlib import Path

from common.settings import ROOT
from tests.conversations.player import load_scripts

GUIDE = ROOT / "docs" / "citizen-guide.vi.md"
SCRIPTS = load_scripts(Path(__file__).parent / "scripts" / "guide")
# A system on which one can pay: the pictures and the promises are of one.
SETTINGS = {
    "MOTCUA_BANK_BIN": "970415",
    "MOTCUA_BANK_ACCOUNT": "113366668888",
    "MOTCUA_BANK_NAME": "Kho bạc thử nghiệm",
}


def phrases() -> set[str]:
    """What a citizen is told to type: bold, in quotation marks."""
    return set(re.findall(r"\*\*“([^”]+)”\*\*", GUIDE.read_text(encoding="utf-8"))) - {
        "in đậm trong ngoặc kép"
    }


def pictures() -> list[str]:
    """The pictures that the guide shows, as it names them."""
    return re.findall(r"!\[[^\]]+\]\(([^)]+)\)", GUIDE.read_text(encoding="utf-8"))
