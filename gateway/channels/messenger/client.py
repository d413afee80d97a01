"""The client of the Messenger Platform: sends one message, sets the page's menu."""

from __future__ import annotations

from typing import Any

import aiohttp

from gateway.channels.errors import NotSentError, Remedy, of_status
from gateway.channels.limits import Limits
from gateway.channels.manner import Manner
from gateway.rendering import Part

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=3)
FIELDS = "messages,messaging_postbacks,messaging_referrals"
"""What the page's webhook must be subscribed to."""

MANNERS = {
    Manner.ANSWER: {"messaging_type": "RESPONSE"},
    Manner.NOTICE: {"messaging_type": "UPDATE"},
    Manner.PERSON: {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"},
}


class MessengerClient:
    """Talks to the Graph API.

    Args:
        http: the session to use.
        api_url: its address with the version.
        page_id: the page's.
        token: the page's access token, sent as a header so that no log of addresses holds it.
        limits: with the meaning of the error codes.
    """

    def __init__(
        self, http: aiohttp.ClientSession, api_url: str, page_id: str, token: str, limits: Limits
    ) -> None:
        self._http, self._api, self._page = http, api_url, page_id
        self._headers = {"Authorization": f"Bearer {token}"}
        self._limits = limits

    async def send(self, user: str, part: Part, manner: Manner) -> None:
        """Send one part of a message.

        Raises:
            NotSentError: if Messenger did not take it.
        """
        body = {
            "recipient": {"id": user},
            **MANNERS[manner],
            "message": message(part),
        }
        await self.call(f"{self._page}/messages", body)

    async def send_template(self, user: str, template: str, parameters: dict[str, str]) -> None:
        """Send a utility message from a template of the page, in Vietnamese.

        Raises:
            NotSentError: if Messenger did not take it.
        """
        values = [{"type": "text", "text": one} for one in parameters.values()]
        body = {
            "recipient": {"id": user},
            "messaging_type": "UTILITY",
            "message": {
                "template": {
                    "name": template,
                    "language": {"code": "vi"},
                    "components": [{"type": "body", "parameters": values}],
                }
            },
        }
        await self.call(f"{self._page}/messages", body)

    async def set_profile(self, profile: dict[str, Any]) -> None:
        """Set the page's greeting, get-started button and menu, and subscribe its webhook.

        Raises:
            NotSentError: if it is refused.
        """
        await self.call("me/messenger_profile", profile)
        await self.call(f"{self._page}/subscribed_apps", {"subscribed_fields": FIELDS})

    async def call(self, path: str, body: dict[str, Any]) -> None:
        """Post to the interface.

        Raises:
            NotSentError: if the answer is an error, or none came.
        """
        try:
            async with self._http.post(
                f"{self._api}/{path}", json=body, headers=self._headers, timeout=TIMEOUT
            ) as response:
                if response.status == 429:  # with or without a code of its own
                    raise NotSentError(
                        of_status(response.status), f"messenger http {response.status}"
                    )
                answer = await response.json(content_type=None)
                error = answer.get("error")
                if error is None and response.status == 200:
                    return
                code, subcode = (error or {}).get("code"), (error or {}).get("error_subcode")
        except (aiohttp.ClientError, TimeoutError, ValueError, AttributeError) as failure:
            raise NotSentError(Remedy.RETRY, f"messenger {type(failure).__name__}") from failure
        if code is None:
            raise NotSentError(Remedy.RETRY, f"messenger http {response.status}")
        whole = f"{code}/{subcode}"
        errors = self._limits.errors
        remedy = errors.get(whole) or errors.get(code, Remedy.RETRY)
        raise NotSentError(remedy, f"messenger {whole if subcode else code}")


def message(part: Part) -> dict[str, Any]:
    """A part of a reply as Messenger's `message`."""
    for kind, url in (("image", part.image), ("file", part.file)):
        if url:
            return {"attachment": {"type": kind, "payload": {"url": url}}}
    choices = [
        {"content_type": "text", "title": one.title, "payload": one.reference}
        for one in part.choices
    ]
    quick = {"quick_replies": choices} if choices else {}
    if not part.links:
        return {"text": part.text, **quick}
    buttons = [{"type": "web_url", "title": one.title, "url": one.url} for one in part.links]
    payload = {"template_type": "button", "text": part.text, "buttons": buttons}
    return {"attachment": {"type": "template", "payload": payload}, **quick}
