"""What a new model must not lose."""

from __future__ import annotations

from bot.nlu.spans import Marked
from bot.training.examples import Example, load
from bot.training.gate import (
    Figures,
    Settings,
    cross_validated,
    figures,
    losses,
    search_losses,
)
from bot.training.project import Project

SETTINGS = Settings(critical=["pay", "deny"], tolerance=0.01, accuracy_tolerance=0.003, folds=5)


def test_figures_are_accuracy_and_f1() -> None:
    found = figures([("pay", "pay"), ("pay", "deny"), ("deny", "deny"), ("greet", "deny")])
    assert found == Figures(accuracy=0.5, f1={"deny": 0.5, "greet": 0.0, "pay": 2 / 3})


def test_a_critical_intent_that_falls_is_named() -> None:
    before = Figures(accuracy=0.9, f1={"pay": 0.9, "deny": 0.9, "greet": 0.9})
    after = Figures(accuracy=0.9, f1={"pay": 0.88, "deny": 0.895, "greet": 0.5})
    assert losses(before, after, SETTINGS) == ["pay: F1 0.900 → 0.880"]


def test_an_intent_that_is_no_more_told_has_fallen() -> None:
    before = Figures(accuracy=0.9, f1={"pay": 0.9})
    assert losses(before, Figures(accuracy=0.9, f1={}), SETTINGS) == ["pay: F1 0.900 → 0.000"]


def test_the_accuracy_of_all_intents_counts_too() -> None:
    before, after = Figures(accuracy=0.9, f1={}), Figures(accuracy=0.89, f1={})
    assert losses(before, after, SETTINGS) == ["accuracy: 0.9000 → 0.8900"]


def test_the_search_may_lose_nothing() -> None:
    before = {"hit@1": 0.94, "hit@5": 0.99}
    assert search_losses(before, {"hit@1": 0.95, "hit@5": 0.99}) == []
    assert search_losses(before, {"hit@1": 0.9399, "hit@5": 1.0}) == [
        "search hit@1: 0.9400 → 0.9399"
    ]


def test_the_project_s_gate_names_intents_that_there_are() -> None:
    project = Project()
    assert set(Settings.read(project).critical) <= {one.intent for one in load(project.nlu)}


def test_entities_that_are_found_where_there_are_none_are_a_loss() -> None:
    known = [Example(f"nộp hồ sơ xe máy ngày {day}/5/2026", "pay") for day in range(1, 13)]
    known += [Example(f"em có {number} câu hỏi về đất", "deny") for number in range(12)]
    harmless = Example("thi hạng bê hai", "pay", (Marked(9, 15, "licence_class", "B2"),))
    before = cross_validated(known, [], 2)
    assert before.entity_f1 == 1.0
    assert cross_validated(known, [harmless], 2).entity_f1 == 1.0
    harmful = [
        Example(
            f"nộp hồ sơ xe máy ngày {day}/6/2026", "pay", (Marked(4, 9, "licence_class", "B2"),)
        )
        for day in range(1, 31)
    ]
    after = cross_validated(known, harmful, 2)
    assert after.entity_f1 < 0.9
    assert any(line.startswith("entities: F1 1.0000 →") for line in losses(before, after, SETTINGS))
