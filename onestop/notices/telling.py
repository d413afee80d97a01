"""Keep a notice for its owner; who wants none, and who does again."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from common.database import insert_if_absent, now
from onestop.notices import texts
from onestop.notices.models import Muted, Notice, State
from onestop.schemas import NoticeView


def tell(
    session: Session, owner: str, template: str, *, key: str | None = None, **variables: object
) -> bool:
    """Keep a notice for `owner`; a template that does not exist or lacks a variable fails here.

    Args:
        key: what it is the notice of; kept once for a key, however often it is asked for.

    Returns:
        Whether it was kept now; not, if it was before.
    """
    texts.say(template, variables)
    must = texts.kinds()[template].must
    muted = not must and session.get(Muted, owner) is not None
    return insert_if_absent(
        session,
        Notice,
        key=key,
        owner=owner,
        template=template,
        variables=variables,
        state=State.MUTED if muted else State.WAITING,
    )


def mute(session: Session, owner: str) -> None:
    """Tell `owner` only what must be told, from now on; what waits and need not be told is dropped."""
    insert_if_absent(session, Muted, owner=owner, since=now())
    free = [name for name, kind in texts.kinds().items() if not kind.must]
    session.execute(
        update(Notice)
        .where(Notice.owner == owner, Notice.state == State.WAITING, Notice.template.in_(free))
        .values(state=State.MUTED)
    )


def unmute(session: Session, owner: str) -> None:
    """Tell `owner` everything again, from now on."""
    session.execute(delete(Muted).where(Muted.owner == owner))


def view(session: Session, row: Notice) -> NoticeView:
    """A notice as it is to be said."""
    # Here: dossiers tell notices, so their module is not ready when this one is loaded.
    from onestop.notices.contact import contact_of

    said = texts.say(row.template, row.variables)
    about = {name: str(one) for name, one in row.variables.items() if isinstance(one, str | int)}
    code = about.get("code", "")
    return NoticeView(
        id=row.id,
        owner=row.owner,
        template=row.template,
        text=said.text,
        buttons=said.buttons,
        card=said.card,
        about=about,
        contact=contact_of(session, row.owner, code) if code else None,
        created_at=row.created_at,
        lease=row.lease or "",
    )


def waiting(session: Session, limit: int) -> list[NoticeView]:
    """The oldest notices that were not told yet."""
    rows = session.scalars(
        select(Notice).where(Notice.state == State.WAITING).order_by(Notice.id).limit(limit)
    )
    return [view(session, row) for row in rows]
