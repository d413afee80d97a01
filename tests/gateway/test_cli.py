"""The operators' commands: what was given up is seen and tried again; the platforms are set up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import update

from common.database import Database
from common.settings import settings
from gateway import inbox, outbox
from gateway.channels.zalo import tokens
from gateway.cli import main
from gateway.models import Message, State
from tests.platforms import messenger, zalo
from tests.platforms.messenger import MessengerServer

Configure = Callable[..., None]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch, gateway_url: str) -> Iterator[Configure]:
    """Sets variables of the environment for the commands."""

    def configure(**values: str) -> None:
        for name, value in {"gateway_database_url": gateway_url, **values}.items():
            monkeypatch.setenv(f"MOTCUA_{name.upper()}", value)
        settings.cache_clear()

    configure()
    yield configure
    settings.cache_clear()


def change(database: Database, number: int, **values: Any) -> None:
    with database.sessions.begin() as session:
        session.execute(update(Message).where(Message.id == number).values(**values))


def put(database: Database, state: State, reason: str) -> int:
    (row,) = database.transact(outbox.put, "zalo:424242", "zalo", [{"text": "Bí Mật"}])
    change(database, row.id, state=state, reason=reason, attempts=3)
    return row.id


def test_what_was_given_up_is_listed_without_who_and_what(
    configure: Configure, gateway_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"text": "Bí Mật", "payload": None, "attachments": []}
    incoming, _ = gateway_database.transact(inbox.keep, "web:1", "web", "k", body, 9)
    change(gateway_database, incoming, state=State.FAILED)
    outgoing = put(gateway_database, State.FAILED, "zalo -217")
    held = put(gateway_database, State.HELD, "window")
    assert main(["failed"]) == 0
    printed = capsys.readouterr().out
    assert f"{incoming}  web  not answered" in printed
    assert f"{outgoing}  zalo  not sent  3 tries" in printed
    assert "zalo -217" in printed
    assert "held" not in printed
    main(["failed", "--held"])
    printed += capsys.readouterr().out
    assert f"{held}  zalo  held for the next visit" in printed
    assert "Bí Mật" not in printed
    assert "424242" not in printed


def test_what_was_given_up_is_tried_again(
    configure: Configure, gateway_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    number = put(gateway_database, State.FAILED, "zalo -1")
    assert main(["retry", str(number)]) == 0
    with gateway_database.sessions() as session:
        row = session.get_one(Message, number)
    assert (row.state, row.attempts, row.reason) == (State.UNSENT, 0, None)
    assert main(["retry", str(number), "999"]) == 1
    assert f"under {number}, 999" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["retry", "9" * 30])
    assert "NUMBER: invalid" in capsys.readouterr().err
    assert main(["failed"]) == 0
    assert "nothing was given up" in capsys.readouterr().out


async def test_persistent_menu_and_get_started_are_set_within_their_limits(
    configure: Configure,
    messenger_server: MessengerServer,
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure(
        messenger_page_id=messenger.PAGE_ID,
        messenger_app_secret=messenger.APP_SECRET,
        messenger_page_token=messenger.PAGE_TOKEN,
        messenger_verify_token=messenger.VERIFY_TOKEN,
        messenger_api_url=f"{messenger_server.base}/v25.0",
    )
    assert await asyncio.to_thread(main, ["messenger", "setup"]) == 0
    assert messenger_server.profile["get_started"] == {"payload": "/greet"}
    (menu,) = messenger_server.profile["persistent_menu"]
    assert [one["payload"] for one in menu["call_to_actions"]][:2] == [
        "/ask_procedure",
        "/start_dossier",
    ]
    assert "messaging_postbacks" in messenger_server.subscribed
    configure(messenger_page_token="wrong")
    assert await asyncio.to_thread(main, ["messenger", "setup"]) == 1
    assert "messenger 190" in capsys.readouterr().err


def test_a_platform_that_is_not_configured_is_said_in_one_line(
    configure: Configure, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["messenger", "setup"], ["zalo", "status"]):
        assert main(command) == 1
        assert capsys.readouterr().err.count("\n") == 1


def test_the_state_of_zalos_tokens_says_what_is_to_be_done(
    configure: Configure, gateway_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(
        zalo_app_id=zalo.APP_ID,
        zalo_app_secret=zalo.APP_SECRET,
        zalo_oa_secret=zalo.OA_SECRET,
        zalo_refresh_token="seed",
    )
    assert main(["zalo", "status"]) == 1
    assert "no access token yet" in capsys.readouterr().out
    pair = tokens.TokenPair("access", "refresh", 90_000)
    gateway_database.transact(tokens.store, "seed", pair)
    assert main(["zalo", "status"]) == 0
    gateway_database.transact(tokens.claim, "w", "seed", "access")
    gateway_database.transact(tokens.refused, "w")
    assert main(["zalo", "status"]) == 1
    assert "MOTCUA_ZALO_REFRESH_TOKEN" in capsys.readouterr().out
