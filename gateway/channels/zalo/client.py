"""The client of Zalo's interface: sends one message, renews tokens.

Zalo answers 200 also to what it refuses: the field `error` of the answer counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

from gateway.channels.errors import NotSentError, Remedy, of_status
from gateway.channels.limits import Limits
from gateway.rendering import Part
from gateway.texts import say

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=3)
UPLOAD_TIMEOUT = aiohttp.ClientTimeout(total=20, connect=3)
"""Of a file of 5 MB."""


@dataclass(frozen=True)
class File:
    """A file to show: its name, MIME type and bytes."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class TokenPair:
    """An access token, the refresh token that follows it, and how long the first one lives."""

    access: str
    refresh: str
    seconds: int


class TokenRefusedError(Exception):
    """Zalo does not take the refresh token: somebody must authorise the account anew."""


class ZaloClient:
    """Talks to Zalo.

    Args:
        http: the session to use.
        api_url: address of the interface, without version.
        oauth_url: address of the token service.
        app_id: our application's.
        app_secret: its secret key.
        limits: with the meaning of the error codes.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        api_url: str,
        oauth_url: str,
        app_id: str,
        app_secret: str,
        limits: Limits,
    ) -> None:
        self._http, self._api, self._oauth = http, api_url, oauth_url
        self._app_id, self._app_secret, self._limits = app_id, app_secret, limits

    async def send(self, access_token: str, user: str, part: Part) -> None:
        """Send a consultation message (`v3.0/oa/message/cs`).

        Raises:
            NotSentError: if Zalo did not take it.
        """
        await self.call(
            access_token,
            f"{self._api}/v3.0/oa/message/cs",
            {"recipient": {"user_id": user}, "message": message(part)},
        )

    async def send_file(self, access_token: str, user: str, file: File) -> None:
        """Upload a file (`v2.0/oa/upload/file`) and show it.

        Raises:
            NotSentError: if Zalo did not take it.
        """
        form = aiohttp.FormData(quote_fields=False)  # else the name is shown with %XX
        form.add_field("file", file.content, filename=file.name, content_type=file.content_type)
        url = f"{self._api}/v2.0/oa/upload/file"
        uploaded = await self.call(access_token, url, form)
        if not isinstance(uploaded.get("token"), str):
            raise NotSentError(Remedy.GIVE_UP, "zalo upload")
        attachment = {"type": "file", "payload": {"token": uploaded["token"]}}
        body = {"recipient": {"user_id": user}, "message": {"attachment": attachment}}
        await self.call(access_token, f"{self._api}/v3.0/oa/message/cs", body)

    async def ask_contact(self, access_token: str, user: str, image: str) -> None:
        """Offer to share the citizen's telephone number (template `request_user_info`).

        Raises:
            NotSentError: if Zalo did not take it.
        """
        element = {
            "title": say("contact_title"),
            "subtitle": say("contact_subtitle"),
            "image_url": image,
        }
        payload = {"template_type": "request_user_info", "elements": [element]}
        body = {"recipient": {"user_id": user}, "message": _template(payload)}
        await self.call(access_token, f"{self._api}/v3.0/oa/message/cs", body)

    async def send_template(
        self, access_token: str, user: str, template: str, parameters: dict[str, str]
    ) -> None:
        """Send a template message (`v3.0/oa/message/template`, by the citizen's id; it is billed).

        Raises:
            NotSentError: if Zalo did not take it.
        """
        body = {"user_id": user, "template_id": template, "template_data": parameters}
        await self.call(access_token, f"{self._api}/v3.0/oa/message/template", body)

    async def call(
        self, access_token: str, url: str, body: dict[str, Any] | aiohttp.FormData
    ) -> dict[str, Any]:
        """Post JSON or a form to the interface; the answer's `data`.

        Raises:
            NotSentError: if the answer is an error, or none came.
        """
        headers = {"access_token": access_token}
        form = isinstance(body, aiohttp.FormData)
        content: dict[str, Any] = {"data": body} if form else {"json": body}
        timeout = UPLOAD_TIMEOUT if form else TIMEOUT
        try:
            async with self._http.post(
                url, headers=headers, timeout=timeout, **content
            ) as response:
                if response.status != 200:
                    raise NotSentError(of_status(response.status), f"zalo http {response.status}")
                answer = await response.json(content_type=None)
                code = int(answer["error"])
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise NotSentError(Remedy.RETRY, f"zalo {type(error).__name__}") from error
        if code != 0:
            raise NotSentError(self._limits.errors.get(code, Remedy.RETRY), f"zalo {code}")
        data = answer.get("data")
        return data if isinstance(data, dict) else {}

    async def renew(self, refresh_token: str) -> TokenPair:
        """Exchange a refresh token, which can be used once, for a new pair.

        Raises:
            TokenRefusedError: if Zalo does not take it.
            NotSentError: if Zalo does not answer; whether the token was used up is not known then.
        """
        form = {
            "grant_type": "refresh_token",
            "app_id": self._app_id,
            "refresh_token": refresh_token,
        }
        try:
            async with self._http.post(
                f"{self._oauth}/v4/oa/access_token",
                data=form,
                headers={"secret_key": self._app_secret},
                timeout=TIMEOUT,
            ) as response:
                answer = await response.json(content_type=None)
                if response.status >= 500:
                    raise NotSentError(Remedy.RETRY, f"zalo http {response.status}")
                if "access_token" not in answer:
                    raise TokenRefusedError(str(answer.get("error", response.status)))
                # `expires_in` is a string.
                seconds = int(answer["expires_in"])
                return TokenPair(answer["access_token"], answer["refresh_token"], seconds)
        except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise NotSentError(Remedy.RETRY, f"zalo {type(error).__name__}") from error


def message(part: Part) -> dict[str, Any]:
    """A part of a reply as Zalo's `message`."""
    if part.image:
        media = {"media_type": "image", "url": part.image}
        return _template({"template_type": "media", "elements": [media]})
    buttons = [
        {"type": "oa.open.url", "title": one.title, "payload": {"url": one.url}}
        for one in part.links
    ] + [
        # "hide": the reference that comes back is not shown in the chat.
        {"type": "oa.query.hide", "title": one.title, "payload": one.reference}
        for one in part.choices
    ]
    return {"text": part.text, **(_template({"buttons": buttons}) if buttons else {})}


def _template(payload: dict[str, Any]) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}}
