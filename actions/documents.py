"""The filled e-form to print, asked for outside the form: of a dossier, or of a draft that was put off."""

from __future__ import annotations

from rasa_sdk.events import ActiveLoop, SlotSet

from actions import printed
from actions.onestop_client import OnestopRefusal
from actions.status_form import DOCUMENT, LOOP, read_code
from actions.texts import button
from actions.turn import Events, TopicAction, Turn


class DownloadForm(TopicAction):
    """Give the printed form of the dossier that is meant: the one named, else the newest sent here."""

    action_name = "action_download_form"

    async def act(self, turn: Turn) -> Events:
        """Find it; another's dossier is looked up first, with its second factor."""
        own = list(turn.slot("dossiers") or [])
        code = read_code(turn) or (own[-1] if own else None)
        if code is None:
            return await self._unsent(turn)
        try:
            links = await turn.service.documents(turn.owner, code=code)
        except OnestopRefusal as refusal:
            if refusal.code != "factor_needed":
                raise
            if turn.tracker.active_loop_name not in (None, LOOP):
                turn.show("document_afterwards")
                return []
            said = [SlotSet("lookup_code", code), SlotSet("lookup_for", DOCUMENT)]
            return [*said, ActiveLoop(LOOP)]
        printed.show(turn, links)
        return []

    async def _unsent(self, turn: Turn) -> Events:
        drafts = await turn.service.drafts(turn.owner)
        if drafts:
            printed.show(turn, await turn.service.documents(turn.owner, draft=drafts[0].id))
            return []
        buttons = [
            button("Xem mẫu đơn", "ask_forms"),
            button("Nộp hồ sơ", "start_dossier"),
            button("Hồ sơ đã nộp", "check_status"),
        ]
        turn.show("document_none", buttons=buttons)
        return []


ACTIONS = (DownloadForm,)
