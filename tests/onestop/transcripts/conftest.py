"""A citizen's events as Rasa writes them, and the database they go into."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload, undefer

from common.database import Database
from onestop.catalogue import store
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import lexicon
from onestop.catalogue.sources import Source
from onestop.transcripts import groups
from onestop.transcripts.clustering.near import clusters
from onestop.transcripts.consumer import consume
from onestop.transcripts.events import Event
from onestop.transcripts.models import Conversation, Turn
from tests.databases import BACKENDS, migrated

NOON = 1_780_000_000.0


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database on SQLite, to be copied: migrating takes seconds."""
    directory = tmp_path_factory.mktemp("empty")
    with migrated("onestop", "sqlite", directory):
        pass
    return directory / "onestop.db"


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path, empty: Path) -> Iterator[Database]:
    """An empty one-stop database, on each kind that is there."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{shutil.copy(empty, tmp_path)}")
        yield opened
        opened.close()
        return
    with migrated("onestop", request.param, tmp_path) as url:
        opened = Database(url)
        yield opened
        opened.close()


@pytest.fixture
def grouping_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups are found in this process: one of its own takes seconds to start."""
    monkeypatch.setattr(groups, "clusters", lambda messages: clusters(messages, lexicon.shipped()))


@dataclass
class Citizen:
    """Who talks; each event gets the next number and a second more."""

    sender: str = "web:citizen"
    channel: str = "web"
    moment: float = NOON
    events: list[Event] = field(default_factory=list)

    def add(self, event: str, **content: Any) -> Event:
        """The next event."""
        self.moment += 1
        made = Event.model_validate(
            {
                "sender_id": self.sender,
                "sequence": len(self.events),
                "event": event,
                "timestamp": self.moment,
                **content,
            }
        )
        self.events.append(made)
        return made

    def visit(self) -> None:
        """A session begins, as Rasa begins it."""
        self.add("action", name="action_session_start")
        self.add("session_started")
        self.add("action", name="action_listen")

    def says(
        self,
        text: str,
        intent: str = "ask_fee",
        confidence: float = 0.9,
        second: float = 0.05,
        entities: list[dict[str, Any]] | None = None,
    ) -> None:
        """A message as it was understood."""
        ranking = [
            {"name": intent, "confidence": confidence},
            {"name": "ask_papers", "confidence": second},
        ]
        self.add(
            "user",
            text=text,
            parse_data={
                "intent": ranking[0],
                "intent_ranking": ranking,
                "entities": entities or [],
            },
            metadata={"channel": self.channel, "received": self.moment + 0.5},
        )

    def hears(self, text: str, action: str = "action_explain", **trace: Any) -> None:
        """A reply and the end of the turn."""
        self.add("action", name=action)
        self.add("bot", text=text, metadata={"trace": {"said": "explanation", **trace}})
        self.add("action", name="action_listen")

    def asks(self, text: str, reply: str = "Dạ, lệ phí là 8.000 đồng.", **said: Any) -> None:
        """A whole turn."""
        self.says(text, **said)
        self.hears(reply)


@pytest.fixture
def citizen() -> Citizen:
    """A citizen whose visit begins."""
    new = Citizen()
    new.visit()
    return new


def conversations(database: Database) -> list[Conversation]:
    """All conversations with what belongs to them, in order."""
    query = select(Conversation).order_by(Conversation.id)
    loaded = query.options(selectinload(Conversation.procedures), selectinload(Conversation.labels))
    return database.query(lambda session: list(session.scalars(loaded)))


def turns(database: Database) -> list[Turn]:
    """All turns, in order, with their clear text."""
    query = select(Turn).order_by(Turn.id).options(undefer(Turn.clear))
    return database.query(lambda session: list(session.scalars(query)))


def procedure_of(database: Database, code: str, agency: str) -> None:
    """A procedure of an agency in the catalogue."""
    content = Procedure(code=code, name=f"Thủ tục {code}", agency=agency)
    database.transact(store.save, content, Source.SHIPPED)


def take(database: Database, citizen: Citizen) -> None:
    """All events of a citizen, as one batch."""
    assert consume(database, citizen.events) == set()
