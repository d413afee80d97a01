"""The loop of requests: a few questions, a summary, done (a counter time, a delivery by post, which unit).

One loop for all kinds. Which questions there are and what is right is the service's business
(`onestop/requests`); the answers lie in the slot `request` until they are submitted. As in the form of
dossiers, what is no answer is rejected, a rule answers it (data/rules/requests.yml), and the loop asks again.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection

from actions import erasure
from actions.dossier_form import ANSWERS, STATEMENTS, STRICT, TELLING_WORDS
from actions.explain import ASPECTS
from actions.filling import answer_text, question_parts
from actions.onestop_client import OnestopRefusal
from actions.requests import LOOP, SLOT, leave
from actions.status_form import GIVING_UP
from actions.texts import button, clock
from actions.turn import SURE, Events, TopicAction, Turn
from actions.unit_texts import show_units
from bot.nlu.text import canonical
from onestop.requests.schemas import (
    RequestDone,
    RequestState,
    RequestStep,
    RequestSubmission,
    RequestView,
)
from onestop.schemas import FieldView, PostView, Refusal

LEAVING = {"cancel_dossier", "pause_dossier", "goodbye"}
# What begins a request is typed again within it ("đặt lịch thứ 5"): an answer. So is a place that sounds
# like a question for one, where a place is asked for.
OWN = {*ANSWERS, "book_counter", "cancel_booking", "post_delivery"}
PLACE, PLACE_FIELD = {"ask_opening_hours", "ask_place"}, "commune"
AGREEING = {"affirm", "submit_dossier"}
PERSON_OFFERED_AT = 3


def keep(view: RequestView) -> Events:
    """The event that keeps where the request stands."""
    return [SlotSet(SLOT, view.state.model_dump(mode="json"))]


class RequestForm(TopicAction):
    """Ask, sum up, submit."""

    action_name = LOOP

    async def act(self, turn: Turn) -> Events:
        """One turn of the loop."""
        kept = turn.slot(SLOT)
        if kept is None:
            return leave()
        state = RequestState.model_validate(kept)
        if not turn.fresh:
            opening = None if state.opened else turn.entity("value") or turn.text
            view = await self._step(turn, state, opening=opening or None)
            if view.refusal is not None:
                return self._refuse(turn, view, view.refusal)
            return await self._go_on(turn, view)
        sure = turn.button or turn.confidence >= SURE
        given_up = GIVING_UP.search(canonical(turn.text)) is not None or (
            # "hủy lịch" before there is one.
            turn.intent == "cancel_booking" and state.kind == "booking" and not turn.button
        )
        if given_up or (sure and turn.intent in LEAVING):
            turn.show("request_left", kind=state.kind)
            return leave()
        view = await self._step(turn, state)
        if sure and turn.intent == "undo":
            return await self._undo(turn, state)
        if sure and turn.intent == "correct_field":
            return await self._correct(turn, state, view)
        if view.field is None:
            return await self._decide(turn, state, view, sure)
        return await self._answer(turn, state, view, view.field, sure)

    async def _step(self, turn: Turn, state: RequestState, **given: Any) -> RequestView:
        return await turn.service.request_step(RequestStep(asker=turn.owner, state=state, **given))

    async def _answer(
        self, turn: Turn, state: RequestState, view: RequestView, field: FieldView, sure: bool
    ) -> Events:
        if turn.file_ids:
            turn.show("file_not_asked")
            return await self._go_on(turn, view)
        if sure and turn.intent == "explain_field":
            turn.show("why", field=field, **question_parts(field))
            return keep(view)
        if not field.required and turn.intent in ("skip_field", "deny"):
            return await self._go_on(turn, await self._step(turn, state, skip=True))
        if turn.intent == "deny":
            turn.show("request_left", kind=state.kind)
            return leave()
        interrupts = self._interrupts(turn, state, field)
        if interrupts and sure and (turn.button or field.type not in STRICT or turn.asks):
            raise ActionExecutionRejection(LOOP)
        taken = await self._step(turn, state, text=answer_text(turn))
        if taken.refusal is None:
            return await self._go_on(turn, taken)
        if interrupts:
            raise ActionExecutionRejection(LOOP)
        return self._refuse(turn, taken, taken.refusal)

    def _refuse(self, turn: Turn, view: RequestView, refusal: Refusal) -> Events:
        meant = [button(one, "inform", value=one) for one in refusal.suggestions]
        usual = question_parts(view.field)["buttons"] if view.field is not None else []
        turn.note_question(view.field)
        turn.show("refused", refusal=refusal, buttons=meant or usual)
        if refusal.attempt == PERSON_OFFERED_AT:
            turn.offer_person()
        return keep(view)

    def _interrupts(self, turn: Turn, state: RequestState, field: FieldView) -> bool:
        """Whether the message is no answer by its intent."""
        if turn.button:
            return turn.intent not in ANSWERS
        if turn.intent == "book_counter" and state.kind == "booking-cancellation":
            return True  # rather another time than none
        if turn.intent in OWN or (field.id == PLACE_FIELD and turn.intent in PLACE):
            return False
        # "làm giấy khai sinh cho con" sounds like a wish, and tells what is asked for.
        tells = turn.intent in ASPECTS and len(turn.text.split()) >= TELLING_WORDS
        states = (tells or turn.intent in STATEMENTS) and not turn.asks
        return not (field.type == "text" and states)

    async def _go_on(self, turn: Turn, view: RequestView) -> Events:
        """Ask what is next, or sum up and ask for agreement."""
        if view.field is not None:
            turn.note_question(view.field)
            turn.show("request_question", view=view, **question_parts(view.field))
            return keep(view)
        if not view.confirm:
            return await self._submit(turn, view)
        correct = [button("Sửa lại", "correct_field")] if len(view.lines) > 1 else []
        buttons = [button("Đồng ý", "affirm"), *correct, button("Thôi", "cancel_dossier")]
        turn.show("request_agree", view=view, buttons=buttons)
        return keep(view)

    async def _decide(
        self, turn: Turn, state: RequestState, view: RequestView, sure: bool
    ) -> Events:
        if turn.intent in AGREEING:
            return await self._submit(turn, view)
        if turn.intent == "deny" and len(view.lines) > 1:
            return self._which(turn, view)
        if turn.intent == "deny":  # with nothing to choose among, a no is a no
            turn.show("request_left", kind=state.kind)
            return leave()
        if sure and turn.intent not in (ANSWERS if turn.button else OWN):
            raise ActionExecutionRejection(LOOP)
        return await self._correct(turn, state, view)

    async def _correct(self, turn: Turn, state: RequestState, view: RequestView) -> Events:
        chosen = turn.entity("field")
        if chosen is not None:
            asked = state.model_copy(update={"asked": chosen, "attempt": 0})
            return await self._go_on(turn, await self._step(turn, asked))
        if not turn.text:
            return self._which(turn, view)
        found = await self._step(turn, state, phrase=turn.text)
        if len(found.matches) == 1:
            return await self._go_on(turn, found)
        return self._which(turn, found)

    async def _undo(self, turn: Turn, state: RequestState) -> Events:
        view = await self._step(turn, state, undo=True)
        if not view.taken_back and state.asked is None:
            turn.show("nothing_to_undo")
        return await self._go_on(turn, view)

    def _which(self, turn: Turn, view: RequestView) -> Events:
        buttons = [button(one.label, "correct_field", field=one.field) for one in view.lines]
        turn.show("request_which", view=view, buttons=buttons)
        return keep(view)

    async def _submit(self, turn: Turn, view: RequestView) -> Events:
        state = view.state
        body = RequestSubmission(asker=turn.owner, channel=turn.channel, state=state)
        try:
            done = await turn.service.submit_request(body)
        except OnestopRefusal as refusal:
            return await self._refused(turn, state, refusal)
        return [*leave(), *await self._done(turn, state.kind, done)]

    async def _done(self, turn: Turn, kind: str, done: RequestDone) -> Events:
        if kind == "unit":
            show_units(turn, await turn.service.find_units(done.code))
            return []
        buttons = []
        if kind == "post":
            turn.show("request_done_post", done=PostView.model_validate(done.facts))
            return []
        if kind == "booking":
            buttons = [button("Hủy lịch hẹn", "cancel_booking", value=done.code)]
        turn.show(f"request_done_{kind.replace('-', '_')}", done=done, buttons=buttons)
        return erasure.forgotten() if kind == "erasure" else []

    async def _refused(self, turn: Turn, state: RequestState, refusal: OnestopRefusal) -> Events:
        """Say why it cannot be, and ask anew what must change; without that, it ends."""
        problem = dict(refusal.problem)
        if problem.get("locked_until"):
            problem["locked_until"] = clock(datetime.fromisoformat(problem["locked_until"]))
        turn.show("request_refused", code=refusal.code, problem=problem)
        reopen = set(problem.get("reopen") or ())
        if not reopen or refusal.code == "locked":
            return leave()
        left = {name: one for name, one in state.answers.items() if name not in reopen}
        again = state.model_copy(update={"answers": left, "asked": None, "attempt": 0})
        return await self._go_on(turn, await self._step(turn, again))


ACTIONS = (RequestForm,)
