"""What a press, a number or a title stands for: only what this citizen was shown, and shown last."""

from __future__ import annotations

from typing import Any

import pytest

from common.database import Database
from gateway import inbox, outbox
from gateway.channels.limits import limits_of
from gateway.choices import NoSuchChoiceError, chosen

CITIZEN = "zalo:1"
FEW = [{"title": "Có", "payload": "/affirm"}, {"title": "Không", "payload": "/deny"}]
MANY = [{"title": f"Mục {name}", "payload": f"/inform_{name}"} for name in "abcdefg"]


def reply(
    database: Database, buttons: list[dict[str, str]], *more: dict[str, Any], sender: str = CITIZEN
) -> int:
    """A turn that was answered with these buttons, and more messages; the first one's number."""
    body = {"text": "hỏi", "payload": None, "attachments": []}
    key = str(database.transact(lambda session: inbox.queue.length(session, inbox.queue.SENDING)))
    database.transact(inbox.keep, sender, "zalo", key, body, 100)
    turns = database.transact(inbox.claim, "w", 10, 60.0)
    bodies = [{"text": "Dạ?", "buttons": buttons}, *more]
    return database.transact(inbox.answer, turns[0], bodies)[0].id


def choose(database: Database, text: str, sender: str = CITIZEN) -> Any:
    limits = limits_of("zalo")
    assert limits
    found = database.transact(chosen, sender, text, limits)
    return found and found["payload"]


def test_a_press_means_its_choice_however_old_it_is(gateway_database: Database) -> None:
    number = reply(gateway_database, FEW)
    reply(gateway_database, MANY)
    assert choose(gateway_database, f"#{number}.2") == "/deny"


def test_a_reference_to_anothers_message_or_to_none_is_refused(gateway_database: Database) -> None:
    number = reply(gateway_database, FEW)
    for text, sender in (
        (f"#{number}.1", "zalo:2"),
        (f"#{number}.3", CITIZEN),
        (f"#{number}.0", CITIZEN),
        ("#999.1", CITIZEN),
    ):
        with pytest.raises(NoSuchChoiceError):
            choose(gateway_database, text, sender)


@pytest.mark.parametrize("text", ["6", "số 6", "so 6", " 6. ", "Chọn số 6", "muc 6"])
def test_a_typed_number_means_the_choice_where_numbers_were_shown(
    gateway_database: Database, text: str
) -> None:
    reply(gateway_database, MANY)
    assert choose(gateway_database, text) == "/inform_f"


def test_a_number_is_an_answer_of_its_own_where_none_was_shown(gateway_database: Database) -> None:
    reply(gateway_database, FEW)
    assert choose(gateway_database, "2") is None
    reply(gateway_database, MANY)
    assert choose(gateway_database, "8") is None


def test_a_number_shown_earlier_in_the_turn_counts_unless_a_later_list_has_numbers(
    gateway_database: Database,
) -> None:
    reply(gateway_database, MANY, {"text": "Mình tiếp tục nhé. Tên là gì ạ?", "buttons": FEW})
    assert choose(gateway_database, "3") == "/inform_c"
    assert choose(gateway_database, "có") == "/affirm"
    assert choose(gateway_database, "mục d") == "/inform_d"
    reply(gateway_database, MANY, {"text": "Chọn nơi:\n1. Hà Nam\n2. Nam Định"})
    assert choose(gateway_database, "2") is None


@pytest.mark.parametrize("text", ["không", "khong", " KHÔNG "])
def test_a_typed_title_means_the_choice_also_without_accents(
    gateway_database: Database, text: str
) -> None:
    reply(gateway_database, FEW)
    assert choose(gateway_database, text) == "/deny"


def test_choices_of_an_earlier_turn_are_no_longer_meant_by_words(
    gateway_database: Database,
) -> None:
    reply(gateway_database, FEW)
    reply(gateway_database, [])
    assert choose(gateway_database, "không") is None


def test_a_notice_in_between_does_not_hide_the_question_and_its_own_choices_count(
    gateway_database: Database,
) -> None:
    reply(gateway_database, FEW)
    gateway_database.transact(outbox.put, CITIZEN, "zalo", [{"text": "có tin mới"}])
    assert choose(gateway_database, "có") == "/affirm"
    notice = {"text": "tin", "buttons": [{"title": "Xem", "payload": "/check_status"}]}
    gateway_database.transact(outbox.put, CITIZEN, "zalo", [notice])
    assert choose(gateway_database, "xem") == "/check_status"
