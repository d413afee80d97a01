"""Tables of what the post is asked for and of its way. Names, telephones and addresses are encrypted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.database import EncryptedJSON, UTCDateTime, now
from onestop.dossiers.models import Dossier
from onestop.models import Base
from onestop.post.states import Service, State


class PostRequest(Base):
    """One thing that the post is asked for; `details`: receiver, phone, address, time_of_day as read out."""

    __tablename__ = "post_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossiers.id"), index=True)
    owner: Mapped[str] = mapped_column(String(128))
    service: Mapped[Service] = mapped_column(String(16))
    details: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    zone: Mapped[str] = mapped_column(String(24))
    fee: Mapped[int] = mapped_column(Integer)  # đồng, as told or as the post has weighed it
    fee_estimated: Mapped[bool] = mapped_column(Boolean)
    carrier_ref: Mapped[str] = mapped_column(String(40), default="")  # the post's own number
    state: Mapped[State] = mapped_column(String(16), default="requested", index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    dossier: Mapped[Dossier] = relationship()
    history: Mapped[list[PostEvent]] = relationship(
        order_by="PostEvent.id", cascade="all, delete-orphan"
    )


class PostEvent(Base):
    """One step of its way; never changed."""

    __tablename__ = "post_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("post_requests.id"), index=True)
    state: Mapped[State] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(EncryptedJSON, default="")
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
