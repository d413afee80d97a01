"""Citizens on Zalo and Messenger: they play the same scripts, through the platforms' webhooks.

A choice that the platform does not show as a button is typed by its number, as a citizen would. Cards and
the number of messages are the page's matter: here only what is said and offered counts.
"""

from __future__ import annotations

import re
import sqlite3
import time
import urllib.request
import uuid
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any, ClassVar

from tests.conversations.player import TIMEOUT, Citizen, paper
from tests.conversations.system import System
from tests.platforms import messenger, zalo
from tests.platforms.messenger import MessengerServer
from tests.platforms.zalo import ZaloServer

TURN_SECONDS = 60
UNFINISHED = "('waiting', 'processing', 'unsent', 'sending')"
OF_THE_PAGE = {"card", "replies"}


@dataclass(frozen=True)
class Platforms:
    """The fake platforms that the running system talks to."""

    zalo: ZaloServer = field(default_factory=ZaloServer)
    messenger: MessengerServer = field(default_factory=MessengerServer)

    def environment(self) -> dict[str, str]:
        """The settings of a system that uses them."""
        return {
            "MOTCUA_PLATFORM_FILE_HOSTS": "http://127.0.0.1:*",
            "MOTCUA_ZALO_APP_ID": zalo.APP_ID,
            "MOTCUA_ZALO_APP_SECRET": zalo.APP_SECRET,
            "MOTCUA_ZALO_OA_SECRET": zalo.OA_SECRET,
            "MOTCUA_ZALO_REFRESH_TOKEN": "seed",
            "MOTCUA_ZALO_API_URL": self.zalo.base,
            "MOTCUA_ZALO_OAUTH_URL": self.zalo.base,
            "MOTCUA_MESSENGER_PAGE_ID": messenger.PAGE_ID,
            "MOTCUA_MESSENGER_APP_SECRET": messenger.APP_SECRET,
            "MOTCUA_MESSENGER_PAGE_TOKEN": messenger.PAGE_TOKEN,
            "MOTCUA_MESSENGER_VERIFY_TOKEN": messenger.VERIFY_TOKEN,
            "MOTCUA_MESSENGER_API_URL": f"{self.messenger.base}/v25.0",
        }


class Phone(Citizen):
    """A citizen on a platform.

    Args:
        system: the running system.
        platforms: what it talks to.
    """

    channel: ClassVar[str]

    def __init__(self, system: System, platforms: Platforms) -> None:
        self.user = str(uuid.uuid4().int % 10**15)
        self.platforms = platforms
        self.messages: list[dict[str, Any]] = []
        super().__init__(system)

    def __post_init__(self) -> None:
        """No session: the platform says who speaks."""

    @abstractmethod
    def tell(self, text: str) -> tuple[bytes, dict[str, str]]:
        """The webhook of a typed text."""

    @abstractmethod
    def choose(self, reference: str) -> tuple[bytes, dict[str, str]]:
        """The webhook of a pressed choice."""

    @abstractmethod
    def show(self, name: str, url: str) -> tuple[bytes, dict[str, str]]:
        """The webhook of a file."""

    @property
    @abstractmethod
    def server(self) -> ZaloServer | MessengerServer:
        """The platform."""

    @abstractmethod
    def choices(self, message: dict[str, Any]) -> dict[str, str]:
        """The titles and references of the choices that a message shows."""

    def say(self, text: str) -> None:
        """Type something."""
        self._turn(*self.tell(text))

    def press(self, title: str) -> None:
        """Press a choice of the last replies, or type its number where it is not shown."""
        shown = {
            bare: reference
            for one in self.messages
            for bare, reference in self.choices(one).items()
        }
        if title in shown:
            self._turn(*self.choose(shown[title]))
            return
        number = re.search(rf"^(\d+)\. {re.escape(title)}$", self.text(), re.MULTILINE)
        assert number, f"no choice {title!r} among {list(shown)} and in:\n{self.text()}"
        self.say(number[1])

    def upload(self, name: str) -> None:
        """Send a file."""
        self.server.files[name] = paper(name)
        self._turn(*self.show(name, f"{self.server.base}/files/{name}"))

    def _turn(self, raw: bytes, headers: dict[str, str]) -> None:
        before = len(self.server.sent)
        request = urllib.request.Request(
            f"{self.system.url}/webhooks/{self.channel}", raw, headers, method="POST"
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            assert answer.status == 200
        self._wait()
        self.messages = [one for user, one in self.server.sent[before:] if user == self.user]
        self.replies = [{"text": self.words(one)} for one in self.messages]

    def words(self, message: dict[str, Any]) -> str:
        """What a message says."""
        return messenger.text_of(message)

    def _wait(self) -> None:
        """Until everything that this citizen was to be told has been sent."""
        open_ones = f"SELECT count(*) FROM messages WHERE sender = ? AND state IN {UNFINISHED}"
        deadline = time.monotonic() + TURN_SECONDS
        path = self.system.environment["MOTCUA_GATEWAY_DATABASE_URL"].removeprefix("sqlite:///")
        while time.monotonic() < deadline:
            time.sleep(0.05)
            connection = sqlite3.connect(path, timeout=TIMEOUT)
            try:
                (left,) = connection.execute(open_ones, (f"{self.channel}:{self.user}",)).fetchone()
            finally:
                connection.close()
            if left == 0:
                return
        raise AssertionError("no answer in time")

    def offered(self) -> list[dict[str, str]]:
        """The choices of the last replies, shown or listed with numbers."""
        shown = [
            {"title": title, "payload": reference}
            for one in self.messages
            for title, reference in self.choices(one).items()
        ]
        listed = re.findall(r"^(\d+)\. (.+)$", self.text(), re.MULTILINE)
        return shown + [{"title": title, "payload": number} for number, title in listed]

    def _check(self, step: dict[str, Any], where: str) -> None:
        super()._check({part: one for part, one in step.items() if part not in OF_THE_PAGE}, where)


class ZaloPhone(Phone):
    """A citizen on Zalo."""

    channel = "zalo"

    @property
    def server(self) -> ZaloServer:
        """The platform."""
        return self.platforms.zalo

    def tell(self, text: str) -> tuple[bytes, dict[str, str]]:
        """The webhook of a typed text."""
        return zalo.signed(zalo.text(text, uuid.uuid4().hex, self.user))

    def choose(self, reference: str) -> tuple[bytes, dict[str, str]]:
        """A pressed button comes as its payload, typed."""
        return self.tell(reference)

    def show(self, name: str, url: str) -> tuple[bytes, dict[str, str]]:
        """The webhook of a file."""
        photo = name.endswith(".jpg")
        attachment = {
            "type": "image" if photo else "file",
            "payload": {"url": url, **({} if photo else {"name": name})},
        }
        message = {"msg_id": uuid.uuid4().hex, "attachments": [attachment]}
        kind = "user_send_image" if photo else "user_send_file"
        return zalo.signed(zalo.event(kind, self.user, message=message))

    def choices(self, message: dict[str, Any]) -> dict[str, str]:
        """The buttons."""
        buttons = message.get("attachment", {}).get("payload", {}).get("buttons", [])
        return {
            re.sub(r"^\d+\. ", "", one["title"]): one["payload"]
            for one in buttons
            if one["type"] == "oa.query.hide"
        }


class MessengerPhone(Phone):
    """A citizen on Messenger."""

    channel = "messenger"

    @property
    def server(self) -> MessengerServer:
        """The platform."""
        return self.platforms.messenger

    def _message(self, **what: Any) -> tuple[bytes, dict[str, str]]:
        message = {"mid": f"m_{uuid.uuid4().hex}", **what}
        return messenger.signed([messenger.messaging(self.user, message=message)])

    def tell(self, text: str) -> tuple[bytes, dict[str, str]]:
        """The webhook of a typed text."""
        return self._message(text=text)

    def choose(self, reference: str) -> tuple[bytes, dict[str, str]]:
        """The webhook of a pressed quick reply."""
        return self._message(text="…", quick_reply={"payload": reference})

    def show(self, name: str, url: str) -> tuple[bytes, dict[str, str]]:
        """The webhook of a file."""
        kind = "image" if name.endswith(".jpg") else "file"
        return self._message(attachments=[{"type": kind, "payload": {"url": url}}])

    def choices(self, message: dict[str, Any]) -> dict[str, str]:
        """The quick replies."""
        return {
            re.sub(r"^\d+\. ", "", one["title"]): one["payload"]
            for one in message.get("quick_replies", [])
        }


PHONES: tuple[type[Phone], ...] = (ZaloPhone, MessengerPhone)
