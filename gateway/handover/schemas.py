"""The shapes of the hand-over's inner interface."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gateway import outbox
from gateway.handover.models import Agent, Handover, Stage
from gateway.handover.service import Staff
from gateway.models import Direction, Message
from gateway.texts import say


class Summary(BaseModel):
    """What is known of a citizen who asks for a person, or whom staff help on their own.

    `reason`: `asked`, `stuck` after misunderstandings, `joined` by staff; `answered` of `total` fields of the
    dossier.
    """

    reason: str = ""
    procedure: str = ""
    field: str = ""
    answered: int = 0
    total: int = 0
    said: list[str] = []


class HandoverView(BaseModel):
    """A hand-over as staff see it; `mine`: the one who asks has it now."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    sender: str
    channel: str
    stage: Literal["ticket", "waiting", "taken", "closed"]
    agent: str | None
    agent_name: str | None
    asked_at: datetime
    taken_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    ended_by: str | None
    waits_since: datetime | None
    active_at: datetime
    outcome: dict[str, Any] | None
    summary: Summary = Summary()
    mine: bool = False

    @classmethod
    def of(cls, row: Handover, staff: Staff) -> HandoverView:
        """The view of a row for a member of staff."""
        view = cls.model_validate(row)
        mine = row.stage == Stage.TAKEN and row.agent == staff.id
        summary = Summary.model_validate(row.request.get("summary") or {})
        return view.model_copy(update={"summary": summary, "mine": mine})


class AgentView(BaseModel):
    """A member of staff who is there."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    seen_at: datetime

    @classmethod
    def of(cls, row: Agent) -> AgentView:
        """The view of a row."""
        return cls.model_validate(row)


class SharedFile(BaseModel):
    """A file that staff have uploaded for this citizen."""

    file_id: str = Field(pattern=r"^[\w-]{1,64}$")
    name: str = Field(min_length=1, max_length=200)
    content_type: str = Field(max_length=100)


class Answer(BaseModel):
    """What staff say; `key` is the client's own id of it: sent again, it is said once."""

    key: str = Field(pattern=r"^[\w-]{1,64}$")
    text: str = Field("", max_length=4_000)
    files: list[SharedFile] = Field([], max_length=5)


class Closing(BaseModel):
    """Why it is closed: done; the assistant can go on; the citizen comes to the counter, or is silent."""

    reason: Literal["solved", "to_assistant", "counter", "no_reply", "other"]
    note: str = Field("", max_length=1_000)


class Proposal(BaseModel):
    """What a field of the citizen's draft should say, in words as the citizen would type them."""

    key: str = Field(pattern=r"^[\w-]{1,64}$")
    draft: str = Field(pattern=r"^[\w-]{1,32}$")
    field: str = Field(min_length=1, max_length=64)
    text: str = Field(min_length=1, max_length=2_000)


class Opening(BaseModel):
    """Whose conversation staff take over on their own, and whose matter it is, about which procedure."""

    sender: str = Field(min_length=3, max_length=80)
    agency: str = Field("", max_length=300)
    procedure: str = ""

    def about(self, drafts: list[dict[str, Any]]) -> dict[str, Any]:
        """The request that the assistant would have made, had the citizen asked for a person.

        Args:
            drafts: of the citizen, the newest first, as the one-stop service shows them.
        """
        summary: dict[str, Any] = {"reason": "joined", "procedure": self.procedure}
        buttons = []
        for draft in drafts[:1]:
            summary |= {
                "procedure": draft["procedure"]["name"],
                "field": (draft["field"] or {}).get("label", ""),
                "answered": draft["answered"],
                "total": draft["total"],
            }
            payload = f"/resume_dossier{json.dumps({'draft': draft['id']})}"
            buttons.append({"title": say("resume_dossier"), "payload": payload})
        return {"agency": self.agency, "summary": summary, "buttons": buttons}


class Attached(BaseModel):
    """A file that the citizen has sent."""

    file_id: str
    name: str


class Titled(BaseModel):
    """A choice that the citizen was offered."""

    title: str


class MessageView(BaseModel):
    """A message as staff see it, as far as a page shows it; `state`: how far it got, where it is sent."""

    id: int
    who: Literal["citizen", "assistant", "staff"] = Field(alias="from")
    at: datetime
    author: str = ""
    text: str = ""
    buttons: list[Titled] = []
    attachments: list[Attached] = []
    state: str | None = None


def message_view(row: Message) -> dict[str, Any]:
    """A message as staff see it: as the citizen does, with its files' ids, and how far it got."""
    view = outbox.present(row)
    view["state"], view["reason"] = row.state, row.reason
    if row.direction == Direction.INCOMING:
        view["attachments"] = row.body["attachments"]
    return view
