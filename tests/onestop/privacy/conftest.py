"""A citizen with a dossier handed in, a second one half filled, and a counter time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

import pytest
from sqlalchemy.orm import Session

from common.database import Database, now
from common.tenant import tenant
from onestop import notices
from onestop.bookings import service as bookings
from onestop.bookings.slots import Slot, days
from onestop.catalogue.content import Procedure
from onestop.dossiers import drafts, files
from onestop.dossiers.models import Draft
from onestop.eforms.definition import EForm
from onestop.schemas import AnswerRequest
from onestop.storage.base import Storage
from onestop.transcripts import words
from onestop.transcripts.models import Conversation, TranscriptFeed, Turn, TurnNote
from tests.conversations.player import photo
from tests.onestop.dossiers import conftest as dossiers
from tests.onestop.dossiers.test_submission_races import ready_draft, submit

OWNER = "web:an"
NAME, FACTOR = "Trần Thị Bưởi", "6789"

procedure = dossiers.procedure
forms = dossiers.forms
onestop_database = dossiers.onestop_database
database = dossiers.database


@dataclass(frozen=True)
class Kept:
    """What the citizen has here: a dossier's code, an unsent draft, a loose file."""

    dossier: str
    draft: str
    file: str


def half_filled(session: Session, forms: Mapping[str, EForm], procedure: Procedure) -> str:
    """An unsent draft that holds a name and a citizen ID; it asks for the phone."""
    draft = drafts.start(session, forms, procedure, OWNER, "web")
    for field, text in (("name", NAME), ("citizen_id", "035090006789")):
        drafts.answer(session, draft, AnswerRequest(text=text, field=field))
    return draft.id


@pytest.fixture
def kept(
    database: Database, forms: Mapping[str, EForm], procedure: Procedure, storage: Storage
) -> Kept:
    """The citizen's data."""
    sent = database.transact(ready_draft, forms, procedure, OWNER)
    code = database.transact(submit, sent, OWNER, procedure)
    draft = database.transact(half_filled, forms, procedure)
    file = files.put_away(storage, photo())
    database.transact(files.record, OWNER, f"{NAME}.jpg", file)
    variables = {"code": code, "procedure": "Thủ tục thử", "status_name": "Đang xử lý"}
    database.transact(notices.tell, OWNER, "status", status=4, note="", **variables)
    rules = tenant().units.booking
    database.transact(
        lambda session: bookings.book(
            session,
            owner=OWNER,
            unit="13291",
            day=days(tenant().opening_hours, rules, now())[0],
            slot=Slot(time(7, 30), time(8)),
            details={"name": NAME, "phone": "0912345678", "purpose": "khai sinh"},
            rules=rules,
        )
    )
    database.transact(talk)
    return Kept(code, draft, file.key)


def talk(session: Session) -> None:
    """A conversation as the transcripts keep it."""
    row = Conversation(owner=OWNER, first=0, channel="web", started_at=now(), last_at=now())
    session.add(row)
    session.flush()
    turn = Turn(
        conversation_id=row.id,
        number=1,
        at=now(),
        text="tôi là [tên]",
        clear={"text": f"tôi là {NAME}"},
        free=True,
        intent="inform",
        alternatives=[],
        entities=[],
        lot=1,
        notes=[TurnNote(author="lan", text=f"gọi {NAME}")],
    )
    session.add(turn)
    session.flush()
    words.write(session, turn.id, turn.text)
    session.add(TranscriptFeed(owner=OWNER, sequence=3, known=[["name", NAME]]))


def state_of(database: Database, draft: str) -> tuple[str, str, dict[str, object]]:
    """Owner, state and answers of a draft."""

    def work(session: Session) -> tuple[str, str, dict[str, object]]:
        row = session.get_one(Draft, draft)
        return row.owner, row.state, row.answers

    return database.query(work)
