"""The two privacy pages say what data/retention.yml says, row by row."""

from __future__ import annotations

import pytest

from common.settings import ROOT
from onestop.privacy.rules import Rule, rules

YEAR = 365


def rows(page: str, columns: int) -> list[list[str]]:
    """The rows of the page's first table, without heading."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return [row for row in found[2:] if len(row) == columns]


def period_for_citizens(rule: Rule) -> str:
    if rule.action == "keep":
        return "theo quy định lưu trữ của cơ quan"
    days = rule.period.days
    if days == 0:
        return f"xóa ngay từ {rule.since}"
    whole = days >= YEAR and days % YEAR == 0
    return f"{days // YEAR} năm từ {rule.since}" if whole else f"{days} ngày từ {rule.since}"


def test_the_operators_page_says_what_the_rules_say() -> None:
    wanted = [
        [
            f"`{rule.kind}`",
            rule.store,
            "–" if rule.action == "keep" else f"{rule.period.days} days",
            rule.action,
            "yes" if rule.on_request else "no",
            ", ".join(rule.basis),
        ]
        for rule in rules().values()
    ]
    assert rows("privacy.md", 6) == wanted


def test_the_citizens_page_says_what_the_rules_say() -> None:
    wanted = [
        [rule.what, period_for_citizens(rule), rule.why, "có" if rule.on_request else "không"]
        for rule in rules().values()
    ]
    assert rows("privacy.vi.md", 4) == wanted


@pytest.mark.parametrize("page", ["privacy.md", "privacy.vi.md"])
def test_every_law_that_a_rule_rests_on_is_named(page: str) -> None:
    numbers = {"L91": "91/2025/QH15", "N356": "356/2025/NĐ-CP", "N118": "118/2025/NĐ-CP"}
    numbers |= {"N20": "20/2008/NĐ-CP", "L33": "33/2024/QH15", "K88": "88/2015/QH13"}
    text = " ".join((ROOT / "docs" / page).read_text(encoding="utf-8").split())
    for rule in rules().values():
        assert all(numbers[basis] in text for basis in rule.basis), rule.kind
