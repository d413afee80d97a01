"""A citizen who files a dossier by a plan, and what the officer gets of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from actions.texts import lower_first
from common.database import Database
from common.wording import shorten
from onestop.catalogue.content import Procedure
from onestop.dossiers.calendar import VIETNAM, due_at
from onestop.dossiers.models import Dossier
from onestop.dossiers.submission import online_way
from onestop.eforms.definition import EForm, Field
from tests.conversations.player import Citizen
from tests.conversations.system import System
from tests.conversations.typist import Told

AGREE = "Đồng ý và gửi"
KEEP = "Giữ nguyên"
_SPOKEN_LABEL = 70  # characters of a label that are read back


@dataclass(frozen=True)
class Received:
    """What the officer's side holds of a dossier."""

    lines: list[tuple[str, str]]  # label, value
    receipt: dict[str, Any]


def received(system: System, code: str) -> Received:
    """The dossier of a code as the one-stop service keeps it."""
    database = Database(system.environment["MOTCUA_DATABASE_URL"])
    try:
        with database.sessions() as session:
            dossier = session.scalars(select(Dossier).where(Dossier.code == code)).one()
            lines = [(str(line["label"]), str(line["value"])) for line in dossier.lines]
            return Received(lines, dict(dossier.receipt))
    finally:
        database.close()


class Filing:
    """One conversation that fills a form; every failure says where it was and what was said."""

    def __init__(self, system: System, form: EForm, procedure: Procedure) -> None:
        self.citizen = Citizen(system)
        self._system, self.form, self.procedure = system, form, procedure
        self._typed = ""

    def say(self, text: str) -> str:
        """Type something; the replies' text."""
        self._typed = text
        self.citizen.say(text)
        return self.citizen.text()

    def expect(self, *parts: str) -> None:
        """The replies must hold these, whatever the case."""
        text = self.citizen.text()
        for part in parts:
            assert part.casefold() in text.casefold(), (
                f"{self.form.id}: after {self._typed!r} missing {part!r} in:\n{text}"
            )

    def begin(self) -> None:
        """Ask for the form by its procedure's code."""
        self.say(f"tôi muốn nộp hồ sơ {self.procedure.code}")
        self.expect("mình bắt đầu hồ sơ")

    def asked(self, field: Field) -> None:
        """The last thing said must be this field's question."""
        self.expect(field.question)

    def give(self, field: Field, told: Told) -> None:
        """Answer the field that is asked; what was taken must be read back."""
        if told.upload:
            self._typed = told.typed
            self.citizen.upload(told.typed)
        else:
            self.say(told.typed)
        self.taken(field, told)
        self.keep_as_typed()

    def keep_as_typed(self) -> None:
        """A name without accents is doubted once; it stays."""
        if KEEP in [one["title"] for one in self.citizen.offered()]:
            self.citizen.press(KEEP)

    def taken(self, field: Field, told: Told) -> None:
        """An answer must have been read back as it was meant."""
        if told.given:
            self.expect(f"{shorten(lower_first(field.label), _SPOKEN_LABEL)}: {told.shown}")

    def send(self) -> str:
        """Agree and send; the dossier's code."""
        self.expect("hồ sơ đã đủ", self.form.consent_text[:60])
        self.citizen.press(AGREE)
        self._typed = AGREE
        code = re.search(r"Mã hồ sơ: (\S+)", self.citizen.text())
        assert code is not None, f"{self.form.id}: no code in:\n{self.citizen.text()}"
        return code[1]

    def check(self, code: str, told: Mapping[str, Told]) -> None:
        """The officer must have got just what was told, with the receipt that the law wants."""
        got = received(self._system, code)
        wanted = [
            (field.label, told[field.id].shown) for field in self.form.fields if field.id in told
        ]
        differing = [pair for pair in zip(got.lines, wanted, strict=False) if pair[0] != pair[1]]
        assert got.lines == wanted, f"{self.form.id}: got, wanted: {differing}"
        assert got.receipt["procedure_code"] == self.procedure.code
        at = datetime.fromisoformat(got.receipt["received_at"])
        due = due_at(at, online_way(self.procedure))
        if due is not None:
            self.expect(f"Hẹn trả: {due.astimezone(VIETNAM):%d/%m/%Y}")
