"""What is said in the running system arrives in the transcripts, masked, with what came of it."""

from __future__ import annotations

import time
import uuid

import pytest
from sqlalchemy import select

from common.database import Database
from onestop.transcripts.models import Conversation, Turn
from tests.conversations.player import Citizen
from tests.conversations.system import System

pytestmark = pytest.mark.system
ARRIVE_SECONDS = 60


def arrived(database: Database, mark: str) -> list[Turn]:
    """The turns of the conversation that said `mark`, once its last one is whole; fails if it does not come."""
    own = select(Turn.conversation_id).where(Turn.text.contains(mark))
    query = select(Turn).where(Turn.conversation_id.in_(own)).order_by(Turn.number)
    deadline = time.monotonic() + ARRIVE_SECONDS
    while time.monotonic() < deadline:
        found = database.query(lambda session: list(session.scalars(query)))
        if found and found[-1].latency_ms and found[-1].text.startswith(mark):
            return found
        time.sleep(0.3)
    pytest.fail("the conversation did not arrive in the transcripts")


def test_a_conversation_arrives_masked_with_what_came_of_it(
    citizen: Citizen, system: System
) -> None:
    mark = f"xin chao {uuid.uuid4().hex[:6]}"
    citizen.say("lệ phí đăng ký khai sinh bao nhiêu")
    citizen.say("tôi muốn nộp hồ sơ đăng ký khai sinh")
    citizen.say("số tôi là 0912 345 678, căn cước 035078006789")
    citizen.say(mark)
    database = Database(system.environment["MOTCUA_DATABASE_URL"])
    try:
        question, start, numbers, _ = arrived(database, mark)
        number = question.conversation_id
        conversation = database.query(lambda session: session.get(Conversation, number))
    finally:
        database.close()
    assert conversation is not None
    assert question.intent == "ask_fee"
    assert "action_explain" in question.actions
    assert question.candidates
    assert question.candidates[0]["code"] == conversation.procedure
    assert question.free
    assert question.reply
    assert "action_start_dossier" in start.actions
    assert (conversation.channel, conversation.outcome) == ("web", "started")
    assert conversation.field
    assert "345" not in numbers.text
    assert "006789" not in numbers.text + numbers.reply
