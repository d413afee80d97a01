"""Procedures drawn from the imported ones, each from the question to the receipt and its status."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import pytest

from benchmarks.search import read_catalogue
from bot.nlu.text import strip_accents
from onestop.catalogue.content import Procedure
from onestop.catalogue.search.facts import is_local
from onestop.catalogue.shipped import load_shipped
from onestop.cli.eform import DIRECTORY
from onestop.dossiers.calendar import VIETNAM
from onestop.eforms.definition import expand, load_eforms
from tests.conversations.filing import Filing
from tests.conversations.player import Citizen, bare
from tests.conversations.system import System
from tests.conversations.typist import plan

pytestmark = pytest.mark.system
SEED = int(os.environ.get("MOTCUA_TEST_SEED", "2026"))  # another one draws other procedures
COUNT = 20
AT_ONCE = 4
SAID = 90  # characters of a long name that stand in every answer
# How a procedure is asked for by its name.
WAYS = (
    "{}",
    "tôi muốn làm thủ tục {}",
    "cho em hỏi thủ tục {} cần giấy tờ gì ạ",
    "{} nộp ở đâu",
    "thủ tục {}",
)


def draw(records: list[Procedure], seed: int) -> list[Procedure]:
    """Online procedures that only the general e-form serves; other provinces' own are left out."""
    shipped = {one.code for one in load_shipped()}
    online = [
        one
        for one in sorted(records, key=lambda one: one.code)
        if one.online and not one.withdrawn and one.code not in shipped and not is_local(one)
    ]
    return random.Random(seed).sample(online, COUNT)


class Asking(Filing):
    """A citizen who asks for a procedure by its name, and then files it."""

    def ask(self, chance: random.Random) -> None:
        """Ask in one of the ways; where namesakes are offered, choose; the right one is explained."""
        asked = chance.choice(WAYS).format(self.procedure.name)
        self.say(asked if chance.random() < 0.6 else strip_accents(asked))
        meant = [one["title"] for one in self.citizen.offered() if self._is_choice(one)]
        if meant:
            self._typed = meant[0]
            self.citizen.press(bare(meant[0]))
        self.expect(self.procedure.name[:SAID], f"thủ tục {self.procedure.code}")

    def _is_choice(self, offered: dict[str, str]) -> bool:
        return (
            self.procedure.code in offered["payload"] and "start_dossier" not in offered["payload"]
        )

    def begin(self) -> None:
        """Start from the explanation."""
        self._typed = "Nộp hồ sơ ngay"
        self.citizen.press(self._typed)
        self.expect("mình bắt đầu hồ sơ")

    def status(self, code: str, factor: str) -> None:
        """Ask where the dossier is, in another conversation."""
        self.citizen = Citizen(self._system)
        self.say(f"hồ sơ {code} đến đâu rồi")
        self.expect("4 số cuối")
        self.say(factor)
        self.expect(f"Hồ sơ {code}: Mới đăng ký", self.procedure.name[:SAID])


def from_question_to_status(system: System, procedure: Procedure, seed: int, today: date) -> None:
    """The whole way of one procedure."""
    form = expand(load_eforms(DIRECTORY)["general"], procedure)
    told = plan(form, f"{seed} {procedure.code}", today)
    asking = Asking(system, form, procedure)
    asking.ask(random.Random(f"{seed} {procedure.code}"))
    asking.begin()
    for field in form.fields:
        if field.id in told and told[field.id].asked:
            asking.asked(field)
            asking.give(field, told[field.id])
    code = asking.send()
    asking.check(code, told)
    asking.status(code, str(told["phone"].value)[-4:])


@pytest.fixture(scope="module")
def filed(imported: System, shared_data: Path) -> Iterator[list[tuple[str, Future[None]]]]:
    """All drawn procedures, a few at a time."""
    today = datetime.now(VIETNAM).date()
    drawn = draw(read_catalogue([shared_data / "dvcqg_2026_hdtruong802"]), SEED)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield [
            (one.code, pool.submit(from_question_to_status, imported, one, SEED, today))
            for one in drawn
        ]


@pytest.mark.parametrize("number", range(COUNT))
def test_from_the_question_to_the_status(
    filed: list[tuple[str, Future[None]]], number: int
) -> None:
    _, done = filed[number]
    done.result()
