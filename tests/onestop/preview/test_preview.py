"""Who writes an e-form sees it asked as the chat will, each fault at its line, and anew with each save."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer

from common.settings import ROOT
from onestop.eforms.definition import EForm, FieldType, load_eforms
from onestop.preview.server import create_app
from onestop.preview.walk import Try, walk
from tests.conversations.system import free_ports

TODAY = datetime.now(UTC).date()
FORMS = load_eforms(ROOT / "data" / "eforms")
Client = TestClient[aiohttp.web.Request, aiohttp.web.Application]
MARITAL = "marital-status"


def texts(*said: str) -> list[Try]:
    return [Try(text=one) for one in said]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_form_can_be_walked_to_its_end(form: EForm) -> None:
    tries: list[Try] = []
    for _ in range(100):
        found = walk(form, tries, TODAY)
        if found.field is None:
            break
        if "file" in found.buttons:
            tries.append(Try(kind="file"))
        else:
            tries.append(Try(text=form.field(found.field).example))
    assert found.field is None
    assert found.consent == form.consent_text
    # What the birth date tells is not asked.
    told = [one for one in form.fields if one.validation.under_age is not None]
    assert len(found.summary) == len(tries) + len(told)
    assert not [one for one in found.said if one.kind == "refusal"]


def test_a_wrong_answer_is_refused_in_the_words_of_the_chat_and_then_in_others() -> None:
    form = FORMS[MARITAL]
    first = form.fields[0]
    found = walk(form, texts("xyz", "xyz"), TODAY)
    refusals = [one.text for one in found.said if one.kind == "refusal"]
    assert len(set(refusals)) == 2
    assert found.field == first.id


def test_why_explains_and_asks_on() -> None:
    form = FORMS[MARITAL]
    found = walk(form, [Try(kind="why")], TODAY)
    assert found.said[-1].text == form.fields[0].explanation
    assert found.field == form.fields[0].id


def test_what_may_be_left_out_can_be_and_what_may_not_is_refused() -> None:
    form = FORMS[MARITAL]
    assert "skip" not in walk(form, [], TODAY).buttons
    assert walk(form, [Try(kind="skip")], TODAY).said[-1].kind == "refusal"
    optional = form.model_copy(
        update={"fields": [form.fields[0].model_copy(update={"required": False})]}
    )
    assert "skip" in walk(optional, [], TODAY).buttons
    assert walk(optional, [Try(kind="skip")], TODAY).field is None


def test_the_papers_of_any_procedure_are_shown_with_their_blanks() -> None:
    form = FORMS["general"]
    tries: list[Try] = []
    while (found := walk(form, tries, TODAY)).field is not None:
        known = {one.id: one.example for one in form.fields}
        paper = found.field not in known
        tries.append(Try(kind="later") if paper else Try(text=known[found.field]))
    asked = [one.text for one in found.said if one.kind == "question"]
    assert sum("{name}" in one for one in asked) == 2


def test_the_buttons_of_a_paper_are_those_that_the_chat_has() -> None:
    form = FORMS["birth-registration"]
    paper = next(one for one in form.fields if one.type is FieldType.PAPER)
    alone = form.model_copy(update={"fields": [paper.model_copy(update={"when": None})]})
    found = walk(alone, [], TODAY)
    assert "file" in found.buttons
    assert ("later" in found.buttons) == paper.later_allowed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / f"{MARITAL}.yml"
    path.write_text((ROOT / "data" / "eforms" / path.name).read_text())
    return path


def change(path: Path, pattern: str, new: str | None) -> int:
    """Save the file with the first match replaced, or remove it; how many matches there were."""
    if new is None:
        path.unlink()
        return 0
    text, count = re.subn(pattern, new, path.read_text(), count=1)
    path.write_text(text)
    return count


@pytest.fixture
async def client(file: Path) -> AsyncIterator[Client]:
    async with TestClient(TestServer(create_app(file))) as started:
        yield started


async def state(client: Client, *tries: dict[str, str]) -> dict[str, Any]:
    async with client.post("/state", json=list(tries)) as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


async def test_a_good_file_has_no_fault_and_is_asked(client: Client) -> None:
    found = await state(client, {"kind": "text", "text": "cho tôi"})
    assert found["faults"] == []
    assert found["outline"]
    kinds = [one["kind"] for one in found["walk"]["said"]]
    assert kinds == ["question", "try", "taken", "question"]


@pytest.mark.parametrize(
    ("pattern", "new", "line", "told"),
    [
        (r"    type: choice", "    type: chioce", "    type: chioce", "type"),
        (r"version: ", "verzion: ", "verzion: ", "verzion"),
        (r"    example: .*Mai", "    example: '1'", "  - id: ", "its own example"),
    ],
)
async def test_each_fault_stands_at_its_line(
    client: Client, file: Path, pattern: str, new: str, line: str, told: str
) -> None:
    changed = change(file, pattern, new)
    assert changed == 1
    found = await state(client)
    fault = next(one for one in found["faults"] if told in one["text"])
    assert fault["line"] > 0
    assert found["source"][fault["line"] - 1].startswith(line)


async def test_a_file_that_is_no_yaml_or_gone_is_said_to_be_so(client: Client, file: Path) -> None:
    change(file, r"(?s).*", "id: [")
    found = await state(client)
    assert found["walk"] is None
    assert "not YAML" in found["faults"][0]["text"]
    change(file, "", None)
    found = await state(client)
    assert (found["digest"], found["source"]) == ("missing", [])
    assert found["faults"]


async def test_a_save_is_told_at_once_and_the_tries_are_played_on_the_new_file(
    client: Client, file: Path
) -> None:
    before = await state(client)
    waiting = asyncio.create_task(client.get("/changes", params={"seen": before["digest"]}))
    await asyncio.sleep(0.4)
    assert not waiting.done()
    question = before["walk"]["said"][0]["text"]
    change(file, re.escape(question), "Câu hỏi mới?")
    async with asyncio.timeout(60):
        answer = await waiting
    assert (await answer.json())["digest"] != before["digest"]
    assert (await state(client))["walk"]["said"][0]["text"] == "Câu hỏi mới?"


async def test_the_page_and_its_parts_are_there_and_load_nothing_from_elsewhere(
    client: Client,
) -> None:
    for path, kind in (("/", "text/html"), ("/page.js", "javascript"), ("/page.css", "text/css")):
        async with client.get(path) as answer:
            assert answer.status == 200
            assert kind in answer.content_type
            assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    async with client.get("/server.py") as answer:
        assert answer.status == 404


async def test_no_other_name_is_answered(client: Client) -> None:
    for name in ("evil.example", "127.0.0.1.evil.example:80"):
        async with client.get("/", headers={"Host": name}) as answer:
            assert answer.status == 421


async def test_nonsense_is_refused(client: Client) -> None:
    for body in (b"", b"{}", b'[{"kind": "shell"}]'):
        async with client.post("/state", data=body) as answer:
            assert answer.status == 422


def test_the_command_serves_until_it_is_interrupted(file: Path) -> None:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "onestop", "eform", "preview", str(file), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[0]
        for _ in range(100):
            try:
                with urllib.request.urlopen(address, timeout=20) as answer:
                    assert "Xem trước" in answer.read().decode()
                break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("the page did not come up")
    finally:
        process.terminate()
        process.wait(60)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "onestop", "eform", "preview", str(tmp_path / "no.yml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "there is no such file" in done.stderr
