"""What npm's rasa-webchat (1.0.1) wants otherwise than our own page.

It asks for its session over the socket and shows its id again when it comes back; it says `message`, a
button's payload like typed words; it tells messages apart by their exact set of keys, and reads Markdown.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from gateway.texts import say
from gateway.words import is_payload


def room(sender: str) -> str:
    """The room of a citizen's pages that hold a rasa-webchat."""
    return f"{sender}/rasa-webchat"


def utterance(data: Any) -> Any:
    """What it says, as our own page would; what is not of its shape stays as it is."""
    if not isinstance(data, dict) or not isinstance(data.get("message"), str):
        return data
    said = data["message"]
    return {"payload": said} if is_payload(said) else {"text": said}


def shown(message: dict[str, Any], public: str) -> list[dict[str, Any]]:
    """A message of ours in the shapes that it shows.

    Args:
        message: see `gateway.outbox.present`.
        public: the address that our own relative addresses stand for.
    """
    found: list[dict[str, Any]] = []
    if message.get("image"):
        payload = {"title": "", "src": urljoin(public, message["image"])}
        found.append({"attachment": {"type": "image", "payload": payload}})
    text, card = message.get("text") or "", message.get("custom") or {}
    if isinstance(card.get("url"), str):
        text += f"\n\n[{card.get('title') or card['url']}]({urljoin(public, card['url'])})"
    if text and message.get("author"):
        text = say("staff_says", title=message["author"], text=text)
    # A line break of Markdown.
    text = text.strip().replace("\n", "  \n")
    if message.get("buttons"):
        replies = [{"title": one["title"], "payload": one["payload"]} for one in message["buttons"]]
        found.append({"text": text or say("choose"), "quick_replies": replies})
    elif text:
        found.append({"text": text})
    return found
