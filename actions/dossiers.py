"""Start a dossier, go on with one, and what is said of a dossier outside the form."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, SlotSet

from actions import elsewhere, requests
from actions.choosing import wait_for_name
from actions.dossier_form import LOOP
from actions.finding import find_procedure
from actions.onestop_client import OnestopRefusal
from actions.several import remind_of_rest, several, which_first
from actions.status_form import LOOP as STATUS_LOOP
from actions.status_form import RESUME
from actions.telling import LOOP as FEEDBACK_LOOP
from actions.texts import button
from actions.turn import Events, TopicAction, Turn
from onestop import resume_code


def leave_other_loop(turn: Turn) -> Events:
    """End another loop than the form's where it is open: left as it is, it would take no further message."""
    if turn.tracker.active_loop_name == STATUS_LOOP:
        return [ActiveLoop(None), SlotSet("lookup_code", None)]
    if turn.tracker.active_loop_name == requests.LOOP:
        return requests.leave()
    return []


class StartDossier(TopicAction):
    """Start a draft for the procedure that is meant, and hand over to the form."""

    action_name = "action_start_dossier"

    async def act(self, turn: Turn) -> Events:
        """Find the procedure; say honestly when it takes no dossiers online."""
        if parts := await several(turn, ["start_dossier"]):
            return [*which_first(turn, ["start_dossier"], parts), *leave_other_loop(turn)]
        procedure, events, *_ = await find_procedure(turn, ["start_dossier"])
        events = [*events, *leave_other_loop(turn)]
        if procedure is None:
            return events
        if turn.slot("sent") == procedure.code and await turn.names_nothing():
            turn.show(
                "sent_already",
                procedure=procedure,
                buttons=[
                    button("Nộp thêm hồ sơ này", "start_dossier", procedure=procedure.code),
                    button("Hồ sơ đến đâu rồi", "check_status"),
                ],
            )
            return [*events, *wait_for_name(["start_dossier"])]
        try:
            draft = await turn.service.start_draft(turn.owner, turn.channel, procedure.code)
        except OnestopRefusal:
            turn.show(
                "not_online",
                procedure=procedure,
                buttons=[
                    button("Giấy tờ cần có", "ask_papers", procedure=procedure.code),
                    button("Nộp ở đâu", "ask_place", procedure=procedure.code),
                ],
            )
            return [*events, *remind_of_rest(turn, procedure.code)]
        if draft.answered == 0:
            turn.show("start", draft=draft)
        else:
            turn.show("continue", draft=draft)
        return [*events, SlotSet("draft", draft.id), ActiveLoop(LOOP)]


class ResumeDossier(TopicAction):
    """Go on with a draft: the only one, the one chosen, or ask which."""

    action_name = "action_resume_dossier"

    async def act(self, turn: Turn) -> Events:
        """List the drafts of this citizen; one that was begun elsewhere comes with its code."""
        code = resume_code.find(turn.text)
        if code is not None:
            return take_code(code)
        drafts = await turn.service.drafts(turn.owner)
        chosen = turn.entity("draft")
        found = [one for one in drafts if one.id == chosen] if chosen else drafts
        if turn.text and not drafts and turn.offered and "start_dossier" in turn.wanted:
            # "làm tiếp": what was offered, not what was begun
            return await StartDossier().act(turn)
        if not found:
            turn.show("no_draft")
            return [*leave_other_loop(turn), SlotSet("draft", None)]
        if len(found) > 1:
            buttons = [
                button(f"{at}. {one.procedure.name}", "resume_dossier", draft=one.id)
                for at, one in enumerate(found, start=1)
            ]
            turn.show("which_draft", drafts=found, buttons=buttons)
            offered = [{"draft": one.id} for one in found]
            return [ActiveLoop(None), SlotSet("choices", offered)]
        turn.show("continue", draft=found[0])
        return [SlotSet("draft", found[0].id), ActiveLoop(LOOP)]


def take_code(code: str | None) -> Events:
    """Begin to take a draft over; the status loop asks for the code, if it is not known, and the factor."""
    return [
        SlotSet("lookup_code", code),
        SlotSet("lookup_for", RESUME),
        ActiveLoop(STATUS_LOOP),
    ]


class ContinueElsewhere(TopicAction):
    """Give the code for going on with a draft elsewhere; without a draft here, take one over."""

    action_name = "action_continue_elsewhere"

    async def act(self, turn: Turn) -> Events:
        """The draft chosen, the one that is being filled, or the only one; else ask which."""
        code = resume_code.find(turn.text)
        drafts = await turn.service.drafts(turn.owner)
        if code is not None or not drafts:
            return take_code(code)
        meant = turn.entity("draft") or turn.slot("draft")
        found = [one for one in drafts if one.id == meant] or drafts
        if len(found) > 1:
            buttons = [
                button(f"{at}. {one.procedure.name}", "continue_elsewhere", draft=one.id)
                for at, one in enumerate(found, start=1)
            ]
            turn.show("which_draft", drafts=found, buttons=buttons)
            return leave_other_loop(turn)
        await elsewhere.give_code(turn, found[0])
        return leave_other_loop(turn)


class BackToDraft(TopicAction):
    """After an interruption by another form: go on with the complaint, request or draft that is open."""

    action_name = "action_back_to_draft"

    async def act(self, turn: Turn) -> Events:
        """Hand over to the form again."""
        if turn.slot("feedback"):
            return [ActiveLoop(FEEDBACK_LOOP)]
        if turn.slot(requests.SLOT):
            return [ActiveLoop(requests.LOOP)]
        return [ActiveLoop(LOOP)] if turn.slot("draft") else []


ACTIONS = (StartDossier, ResumeDossier, ContinueElsewhere, BackToDraft)
