"""Notices: what citizens are told of their dossiers without having asked.

A notice is kept in the transaction that causes it; the gateway fetches it, says it in the chat that the
owner writes in, and acknowledges. Told at least once: a gateway that dies between the two says it again.
Texts: `data/texts/notices.yml`.
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common.database import EncryptedJSON, UTCDateTime, now
from common.settings import ROOT
from onestop.models import Base
from onestop.schemas import NoticeView

FILE = ROOT / "data" / "texts" / "notices.yml"


class Notice(Base):
    """One notice to one owner."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(String(128))
    template: Mapped[str] = mapped_column(String(40))
    variables: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)


@cache
def _templates() -> dict[str, Template]:
    # Plain text: each channel escapes for itself.
    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)  # noqa: S701
    texts = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {str(name): environment.from_string(text) for name, text in texts.items()}


def text_of(template: str, variables: dict[str, Any]) -> str:
    """What the citizen is told.

    Raises:
        KeyError: if there is no such template.
    """
    return _templates()[template].render(**variables).strip()


def tell(session: Session, owner: str, template: str, **variables: Any) -> None:
    """Keep a notice for `owner`; a template that does not exist or lacks a variable fails here."""
    text_of(template, variables)
    session.add(Notice(owner=owner, template=template, variables=variables))


def waiting(session: Session, limit: int) -> list[NoticeView]:
    """The oldest notices that nobody has acknowledged."""
    rows = session.scalars(
        select(Notice).where(Notice.delivered_at.is_(None)).order_by(Notice.id).limit(limit)
    )
    return [
        NoticeView(
            id=row.id,
            owner=row.owner,
            template=row.template,
            text=text_of(row.template, row.variables),
            variables=row.variables,
            created_at=row.created_at,
        )
        for row in rows
    ]


def acknowledge(session: Session, notice_id: int) -> bool:
    """The citizen was told; whether there is such a notice. Repeats are harmless."""
    row = session.get(Notice, notice_id, with_for_update=True)
    if row is None:
        return False
    row.delivered_at = row.delivered_at or now()
    return True
