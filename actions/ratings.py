"""Rating a finished dossier: five levels, once, then why; offered with the status, by notice, or asked for."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection

from actions import telling
from actions.onestop_client import OnestopRefusal
from actions.telling import LOOP
from actions.texts import Button, button
from actions.turn import Events, TopicAction, Turn
from onestop.schemas import RatingOffer, RatingRequest, RatingView

KIND = "rating"
MAX_OFFERED = 3
# Actions that have just asked for the reason: a level was given in words, or as a number.
ASKING = {"action_rate", "action_clarify"}

_NUMBERS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "nam": 5}
_NUMBER = "|".join([*_NUMBERS, "[1-5]"])
# "5 sao", "bốn sao", "4/5", "mức 3", or the figure alone.
_STARS = re.compile(
    rf"\b({_NUMBER})\s*(?:sao|\*|/\s*5\b|tren 5)|\b(?:muc|diem)\s*({_NUMBER})\b|^\W*({_NUMBER})\W*$"
)
# In words, the first that is found counts: what denies stands before what it denies.
_WORDS = (
    (
        1,
        r"rat (?:khong hai long|te|kem)|qua (?:te|kem)|te qua|te lam|kinh khung|khong hai long chut nao",
    ),
    (
        2,
        r"(?:khong|chua|ko) (?:duoc )?(?:hai long|tot|vua long|ung)|\bte\b|\bkem\b|that vong|buc xuc",
    ),
    (3, r"binh thuong|tam (?:duoc|on)|cung (?:duoc|tam)|trung binh"),
    (
        5,
        r"(?:rat|qua|cuc ky|vo cung|sieu) (?:hai long|tot|nhanh|ung|nhiet tinh|on|tuyet)|tuyet|xuat sac"
        r"|hai long lam|tot lam|tot qua",
    ),
    (4, r"hai long|\btot\b|\bung\b|\bon\b|nhanh|nhiet tinh"),
)
_WORDS_OF = tuple((stars, re.compile(words)) for stars, words in _WORDS)
_REASON = re.compile(r"\b(?:vì|do|tại|bởi|vi)\s+(.{4,})$", re.IGNORECASE)


def read_stars(turn: Turn) -> int | None:
    """The level that the message gives, 1–5: by a button, as a figure, or in words without accents too."""
    given = turn.entity("value") or ""
    if turn.button:
        return int(given) if given in {"1", "2", "3", "4", "5"} else None
    folded = telling.folded(turn)
    figure = _STARS.search(folded)
    if figure:
        found = next(group for group in figure.groups() if group)
        return _NUMBERS.get(found) or int(found)
    return next((stars for stars, words in _WORDS_OF if words.search(folded)), None)


def offer(turn: Turn, found: RatingOffer) -> Events:
    """Offer the five levels, as buttons and as a card that the page shows as stars."""
    buttons = [
        button(f"{one.stars} sao – {one.name}", "rate", value=str(one.stars), grant=found.grant)
        for one in found.levels
    ]
    levels = [
        {"stars": one.stars, "name": one.name, "title": shown["title"], "payload": shown["payload"]}
        for one, shown in zip(found.levels, buttons, strict=True)
    ]
    card = {"type": "rating", "code": found.code, "chosen": found.stars, "levels": levels}
    turn.show("rate_offer", offer=found, buttons=buttons, card=card)
    by_number = sorted(found.levels, key=lambda one: one.stars)
    choices = [{"stars": one.stars, "grant": found.grant} for one in by_number]
    return [SlotSet("rating", found.grant), SlotSet("choices", choices)]


class Rate(TopicAction):
    """Take a level for the dossier that is meant, or offer the levels."""

    action_name = "action_rate"

    async def act(self, turn: Turn) -> Events:
        """Which dossier, then which level, then why."""
        stars = read_stars(turn)
        grant = turn.entity("grant") or turn.slot("rating")
        if grant is not None and stars is not None:
            return await self.take(turn, str(grant), stars)
        return await self._choose(turn, stars)

    async def take(self, turn: Turn, grant: str, stars: int) -> Events:
        """Take a level for the dossier of the grant; where that is too old, offer anew."""
        try:
            return await self._rate(turn, grant, stars)
        except OnestopRefusal as refusal:
            if refusal.code == "not_granted":
                return await self._choose(turn, None)
            turn.show("rate_refused", reason=refusal.code)
            return [SlotSet("rating", None), SlotSet("choices", None)]

    async def _choose(self, turn: Turn, stars: int | None) -> Events:
        """No dossier is open to be rated: find this citizen's finished ones."""
        found = await turn.service.rating_offers(turn.owner)
        named = turn.entity("dossier_code")
        found = [one for one in found if named in (None, one.code)]
        waiting = [one for one in found if one.stars is None] or found
        if not waiting:
            turn.show("rate_nothing", buttons=[button("Hồ sơ đến đâu rồi", "check_status")])
            return [SlotSet("rating", None)]
        if len(waiting) > 1:
            buttons = [
                button(one.code, "rate", dossier_code=one.code) for one in waiting[:MAX_OFFERED]
            ]
            turn.show("rate_which", offers=waiting[:MAX_OFFERED], buttons=buttons)
            return [SlotSet("rating", None)]
        # A rating is not changed by a remark ("em hài lòng lắm"), only by a figure or a button.
        clear = waiting[0].stars is None or _STARS.search(telling.folded(turn)) is not None
        if stars is None or not clear:
            return offer(turn, waiting[0])
        return await self.take(turn, waiting[0].grant, stars)

    async def _rate(self, turn: Turn, grant: str, stars: int) -> Events:
        why = _REASON.search(turn.text)
        rated = await _send(turn, grant, stars, why[1] if why else None)
        if rated.reason:
            turn.show("rate_reason_taken", rated=rated)
            return [SlotSet("rating", None), SlotSet("choices", None)]
        asked = {"kind": KIND, "grant": grant, "stars": stars, "wanted": rated.reason_wanted}
        asked["criteria"] = rated.criteria
        turn.show("rate_thanks", rated=rated, buttons=_reasons(asked))
        done = [SlotSet("rating", None), SlotSet("choices", None)]
        return [*done, SlotSet("feedback", asked), ActiveLoop(LOOP)]


async def _send(turn: Turn, grant: str, stars: int, reason: str | None) -> RatingView:
    body = RatingRequest(
        asker=turn.owner, channel=turn.channel, grant=grant, stars=stars, reason=reason
    )
    rated = await turn.service.rate(body)
    turn.note(stars=stars)
    return rated


def _reasons(asked: dict[str, Any]) -> list[Button]:
    buttons = [button(one, "inform", value=one) for one in asked["criteria"]]
    return buttons if asked["wanted"] else [*buttons, button("Bỏ qua", "deny")]


async def take_reason(turn: Turn, asked: dict[str, Any]) -> Events:
    """Take the reason of a rating; who turns to something else is not asked again.

    Raises:
        ActionExecutionRejection: if the message clearly wants something else.
    """
    ended: Events = [ActiveLoop(None), SlotSet("feedback", None)]
    if not turn.fresh:
        return [] if turn.tracker.latest_action_name in ASKING else ended
    if telling.interrupts(turn) and turn.intent != "thank":
        raise ActionExecutionRejection(LOOP)
    given = turn.entity("value") if turn.button else turn.text
    refused = turn.intent == "thank" or telling.leaves(turn) or telling.has_none(turn)
    if not given or refused or turn.file_ids:
        turn.show("rate_done")
        return ended
    try:
        rated = await _send(turn, asked["grant"], asked["stars"], given)
    except OnestopRefusal as refusal:
        turn.show("rate_refused", reason=refusal.code)
        return ended
    turn.show("rate_reason_taken", rated=rated)
    return ended


ACTIONS = (Rate,)
