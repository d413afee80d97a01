"""A small project of its own: a few intents, so that training takes seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from bot.training import examples
from bot.training.project import Project
from common.settings import ROOT

INTENTS = ("greet", "submit_dossier", "cancel_dossier", "ask_fee", "check_status", "out_of_scope")
EACH = 40
"""Examples of each intent: from this many on the gate's figures hold still."""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project whose bot answers every intent with its name."""
    root = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "config.yml", root)
    shutil.copy(ROOT / "credentials.yml", root)
    store = {
        "type": "bot.tracker_store.SqlTrackerStore"
    }  # the channel asks it what was said before
    write(root / "endpoints.yml", {"tracker_store": store})
    for folder in ("nlu", "rules", "stories", "training"):
        (root / "data" / folder).mkdir(parents=True)
    (root / "data" / "search").mkdir()
    by_intent: dict[str, list[str]] = {name: [] for name in INTENTS}
    for one in examples.load(Project().nlu):
        if one.intent in by_intent and len(by_intent[one.intent]) < EACH:
            by_intent[one.intent].append(one.text)
    write(
        root / "data" / "nlu" / "small.yml",
        {
            "version": "3.1",
            "nlu": [
                {"intent": name, "examples": "".join(f"- {text}\n" for text in texts)}
                for name, texts in by_intent.items()
            ],
        },
    )
    rules = [
        {"rule": name, "steps": [{"intent": name}, {"action": f"utter_{name}"}]}
        for name in (*INTENTS, "nlu_fallback")
    ]
    write(root / "data" / "rules" / "small.yml", {"version": "3.1", "rules": rules})
    write(root / "data" / "stories" / "none.yml", {"version": "3.1", "stories": []})
    write(
        root / "domain.yml",
        {
            "version": "3.1",
            "intents": list(INTENTS),
            "entities": ["licence_class"],
            "responses": {f"utter_{name}": [{"text": name}] for name in (*INTENTS, "nlu_fallback")},
            "actions": ["action_clarify"],
        },
    )
    write(
        root / "data" / "training" / "gate.yml",
        {
            "critical": ["submit_dossier", "cancel_dossier"],
            "tolerance": 0.03,
            "accuracy_tolerance": 0.03,
            "entity_tolerance": 0.02,
            "folds": 2,
            "fillers": {"‹họ tên›": "Nguyễn Văn An"},
        },
    )
    return Project(root)


def write(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
