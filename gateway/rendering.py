"""A reply in the best form that a platform has: cut to its limits, with choices that can also be typed.

One reply becomes one or several parts, each of which the platform takes as one message. A long text is
split at paragraphs, lines, sentences, then words. Choices stand under the last part; when there are more
than the platform shows, or their titles are too long for it, all are listed in the text with numbers.
A card repeats what the text says, so only its link is added. A pressed choice comes back as a reference
to the message and its place (`gateway.choices`), so that its payload may have any length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from common.wording import shorten
from gateway.channels.limits import Limits
from gateway.texts import say

# Where a text may be split, the best first: after a paragraph, a line, a sentence, a part of one, a word.
BREAKS = (r"\n\n+", r"\n", r"(?<=[.!?…])\s+", r"(?<=[;:,])\s+", r"\s+")
NUMBERED = re.compile(r"^\d{1,2}[.)]\s+")


@dataclass(frozen=True)
class Choice:
    """A quick answer under a message; `reference` comes back when it is pressed."""

    title: str
    reference: str


@dataclass(frozen=True)
class Link:
    """An address to open."""

    title: str
    url: str


@dataclass(frozen=True)
class Part:
    """What a platform takes as one message: a text with choices and links, the address of an image or a
    file alone, or the offer to share the citizen's telephone number.
    """

    text: str = ""
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    image: str = ""
    file: str = ""
    contact: bool = False


def reference(number: int, place: int) -> str:
    """The reference to a choice: the message's number and the choice's place in it, from 1."""
    return f"#{number}.{place}"


def plain_title(title: str) -> str:
    """A choice's title without the number that it may begin with."""
    return NUMBERED.sub("", title)


def numbered(body: dict[str, Any], limits: Limits) -> bool:
    """Whether a reply's choices are listed in its text with numbers, which can then be typed."""
    titles = [one["title"] for one in body.get("buttons") or ()]
    room = min(limits.choices, limits.together - len(_links(body, limits)))
    return len(titles) > room or any(len(one) > limits.choice_title for one in titles)


def render(
    number: int,
    body: dict[str, Any],
    limits: Limits,
    public: str,
    before: Sequence[tuple[int, dict[str, Any]]] = (),
) -> list[Part]:
    """The parts of a reply, in order.

    Args:
        number: the reply's number.
        body: the reply, see `gateway.models.Message`.
        limits: of the platform.
        public: the address that our own relative addresses stand for.
        before: number and body of the messages that the citizen was just told in the same turn; where
            choices vanish with the next message, theirs stand under this one too.

    Returns:
        The parts; none if there is nothing that the platform can show.
    """
    links = tuple(
        Link(shorten(one.title, limits.link_title), urljoin(public, one.url))
        for one in _links(body, limits)
    )
    parts = [Part(image=urljoin(public, body["image"]))] if body.get("image") else []
    if _sends_file(body, limits):
        parts.append(Part(file=urljoin(public, body["custom"]["url"])))
    text = (body.get("text") or "").strip()
    if text and body.get("author"):
        text = say("staff_says", title=body["author"], text=text)
    choices = choices_of(number, body, limits)
    if numbered(body, limits):
        text = _with_numbers(text, body, len(choices))
    if not text and (choices or links):
        text = say("choose") if choices else links[0].title
    last = limits.text_with_links if links else limits.text
    pieces = list(split(text, limits.text, last))
    parts += [Part(text=one) for one in pieces[:-1]]
    if pieces:
        parts.append(Part(pieces[-1], _with_earlier(choices, before, limits), links))
    if limits.contact and (body.get("custom") or {}).get("type") == "contact":
        parts.append(Part(contact=True))
    return parts


def _sends_file(body: dict[str, Any], limits: Limits) -> bool:
    """Whether a card's link is a file that the platform shows as one; else it stays a link."""
    card = body.get("custom") or {}
    return limits.files and bool(card.get("file")) and isinstance(card.get("url"), str)


def _links(body: dict[str, Any], limits: Limits) -> list[Link]:
    card = body.get("custom") or {}
    if not isinstance(card.get("url"), str) or _sends_file(body, limits):
        return []
    return [Link(str(card.get("title") or card["url"]), card["url"])][: limits.links]


def _with_earlier(
    own: tuple[Choice, ...], before: Sequence[tuple[int, dict[str, Any]]], limits: Limits
) -> tuple[Choice, ...]:
    if not limits.choices_vanish:
        return own
    found = list(own)
    for number, body in reversed(before):
        shown = {one.title for one in found}
        found += [one for one in choices_of(number, body, limits) if one.title not in shown]
    return tuple(found[: limits.choices])


def choices_of(number: int, body: dict[str, Any], limits: Limits) -> tuple[Choice, ...]:
    """The choices of a reply that the platform shows, with the references that come back."""
    links = len(_links(body, limits))
    titles = [one["title"] for one in body.get("buttons") or ()]
    if numbered(body, limits):
        titles = [f"{place}. {plain_title(one)}" for place, one in enumerate(titles, start=1)]
    room = min(limits.choices, limits.together - links)
    return tuple(
        Choice(shorten(one, limits.choice_title), reference(number, place))
        for place, one in enumerate(titles[:room], start=1)
    )


def _with_numbers(text: str, body: dict[str, Any], shown: int) -> str:
    """The text with the list of choices, unless it has that list already."""
    titles = [plain_title(one["title"]) for one in body["buttons"]]
    lines = [f"{place}. {one}" for place, one in enumerate(titles, start=1)]
    present = set(text.splitlines())
    listed = [] if all(one in present for one in lines) else ["\n".join(lines)]
    hint = say("choose_all" if shown == len(titles) else "choose_some", last=len(titles))
    return "\n\n".join([one for one in (text, *listed, hint) if one])


def split(text: str, limit: int, last: int | None = None) -> Iterator[str]:
    """Pieces of at most `limit` characters, split where it reads best; the last at most `last`.

    Nothing but the spaces at the splits is lost.
    """
    rest = text.strip()
    last = limit if last is None else last
    while len(rest) > last:
        # What still fits one message, but not one with links, leaves its end to the last piece.
        end = _end_of_piece(rest, limit if len(rest) > limit else last)
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()
    if rest:
        yield rest


def _end_of_piece(text: str, limit: int) -> int:
    for pattern in BREAKS:
        ends = [
            one.start() for one in re.finditer(pattern, text[: limit + 2]) if one.start() <= limit
        ]
        # A piece shorter than a third would leave the reader a torn message for a small gain.
        if ends and ends[-1] > limit // 3:
            return ends[-1]
    return limit
