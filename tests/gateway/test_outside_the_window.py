"""Notices when the chat may not be written to: template message, e-mail, or the next visit.

Rows "window" of the shared facts for Zalo (48 hours, then a template message) and Messenger (24 hours,
then a utility message).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from common.database import Database, now
from gateway import inbox, outbox
from gateway.keys import METRICS
from gateway.models import Direction, Message, State
from tests.gateway.fakes import Connect, FakeOnestop, until
from tests.gateway.platforms import answered
from tests.platforms import zalo
from tests.platforms.mail import MailServer
from tests.platforms.messenger import MessengerServer
from tests.platforms.zalo import ZaloServer

CODE = "000.00.12.H25-261125-0001"
TEMPLATES = {"decision": {"id": "512345", "parameters": {"ma": "code", "tin": "status_name"}}}
UTILITY = {"decision": {"id": "dossier_update", "parameters": {"1": "code", "2": "status_name"}}}


def notice(**changes: Any) -> dict[str, Any]:
    """A notice as the one-stop service hands it out."""
    return {
        "template": "decision",
        "text": f"Dạ, hồ sơ {CODE} vừa có tin: Đã xử lý xong.",
        "buttons": [{"title": "Xem hồ sơ", "payload": "/check_status"}],
        "about": {"code": CODE, "status_name": "Đã xử lý xong"},
        "contact": {"phone": "0912345678", "email": "an@example.vn"},
        **changes,
    }


@pytest.fixture
async def mail() -> AsyncIterator[MailServer]:
    async with MailServer().running() as server:
        yield server


def with_mail(server: MailServer) -> dict[str, Any]:
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": server.port,
        "smtp_starttls": False,
        "smtp_from": "motcua@example.vn",
    }


def wrote(database: Database, sender: str, hours: float) -> None:
    """The citizen last wrote so long ago, and was answered."""
    body = {"text": "chào", "payload": None, "attachments": []}
    channel = sender.partition(":")[0]
    number, _ = database.transact(inbox.keep, sender, channel, "old", body, 9)
    then = now() - timedelta(hours=hours)
    with database.sessions.begin() as session:
        session.execute(
            update(Message)
            .where(Message.id == number)
            .values(created_at=then, state=State.ANSWERED)
        )


async def settled(database: Database) -> Message:
    """The notice's message when the sender is through with it."""
    found = select(Message).where(
        Message.direction == Direction.OUTGOING,
        Message.state.in_((State.SENT, State.HELD, State.FAILED)),
    )
    return await until(lambda: database.read(lambda session: session.scalars(found).first()))


async def test_within_48_hours_a_notice_goes_into_the_chat_with_its_choices(
    connect_zalo: Connect,
    onestop: FakeOnestop,
    zalo_server: ZaloServer,
    gateway_database: Database,
) -> None:
    wrote(gateway_database, "zalo:111", 47)
    onestop.tell("zalo:111", **notice())
    await connect_zalo(zalo_templates=TEMPLATES)
    await answered(zalo_server, 1)
    (user, message) = zalo_server.sent[0]
    assert (user, message["text"]) == ("111", notice()["text"])
    assert message["attachment"]["payload"]["buttons"][0]["title"] == "Xem hồ sơ"
    assert zalo_server.templates == []


async def test_after_48_hours_it_goes_as_a_template_message(
    connect_zalo: Connect,
    onestop: FakeOnestop,
    zalo_server: ZaloServer,
    gateway_database: Database,
    mail: MailServer,
) -> None:
    zalo_server.approved = {"512345"}
    wrote(gateway_database, "zalo:111", 49)
    onestop.tell("zalo:111", **notice())
    await connect_zalo(zalo_templates=TEMPLATES, **with_mail(mail))
    row = await settled(gateway_database)
    assert (row.state, row.reason) == (State.SENT, "template")
    (sent,) = zalo_server.templates
    assert sent == {
        "user_id": "111",
        "template_id": "512345",
        "template_data": {"ma": CODE, "tin": "Đã xử lý xong"},
    }
    assert (zalo_server.sent, mail.mails) == ([], [])


async def test_a_window_that_the_platform_closes_earlier_counts_too(
    connect_zalo: Connect,
    onestop: FakeOnestop,
    zalo_server: ZaloServer,
    gateway_database: Database,
) -> None:
    zalo_server.approved = {"512345"}
    zalo_server.faults.append(-230)
    wrote(gateway_database, "zalo:111", 1)
    onestop.tell("zalo:111", **notice())
    await connect_zalo(zalo_templates=TEMPLATES)
    assert (await settled(gateway_database)).reason == "template"


@pytest.mark.parametrize("templates", [{}, TEMPLATES])
async def test_without_an_approved_template_it_goes_by_mail_where_the_citizen_gave_one(
    connect_zalo: Connect,
    onestop: FakeOnestop,
    gateway_database: Database,
    mail: MailServer,
    templates: dict[str, Any],
) -> None:
    wrote(gateway_database, "zalo:111", 49)
    onestop.tell("zalo:111", **notice())
    client = await connect_zalo(zalo_templates=templates, **with_mail(mail))
    row = await settled(gateway_database)
    assert (row.state, row.reason) == (State.SENT, "email")
    (kept,) = mail.mails
    assert (kept["To"], kept["Auto-Submitted"]) == ("an@example.vn", "auto-generated")
    assert notice()["text"] in kept.get_content()
    assert client.app is not None
    refused = client.app[METRICS].total("templates_refused", "zalo", "zalo -201")
    assert refused == bool(templates)


async def test_who_has_blocked_the_account_gets_the_notice_by_mail(
    connect_zalo: Connect,
    onestop: FakeOnestop,
    zalo_server: ZaloServer,
    gateway_database: Database,
    mail: MailServer,
) -> None:
    zalo_server.blocked = {"111"}
    wrote(gateway_database, "zalo:111", 1)
    onestop.tell("zalo:111", **notice())
    await connect_zalo(zalo_templates=TEMPLATES, **with_mail(mail))
    assert (await settled(gateway_database)).reason == "email"
    assert zalo_server.templates == []


@pytest.mark.parametrize(
    "changes",
    [
        {"contact": None},
        {"contact": {"phone": "0912345678", "email": ""}},
        {"about": {"code": CODE}, "contact": None},
    ],
)
async def test_else_it_is_kept_for_the_next_visit(
    connect_zalo: Connect,
    onestop: FakeOnestop,
    zalo_server: ZaloServer,
    gateway_database: Database,
    mail: MailServer,
    changes: dict[str, Any],
) -> None:
    wrote(gateway_database, "zalo:111", 49)
    onestop.tell("zalo:111", **notice(**changes))
    client = await connect_zalo(**with_mail(mail))
    row = await settled(gateway_database)
    assert (row.state, row.reason) == (State.HELD, "window")
    assert mail.mails == []
    await zalo.tell(client.post, zalo.text("chào", "new"))
    await answered(zalo_server, 2)
    assert zalo_server.texts("111") == [notice()["text"], "Anh/chị nói: chào"]


async def test_a_mail_server_that_is_down_or_refuses_the_citizen(
    connect_zalo: Connect,
    onestop: FakeOnestop,
    gateway_database: Database,
    mail: MailServer,
) -> None:
    mail.refuses = "550 no such user"
    wrote(gateway_database, "zalo:111", 49)
    onestop.tell("zalo:111", **notice())
    await connect_zalo(**with_mail(mail))
    assert (await settled(gateway_database)).state == State.HELD


async def test_a_mail_server_that_does_not_answer_is_tried_again(
    connect_zalo: Connect, onestop: FakeOnestop, gateway_database: Database, mail: MailServer
) -> None:
    mail.refuses = "451 try later"
    wrote(gateway_database, "zalo:111", 49)
    onestop.tell("zalo:111", **notice())
    settings = {**with_mail(mail), "smtp_port": 1}
    await connect_zalo(**settings)
    waiting = select(Message).where(Message.state == State.UNSENT, Message.attempts > 0)
    row = await until(
        lambda: gateway_database.read(lambda session: session.scalars(waiting).first())
    )
    assert (row.reason or "").startswith("email ")


async def test_an_answer_never_goes_by_template_or_mail(
    connect_zalo: Connect, zalo_server: ZaloServer, gateway_database: Database, mail: MailServer
) -> None:
    zalo_server.approved = {"512345"}
    wrote(gateway_database, "zalo:111", 49)
    gateway_database.transact(outbox.put, "zalo:111", "zalo", [{"text": "trả lời"}])
    await connect_zalo(zalo_templates=TEMPLATES, **with_mail(mail))
    assert (await settled(gateway_database)).state == State.HELD
    assert (zalo_server.templates, mail.mails) == ([], [])


async def test_messenger_after_24_hours_sends_a_utility_message(
    connect_messenger: Connect,
    onestop: FakeOnestop,
    messenger_server: MessengerServer,
    gateway_database: Database,
) -> None:
    wrote(gateway_database, "messenger:777", 25)
    onestop.tell("messenger:777", **notice())
    await connect_messenger(messenger_templates=UTILITY)
    assert (await settled(gateway_database)).reason == "template"
    (template,) = messenger_server.templates
    assert (template["name"], template["language"]) == ("dossier_update", {"code": "vi"})
    assert [one["text"] for one in template["components"][0]["parameters"]] == [
        CODE,
        "Đã xử lý xong",
    ]


async def test_messenger_within_24_hours_a_notice_is_an_update(
    connect_messenger: Connect,
    onestop: FakeOnestop,
    messenger_server: MessengerServer,
    gateway_database: Database,
) -> None:
    wrote(gateway_database, "messenger:777", 23)
    onestop.tell("messenger:777", **notice())
    await connect_messenger()
    await answered(messenger_server, 1)
    assert messenger_server.types == ["UPDATE"]


def test_where_else_a_citizen_is_reached_is_not_readable_and_not_shown(
    gateway_database: Database,
) -> None:
    body = {"text": "tin", "notice": {"contact": {"email": "an@example.vn"}}}
    (row,) = gateway_database.transact(outbox.put, "web:1", "web", [body])
    assert "an@example.vn" not in json.dumps(outbox.present(row))


@pytest.mark.parametrize(
    ("permitted", "hours", "types"),
    [
        (True, 30, ["MESSAGE_TAG"]),
        (True, 5, ["UPDATE"]),
        (True, 200, []),
        (False, 30, []),
    ],
)
async def test_staff_answer_on_messenger_for_seven_days_where_that_is_permitted(
    connect_messenger: Connect,
    messenger_server: MessengerServer,
    gateway_database: Database,
    permitted: bool,
    hours: float,
    types: list[str],
) -> None:
    wrote(gateway_database, "messenger:1234567", hours)
    await connect_messenger(messenger_human_agent=permitted)
    body = {"text": "Dạ em nghe", "author": "Chị Lan, cán bộ Một cửa"}
    (row,) = gateway_database.transact(outbox.put, "messenger:1234567", "messenger", [body])

    async def settled() -> str | None:
        state = gateway_database.query(lambda session: session.get_one(Message, row.id).state)
        return state if state in (State.SENT, State.HELD) else None

    assert await until(settled) == (State.SENT if types else State.HELD)
    assert messenger_server.types == types
