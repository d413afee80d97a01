"""Plays a scripted conversation over HTTP, as a citizen's page would.

A script is a list of steps. A step does one thing and says what must come back:

    - say: text that the citizen types          press: title of a button shown last
      upload: name of a file (.jpg, .pdf, .txt), or {name, code}: a photo of a card with that QR code
      advance: {code, status, note, fields, papers} (officer)
      expect: [parts of the replies' text]       reject: [parts that must not be there]
      buttons: [titles that must be offered]     card: type of a card that must be there
      replies: how many messages there must be   offered: whether there must be buttons at all
      remember: {name: regular expression with one group, found in the replies}
      refused: parts of the officer's error (with `advance`, which must fail then)
      feedback: words of the command `python -m onestop feedback` (staff)
      shot: name of the picture that is taken here (scripts/screenshots.py); view: "end" of the answer

`{name}` in any text stands for what was remembered. `expect` is compared without regard to case; the
number before a choice ("2. Đổi giấy phép lái xe") is no part of a button's title. A step may be a list
of steps, so that a YAML alias can repeat them; titles that begin with "." hold such lists.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from PIL import Image, ImageDraw

from tests.conversations.system import System
from tests.papers import card, encoded, pdf

TIMEOUT = 40
KNOWN = {
    *("say", "press", "upload", "advance", "expect", "reject", "buttons", "card"),
    *("replies", "offered", "remember", "refused", "feedback", "shot", "view"),
}


@dataclass(frozen=True)
class Script:
    """A conversation: its name (file and title) and its steps."""

    name: str
    steps: list[dict[str, Any]]


def load_scripts(directory: Path) -> list[Script]:
    """All scripts of a directory's YAML files, each file a mapping of title to steps."""
    scripts = []
    for path in sorted(directory.glob("*.yml")):
        for title, listed in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if title.startswith("."):
                continue
            steps = list(flatten(listed))
            for step in steps:
                assert set(step) <= KNOWN, f"{path.name}: {title}: {set(step) - KNOWN}"
            scripts.append(Script(f"{path.stem}: {title}", steps))
    return scripts


def flatten(steps: list[Any]) -> Iterator[dict[str, Any]]:
    """The steps in order, lists of steps dissolved."""
    for step in steps:
        if isinstance(step, list):
            yield from flatten(step)
        else:
            yield step


def bare(title: str) -> str:
    """A button's title without the number before a choice."""
    return re.sub(r"^\d+\. ", "", title)


def photo() -> bytes:
    """A readable picture of a paper, made on the spot."""
    image = Image.new("RGB", (1000, 700), "white")
    ImageDraw.Draw(image).text((100, 100), "GIAY TO THU NGHIEM", fill="black")
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def paper(name: str) -> bytes:
    """What a file of this name holds."""
    contents = {"pdf": pdf(), "txt": b"not a paper"}
    return contents.get(name.rpartition(".")[2]) or photo()


def plain(title: str) -> str:
    """A button's title without the number before it."""
    return re.sub(r"^\d+\. ", "", title)


@dataclass
class Citizen:
    """One citizen's conversation with the running system."""

    system: System
    token: str = ""
    replies: list[dict[str, Any]] = field(default_factory=list)
    remembered: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.token = self._post("/api/chat/sessions", {})["token"]

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        return self._send(path, json.dumps(body).encode(), "application/json")

    def _send(self, path: str, content: bytes, content_type: str) -> Any:
        request = urllib.request.Request(self.system.url + path, content, method="POST")
        request.add_header("Content-Type", content_type)
        if self.token:
            request.add_header("Authorization", f"Bearer {self.token}")
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return json.load(answer)

    def say(self, text: str) -> None:
        """Type something."""
        self.replies = self._post("/api/chat/messages", {"text": text})["replies"]

    def press(self, title: str) -> None:
        """Press a button of the last replies, by its title."""
        offered = {plain(one["title"]): one["payload"] for one in self.offered()}
        assert title in offered, f"no button {title!r} among {list(offered)}"
        body = {"text": title, "payload": offered[title]}
        self.replies = self._post("/api/chat/messages", body)["replies"]

    def upload(self, name: str, code: str | None = None) -> None:
        """Send a file; with `code` a photo of a citizen card whose QR code holds that text."""
        content = paper(name) if code is None else encoded(card(code, turned=8))
        boundary = uuid.uuid4().hex
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        try:
            self.replies = self._send("/api/chat/uploads", body, kind)["replies"]
        except urllib.error.HTTPError as error:
            # A refused file is told by the page itself, in the words of the problem.
            self.replies = [{"text": json.load(error)["detail"]}]

    def offered(self) -> list[dict[str, str]]:
        """The buttons of the last replies."""
        return [one for reply in self.replies for one in reply.get("buttons") or []]

    def text(self) -> str:
        """The last replies' text."""
        return "\n".join(reply["text"] for reply in self.replies if reply.get("text"))

    def cards(self) -> list[dict[str, Any]]:
        """The last replies' cards."""
        return [reply["custom"] for reply in self.replies if reply.get("custom")]

    def _fill(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda name: self.remembered.get(name[1], name[0]), text)

    def play(self, script: Script) -> None:
        """Play a script to its end; fails at the first step that did not go as written."""
        for number, step in enumerate(script.steps, start=1):
            self._act(step)
            where = f"{script.name}, step {number} ({step.get('say') or step.get('press')!r})"
            self._check(step, where)

    def _act(self, step: dict[str, Any]) -> None:
        if "say" in step:
            self.say(self._fill(str(step["say"])))
        elif "press" in step:
            self.press(self._fill(step["press"]))
        elif "upload" in step:
            sent = step["upload"]
            self.upload(**(sent if isinstance(sent, dict) else {"name": sent}))
        elif "advance" in step:
            wanted = step["advance"]
            note = ["--note", wanted["note"]] if "note" in wanted else []
            for option in ("fields", "papers"):
                note += [f"--{option}", *wanted[option]] if option in wanted else []
            command = ["dossier", "advance", self._fill(wanted["code"]), str(wanted["status"])]
            if "refused" in step:
                said = self.system.refusal(*command, *note)
                for part in step["refused"]:
                    assert self._fill(part) in said, f"missing {part!r}: {said}"
            else:
                self.system.command(*command, *note)
        elif "feedback" in step:
            self.system.command("feedback", *map(self._fill, step["feedback"]))

    def _check(self, step: dict[str, Any], where: str) -> None:
        text = self.text()
        said = f"{where} got:\n{text}\nbuttons: {[one['title'] for one in self.offered()]}"
        for part in step.get("expect", []):
            assert self._fill(part).casefold() in text.casefold(), f"missing {part!r}: {said}"
        for part in step.get("reject", []):
            assert self._fill(part).casefold() not in text.casefold(), f"unwanted {part!r}: {said}"
        for title in step.get("buttons", []):
            offered = [plain(one["title"]) for one in self.offered()]
            assert self._fill(title) in offered, f"no {title!r}: {said}"
        if "replies" in step:
            assert len(self.replies) == step["replies"], said
        if "offered" in step:
            assert bool(self.offered()) == step["offered"], said
        if "card" in step:
            assert step["card"] in [card["type"] for card in self.cards()], said
        for name, pattern in step.get("remember", {}).items():
            found = re.search(pattern, text)
            assert found, f"nothing to remember as {name}: {said}"
            self.remembered[name] = found[1]
