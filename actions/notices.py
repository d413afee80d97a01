"""Whether the citizen wants to hear of dossiers without asking."""

from __future__ import annotations

from actions.texts import button
from actions.turn import Events, TopicAction, Turn


class MuteNotices(TopicAction):
    """No more notices but those that must be told."""

    action_name = "action_mute_notices"

    async def act(self, turn: Turn) -> Events:
        """Keep the wish, and say what comes all the same."""
        await turn.service.want_notices(turn.owner, wanted=False)
        turn.show("notices_off", buttons=[button("Bật lại thông báo", "unmute_notices")])
        return []


class UnmuteNotices(TopicAction):
    """All notices again."""

    action_name = "action_unmute_notices"

    async def act(self, turn: Turn) -> Events:
        """Keep the wish."""
        await turn.service.want_notices(turn.owner, wanted=True)
        turn.show("notices_on")
        return []


ACTIONS = (MuteNotices, UnmuteNotices)
