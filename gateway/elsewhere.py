"""Other ways to tell a citizen something when the chat may not be written to: by e-mail; SMS is one more class.

A way is used only where the settings configure it and the citizen gave an address for it in the e-form.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from abc import ABC, abstractmethod
from email.message import EmailMessage
from typing import Any, ClassVar

from common.settings import Settings
from common.tenant import tenant
from gateway.channels.errors import NotSentError, Remedy
from gateway.texts import say

SMTP_SECONDS = 15.0


class Way(ABC):
    """One way. A province's SMS service is one more class here, and a line in `WAYS`."""

    name: ClassVar[str]

    def __init__(self, config: Settings) -> None:
        self._config = config

    @classmethod
    @abstractmethod
    def configured(cls, config: Settings) -> bool:
        """Whether the settings have what it needs."""

    @abstractmethod
    async def tell(self, contact: dict[str, str], text: str) -> bool:
        """Tell a notice.

        Args:
            contact: {"phone", "email"}, empty where the citizen told none.
            text: the notice.

        Returns:
            Whether it was told; not, if the citizen cannot be reached this way.

        Raises:
            NotSentError: if it may succeed later.
        """


class Email(Way):
    """E-mail over SMTP."""

    name = "email"

    @classmethod
    def configured(cls, config: Settings) -> bool:
        """Whether there is a mail server."""
        return bool(config.smtp_host)

    async def tell(self, contact: dict[str, str], text: str) -> bool:
        """Send a mail."""
        address = contact.get("email", "")
        if not address:
            return False
        mail = EmailMessage()
        mail["From"], mail["To"] = self._config.smtp_from, address
        mail["Subject"] = say("email_subject", province=tenant().name)
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes in return
        mail.set_content(f"{text}\n\n-- \n{say('email_end')}\n")
        try:
            await asyncio.to_thread(self._send, mail)
        except smtplib.SMTPRecipientsRefused:
            return False
        except (smtplib.SMTPException, OSError) as error:
            raise NotSentError(Remedy.RETRY, f"email {type(error).__name__}") from error
        return True

    def _send(self, mail: EmailMessage) -> None:
        config = self._config
        with smtplib.SMTP(config.smtp_host, config.smtp_port, timeout=SMTP_SECONDS) as server:
            if config.smtp_starttls:
                server.starttls(context=ssl.create_default_context())
            if config.smtp_username:
                server.login(config.smtp_username, config.smtp_password.get_secret_value())
            server.send_message(mail)


WAYS: tuple[type[Way], ...] = (Email,)


def ways(config: Settings) -> list[Way]:
    """The ways that the settings configure, in the order in which they are tried."""
    return [one(config) for one in WAYS if one.configured(config)]


async def tell(found: list[Way], notice: dict[str, Any], text: str) -> str:
    """Tell a notice by the first way that reaches the citizen; its name, or "".

    Raises:
        NotSentError: if it may succeed later.
    """
    for way in found:
        if await way.tell(notice.get("contact") or {}, text):
            return way.name
    return ""
