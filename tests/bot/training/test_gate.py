"""What a new model must not lose."""

from __future__ import annotations

from bot.training.gate import Figures, Settings, figures, losses, search_losses
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
    from bot.training.learnt import examples

    project = Project()
    assert set(Settings.read(project).critical) <= {intent for _, intent in examples(project)}
