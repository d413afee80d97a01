from __future__ import annotations

import json
from pathlib import Path

from onestop.dossiers.statuses import Status


def test_numbers_and_names_are_the_national_ones(shared_data: Path) -> None:
    file = shared_data / "dossier_status" / "dossier_status.json"
    national = json.loads(file.read_text(encoding="utf-8"))["dvcqg_status_codes"]["codes"]
    assert {one["code"]: one["name"] for one in national} == {
        one.value: one.label for one in Status
    }


def test_every_status_is_reached_from_the_first() -> None:
    reached, waiting = {Status.REGISTERED}, [Status.REGISTERED]
    while waiting:
        for following in waiting.pop().next - reached:
            reached.add(following)
            waiting.append(following)
    assert reached == set(Status)


def test_an_end_can_be_reached_from_every_status() -> None:
    for start in Status:
        seen, waiting = {start}, [start]
        while waiting:
            for following in waiting.pop().next - seen:
                seen.add(following)
                waiting.append(following)
        assert any(one.final for one in seen)


def test_nothing_follows_itself() -> None:
    assert all(one not in one.next for one in Status)
