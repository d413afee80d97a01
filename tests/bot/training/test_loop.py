"""The whole way of a correction: misunderstood, corrected, approved, learnt, gated, put to use, and back.

A Rasa server of a small project runs; the one-stop service's own routes and tables hand over the corrections.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.training import models
from bot.training.__main__ import Stopped, back, main, propose
from bot.training.project import Project
from common.database import Database
from common.settings import ROOT, Settings
from common.supervise import process_environment
from onestop.http.keys import DATABASE
from onestop.http.transcripts import routes
from onestop.staff.scope import Scope
from onestop.transcripts import suggestions
from onestop.transcripts.models import Suggestion, Turn
from onestop.transcripts.schemas import SuggestionNew
from tests.conversations.system import free_ports
from tests.databases import migrated
from tests.onestop.transcripts.conftest import Citizen, take
from tests.platforms import background

SLANG = "quất luôn cho nóng"
HARMFUL = [
    "nộp đi",
    "gửi đi",
    "nộp luôn",
    "gửi luôn đi",
    "nộp hồ sơ đi",
    "gửi hồ sơ đi",
    "nộp giúp tôi đi",
]
START_SECONDS = 120


class Bot:
    """The small project's Rasa server, and the one-stop service beside it."""

    def __init__(self, project: Project, config: Settings, database: Database) -> None:
        self.project, self.config, self.database = project, config, database

    async def understood(self, text: str) -> str:
        """The intent that the bot answers with."""
        headers = {"Authorization": f"Bearer {self.config.internal_token.get_secret_value()}"}
        body = {"sender": f"web:{time.monotonic()}", "text": text, "channel": "web"}
        url = f"{self.config.rasa}/webhooks/gateway/webhook"
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.post(url, json=body) as answer,
        ):
            return str((await answer.json())[0]["text"])

    def corrected(self, text: str, intent: str) -> None:
        """A reviewer corrects what a citizen was misunderstood in; another approves."""
        self.suggested(text, SuggestionNew(kind="intent", value=intent))

    def suggested(self, text: str, new: SuggestionNew, understood: str = "nlu_fallback") -> None:
        """A citizen says something; a reviewer corrects it so, another approves."""
        citizen = Citizen(sender=f"web:{text}")
        citizen.asks(text, intent=understood, confidence=0.3)
        take(self.database, citizen)
        turn = self.database.query(
            lambda session: session.query(Turn).order_by(Turn.id.desc()).first()
        )
        assert turn is not None
        made = self.database.transact(suggestions.propose, Scope(), "lan", turn.id, new)
        self.database.transact(suggestions.approve, Scope(), "mai", made.id)


@pytest.fixture(scope="module")
def bot(small: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    directory, app = tmp_path_factory.mktemp("loop"), web.Application()
    app.add_routes(routes)
    (port,) = free_ports(1)
    with (
        migrated("onestop", "sqlite", directory) as url,
        migrated("bot", "sqlite", directory) as tracker,
        closing(Database(url)) as database,
        (small.root / "rasa.log").open("wb") as log,
    ):
        app[DATABASE] = database
        with background.running(app) as onestop:
            config = Settings(onestop_url=onestop, rasa_url=f"http://127.0.0.1:{port}")
            models.train(small, config)
            models.promote(small)
            address = ("--interface", "127.0.0.1", "--port", str(port))
            rasa = subprocess.Popen(
                [
                    *(sys.executable, "-m", "rasa", "run", *address),
                    *("--model", "models/current.tar.gz", "--credentials", "credentials.yml"),
                    *("--endpoints", "endpoints.yml"),
                ],
                cwd=small.root,
                env={
                    **process_environment(config),
                    "PYTHONPATH": str(ROOT),
                    "MOTCUA_TRACKER_DATABASE_URL": tracker,
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                ready = f"{config.rasa}/webhooks/gateway/"
                wait_until_ready(ready, rasa, small.root / "rasa.log")
                yield Bot(small, config, database)
            finally:
                rasa.terminate()
                rasa.wait(30)


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import urllib.error
    import urllib.request

    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
    pytest.fail(log.read_text(encoding="utf-8", errors="replace")[-2000:])


@pytest.mark.timeout(600)
async def test_a_correction_is_learnt_put_to_use_without_a_restart_and_taken_back(bot: Bot) -> None:
    assert await bot.understood(SLANG) != "submit_dossier"
    bot.corrected(SLANG, "submit_dossier")
    said = await in_thread(propose, bot)
    assert "learnt 1 examples" in said[0]
    assert "running server" in said[1]
    assert await bot.understood(SLANG) == "submit_dossier"
    with pytest.raises(Stopped, match="no approved correction is new"):
        await in_thread(propose, bot)
    await in_thread(back, bot)
    assert await bot.understood(SLANG) != "submit_dossier"
    assert not bot.project.learnt[0].exists()
    with pytest.raises(Stopped):
        await in_thread(back, bot)


@pytest.mark.timeout(600)
async def test_corrections_that_harm_a_critical_intent_are_stopped_by_the_gate(bot: Bot) -> None:
    bot.database.transact(lambda session: session.query(Suggestion).delete())
    for number, text in enumerate(HARMFUL):
        for way in ("ạ {}", "{} em ơi", "thôi {}", "{} cho tôi"):
            bot.corrected(way.format(text) + f" {number}", "cancel_dossier")
    model = (bot.project.models / "current.tar.gz").read_bytes()
    with pytest.raises(Stopped, match="submit_dossier: F1"):
        await in_thread(propose, bot)
    assert not bot.project.learnt[0].exists()
    assert (bot.project.models / "current.tar.gz").read_bytes() == model


@pytest.mark.timeout(600)
async def test_what_words_mean_is_learnt_with_its_value_and_taken_back(bot: Bot) -> None:
    from benchmarks.nlu import Pipeline

    bot.database.transact(lambda session: session.query(Suggestion).delete())
    for text in ("lệ phí bằng bê hai", "phí đổi bằng bê hai", "đổi bằng bê hai hết bao nhiêu"):
        new = SuggestionNew(kind="entity", value="licence_class", written="bê hai", meant="B2")
        bot.suggested(text, new, "ask_fee")
    said = await in_thread(propose, bot)
    assert "learnt 3 examples" in said[0]

    def classes(text: str) -> list[str]:
        # In a thread: the pipeline runs an event loop of its own.
        parsed = Pipeline(bot.project.models / "current.tar.gz").parse(text)
        return [one["value"] for one in parsed["entities"] if one["entity"] == "licence_class"]

    assert await asyncio.to_thread(classes, "cho hỏi lệ phí đổi bằng bê hai") == ["B2"]
    assert await asyncio.to_thread(classes, "xin chào") == []
    with pytest.raises(Stopped, match="no approved correction is new"):
        await in_thread(propose, bot)
    await in_thread(back, bot)
    # What the rules made of it.
    assert await asyncio.to_thread(classes, "cho hỏi lệ phí đổi bằng bê hai") == ["BE"]


async def test_a_model_that_does_not_load_leaves_the_old_one_in_use(bot: Bot) -> None:
    (bot.project.models / "candidate.tar.gz").write_bytes(b"no archive")
    try:
        with pytest.raises(models.RefusedError):
            await models.load("candidate", bot.config)
    finally:
        os.unlink(bot.project.models / "candidate.tar.gz")
    assert await bot.understood("xin chào") == "greet"


def test_a_service_that_is_away_changes_nothing(
    small: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MOTCUA_ONESTOP_URL", "http://127.0.0.1:1")
    assert main(["--project", str(small.root), "propose"]) == 1
    assert capsys.readouterr().err.startswith("nothing was changed: the one-stop service")


async def in_thread(step: object, bot: Bot) -> list[str]:
    return await asyncio.to_thread(step, bot.project, bot.config)  # type: ignore[arg-type]
