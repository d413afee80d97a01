"""One turn of a conversation as an action sees it, and the base of all our actions."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

import structlog
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.onestop_client import OnestopClient, OnestopRefusal, OnestopUnavailable, onestop
from actions.texts import Button, button, render
from bot.nlu.text import canonical, fold, tokens
from common.tenant import Tenant, tenant
from onestop.catalogue.content import Procedure
from onestop.schemas import DraftView, FieldView, SearchResult

log = structlog.get_logger(__name__)
Events = list[dict[str, Any]]

# Words that make a question, where the message has accents and where it has none. "Ai" asks only at the
# beginning and before a verb: it is also a name, and without accents another word.
QUESTION = re.compile(
    r"\?|\b(?:gì|nào|đâu|(?:vì|tại|làm|thì) sao|sao (?:lại|phải)|mấy|bao (?:nhiêu|lâu))\b"
    r"|\b(?:được|phải) không\b|\bkhông ạ\b"
    r"|^(?:(?:mà|thế|vậy|nhưng|những|nhung) )*ai (?:được|duoc|phải|phai|có thể|co the|cần|can)\b"
    r"|^[ -~]*\b(?:gi|nao|dau|(?:vi|tai|lam|thi) sao|sao (?:lai|phai)|bao (?:nhieu|lau)"
    r"|(?:duoc|phai) khong|khong a)\b[ -~]*$"
)
# Words that name a one-stop unit itself; folded.
UNIT = re.compile(r"\b(?:mot cua|hanh chinh cong|phuc vu cong)\b")

ASK_PERSON = button("Gặp cán bộ", "ask_person")
MENU = [
    button("Hỏi về thủ tục", "ask_procedure"),
    button("Nộp hồ sơ", "start_dossier"),
    button("Hồ sơ đến đâu rồi", "check_status"),
    ASK_PERSON,
]
# Actions that ask which procedure is meant.
_ASKING_WHICH = {
    *("action_explain", "action_start_dossier", "action_clarify", "action_out_of_scope"),
}
# Replies of other actions that wait for a choice.
_ASKING_CHOICE = {"later", "choose_first"}
# Replies to what was not understood: after one of them a person is offered.
_LOST = {"not_understood", "procedure_not_found", "no_answer"}

# Below this the intent is a guess; while an e-form is filled, a guess does not interrupt it.
SURE = 0.6


class Turn:
    """The citizen's message, what is known of the conversation, and the replies so far."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self._dispatcher = dispatcher
        self.tracker = tracker
        self.service: OnestopClient = onestop()
        self.tenant: Tenant = tenant()
        self._trace: dict[str, Any] = {}
        self._searched: dict[str, SearchResult] = {}

    # What came in -----------------------------------------------------------------------------

    @property
    def owner(self) -> str:
        """The conversation's identifier: whose drafts and dossiers it may touch."""
        return str(self.tracker.sender_id)

    @property
    def _message(self) -> dict[str, Any]:
        return self.tracker.latest_message or {}

    @property
    def text(self) -> str:
        """What the citizen typed; empty for a button."""
        text = str(self._message.get("text") or "").strip()
        return "" if text.startswith("/") else text

    @property
    def button(self) -> bool:
        """Whether a button was pressed: then the intent is the citizen's own word."""
        return str(self._message.get("text") or "").startswith("/")

    @property
    def asks(self) -> bool:
        """Whether what was typed is a question, by its words."""
        return QUESTION.search(canonical(self.text)) is not None

    @property
    def intent(self) -> str:
        """The intent of the message."""
        return str((self._message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """How sure the understanding is, 0–1."""
        return float((self._message.get("intent") or {}).get("confidence") or 0.0)

    @property
    def _heard(self) -> dict[str, Any]:
        """The event of the message."""
        said = (one for one in reversed(self.tracker.events) if one.get("event") == "user")
        return next(said, {})

    @property
    def key(self) -> str | None:
        """What the gateway knows the message by: the same when the turn is played again."""
        return self._heard.get("message_id")

    @property
    def metadata(self) -> dict[str, Any]:
        """What the gateway said of the message: channel and attachments."""
        return self._heard.get("metadata") or {}

    @property
    def channel(self) -> str:
        """The channel that the citizen writes on."""
        return str(self.metadata.get("channel") or "web")

    @property
    def file_ids(self) -> list[str]:
        """The files that came with the message."""
        return [str(one["file_id"]) for one in self.metadata.get("attachments") or []]

    def entity(self, name: str) -> str | None:
        """The value of the first entity of that name in the message."""
        for entity in self._message.get("entities") or []:
            if entity.get("entity") == name and entity.get("value") is not None:
                return str(entity["value"])
        return None

    def mean(self, entity: str, value: str) -> None:
        """Go on as if the message had named this, as a button does."""
        self._message["entities"] = [{"entity": entity, "value": value}]

    def wishes(self) -> list[str]:
        """The intents of the message, several where one line (or a button for it) holds several."""
        if self.button:
            return [self.intent, *(self.entity("also") or "").split()]
        said = [str(one["intent"]) for one in self._message.get("wishes") or []]
        return list(dict.fromkeys(said)) or [self.intent]

    def likely_wishes(self) -> list[str]:
        """The wishes that are likely, also of a message that leaves a doubt."""
        said = self._message.get("wishes") or []
        return [str(one["intent"]) for one in said if float(one.get("confidence") or 0) >= SURE]

    def _clause(self, intent: str) -> str:
        """The part of the message that holds this wish; "" where that is not known."""
        said = (
            one.get("text") for one in self._message.get("wishes") or [] if one["intent"] == intent
        )
        return str(next(said, "") or "")

    def said_of(self, intent: str) -> str:
        """The part of the message that holds this wish; the whole message where that is not known."""
        return self._clause(intent) or self.text

    def wishes_of(self, part: str) -> list[str]:
        """The intents of the clauses that a part of the message stands in, or that stand in it."""
        said = f" {' '.join(tokens(fold(part)))} "
        clauses = [
            (str(one["intent"]), f" {' '.join(tokens(fold(str(one.get('text') or ''))))} ")
            for one in self._message.get("wishes") or []
        ]
        return [intent for intent, clause in clauses if clause in said or said in clause]

    def slot(self, name: str) -> Any:
        """The value of a slot."""
        return self.tracker.get_slot(name)

    @property
    def fresh(self) -> bool:
        """Whether the message has not been acted on yet in this turn."""
        return bool(self.tracker.latest_action_name in (None, "action_listen"))

    def previous_actions(self) -> list[str]:
        """The actions of the turn before this one."""
        turns: list[list[str]] = [[]]
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                if len(turns) == 2:
                    break
                turns.append([])
            elif event.get("event") == "action":
                turns[-1].append(str(event.get("name")))
        return turns[-1] if len(turns) == 2 else []

    @property
    def wanted(self) -> list[str]:
        """What is wanted of a procedure, where the last reply asked which one is meant or comes next."""
        asked = _ASKING_WHICH.intersection(self.previous_actions())
        if not asked and not _ASKING_CHOICE & self.replied:
            return []
        waiting = self.slot("choices") or []
        return next((list(one["wishes"]) for one in waiting if "wishes" in one), [])

    @property
    def offered(self) -> list[dict[str, Any]]:
        """What the last reply offered to choose from, likeliest first.

        Each is a procedure (`code`), or words of which it is not clear yet which one they mean (`topic`).
        """
        waiting = self.slot("choices") or [] if self.wanted else []
        return [one for one in waiting if "title" in one]

    def _replies_before(self) -> Iterator[dict[str, Any]]:
        """What was said between the message before this one and this one, the newest first."""
        messages = 0
        for event in reversed(self.tracker.events):
            if event.get("event") == "user":
                messages += 1
                if messages == 2:
                    break
            elif event.get("event") == "bot" and messages == 1:
                yield event

    @property
    def puzzled(self) -> bool:
        """Whether the reply before this message was already one to something not understood."""
        return any(one.get("said") in _LOST or one.get("again") for one in self._traces_before())

    @property
    def replied(self) -> set[str]:
        """The templates that were said right before this message."""
        return {str(one["said"]) for one in self._traces_before() if "said" in one}

    def _traces_before(self) -> list[dict[str, Any]]:
        return [(one.get("metadata") or {}).get("trace") or {} for one in self._replies_before()]

    def has_said(self, words: str) -> bool:
        """Whether a reply of this conversation held these words."""
        said = (one for one in self.tracker.events if one.get("event") == "bot")
        return any(words in str(one.get("text") or "") for one in said)

    @property
    def offered_person(self) -> bool:
        """Whether a person was offered right before this message."""
        buttons = [(one.get("data") or {}).get("buttons") or [] for one in self._replies_before()]
        return [ASK_PERSON["payload"]] in [[one.get("payload") for one in row] for row in buttons]

    def last_words(self, count: int) -> list[str]:
        """The last things that the citizen typed, the newest last."""
        typed = [
            str(event.get("text") or "").strip()
            for event in self.tracker.events
            if event.get("event") == "user"
        ]
        return [one for one in typed if one and not one.startswith("/")][-count:]

    # What goes out ----------------------------------------------------------------------------

    def show(
        self,
        template: str,
        buttons: list[Button] | None = None,
        card: dict[str, Any] | None = None,
        image: str | None = None,
        **variables: Any,
    ) -> None:
        """Say a rendered template (`actions/templates/`), with buttons and a card that repeats it."""
        text = render(template, tenant=self.tenant, **variables)
        self.note_question(variables.get("field"))
        trace, self._trace = {**self._trace, "said": template}, {}
        self._dispatcher.utter_message(
            text=text, buttons=buttons, json_message=card, image=image, trace=trace
        )

    def note(self, **facts: Any) -> None:
        """Keep with the next reply what is known here, for the transcript (`onestop/transcripts/events.py`)."""
        self._trace.update(facts)

    def note_question(self, field: FieldView | None) -> None:
        """The next reply asks for this field, so the next message is an answer to it."""
        if field is not None:
            self.note(field=field.id, kind=field.type)

    async def find(self, text: str) -> SearchResult:
        """The procedures that a text may mean; asked for once in a turn, whoever wants to know."""
        if text not in self._searched:
            self._searched[text] = await self.service.search(text)
        return self._searched[text]

    async def search(self) -> SearchResult:
        """The procedures that the message, or the topic of a button, may mean."""
        found = await self.find(self.entity("topic") or await self._about_procedures())
        self.note(
            candidates=[
                {"code": one.code, "name": one.short_name, "score": round(one.score, 3)}
                for one in found.candidates
            ]
        )
        return found

    async def _about_procedures(self) -> str:
        """What was typed without what it asks of a one-stop unit: where that is, and when it is open.

        The hours stay where nothing else names a subject: alone they have the words of one who opens a shop.
        """
        place, hours = (self._clause(one) for one in ("ask_place", "ask_opening_hours"))
        text = self.text
        if UNIT.search(fold(place)) and place != text:
            text = text.replace(place, " ")
        rest = text.replace(hours, " ") if hours else text
        if rest == text or not rest.strip() or not (await self.find(rest)).content_words:
            return text
        return rest

    async def procedure(self, code: str) -> Procedure | None:
        """The procedure of a code, if there is one."""
        try:
            return await self.service.procedure(code)
        except OnestopRefusal:
            return None

    async def draft(self) -> DraftView | None:
        """The draft that is being filled, or was put off here; `None` once it is gone or sent."""
        if not self.slot("draft"):
            return None
        try:
            draft = await self.service.draft(str(self.slot("draft")), self.owner)
        except OnestopRefusal:
            return None
        return draft if draft.state == "filling" else None

    async def names_nothing(self) -> bool:
        """Whether what was typed names no subject, as a bare "nộp hồ sơ"; a number may have chosen one."""
        if not self.text or self.entity("procedure"):
            return False
        return not (await self.search()).content_words

    def offer_person(self) -> None:
        """Offer a person and the hotline, when the talk does not get on."""
        self.show("offer_person", buttons=[ASK_PERSON])


class TopicAction(Action):
    """An action of ours: it never fails in the citizen's face."""

    action_name: ClassVar[str]

    def name(self) -> str:
        """The action's name in domain.yml."""
        return self.action_name

    @abstractmethod
    async def act(self, turn: Turn) -> Events:
        """Do it; returns the events for Rasa."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> Events:
        """Do it, and say so kindly when the one-stop service cannot be reached."""
        turn = Turn(dispatcher, tracker)
        try:
            return await self.act(turn)
        except OnestopUnavailable as error:
            log.warning("onestop_unavailable", action=self.action_name, reason=str(error))
            turn.show("unavailable")
            return []
