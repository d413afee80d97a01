"""Ratings of finished dossiers: five levels and a reason, once a dossier, changeable for some days.

Who sent the dossier or knows its second factor may rate it, and carries a grant (`onestop/dossiers/grants.py`).
Levels and days are data (`data/feedback/rating.yml`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography.fernet import MultiFernet
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import now
from onestop.dossiers import grants
from onestop.dossiers.models import Dossier
from onestop.dossiers.statuses import Status
from onestop.feedback.models import Rating
from onestop.feedback.rules import rating_rules
from onestop.schemas import RatingLevel, RatingOffer, RatingRequest, RatingView

# There is a result, or a decision that ends the dossier: all of them may be judged.
RATED = (Status.DONE, Status.HANDED_OVER, Status.REFUSED, Status.STOPPED)


class NotRated(Exception):
    """A rating that is not taken.

    `reason`: `not_granted`, `not_finished`, `too_late` (to rate or to change), `too_long`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def finished_at(dossier: Dossier) -> datetime | None:
    """When the result was there, or the dossier ended; `None` while it is being handled."""
    if dossier.status not in RATED:
        return None
    return min(event.at for event in dossier.history if event.status in RATED)


def offer(
    session: Session, cipher: MultiFernet, asker: str, dossier: Dossier
) -> RatingOffer | None:
    """The offer to rate a dossier that was shown to be the asker's; `None` if that is not the time."""
    rating = session.scalar(select(Rating).where(Rating.dossier_id == dossier.id))
    if _refusal(dossier, rating, now()) is not None:
        return None
    return RatingOffer(
        code=dossier.code,
        procedure=dossier.procedure_name,
        grant=grants.give(cipher, asker, dossier.code),
        levels=[
            RatingLevel(stars=stars, name=name)
            for stars, name in sorted(rating_rules().levels.items(), reverse=True)
        ],
        stars=rating.stars if rating is not None else None,
    )


def offers(session: Session, cipher: MultiFernet, owner: str, limit: int) -> list[RatingOffer]:
    """What the owner may rate, the newest first."""
    query = select(Dossier).where(Dossier.owner == owner, Dossier.status.in_(RATED))
    found = (
        offer(session, cipher, owner, dossier)
        for dossier in session.scalars(query.order_by(Dossier.id.desc()).limit(limit))
    )
    return [one for one in found if one is not None]


def _refusal(dossier: Dossier, rating: Rating | None, at: datetime) -> str | None:
    """Why the dossier may not be rated now, or its rating not be changed."""
    ended = finished_at(dossier)
    if ended is None:
        return "not_finished"
    rules = rating_rules()
    begun, days = ended, rules.rate_within_days
    if rating is not None:
        begun, days = rating.rated_at, rules.change_within_days
    return "too_late" if at > begun + timedelta(days=days) else None


def rate(session: Session, cipher: MultiFernet, request: RatingRequest) -> RatingView:
    """Keep a rating, or change it.

    Raises:
        NotRated: if it is not taken; nothing is changed then.
    """
    code = grants.opened(cipher, request.asker, request.grant)
    query = select(Dossier).where(Dossier.code == code).with_for_update()
    dossier = session.scalar(query) if code is not None else None
    if dossier is None:
        raise NotRated("not_granted")
    rules = rating_rules()
    if len(request.reason or "") > rules.most_characters:
        raise NotRated("too_long")
    rating = session.scalar(select(Rating).where(Rating.dossier_id == dossier.id))
    if refusal := _refusal(dossier, rating, now()):
        raise NotRated(refusal)
    changed = rating is not None and rating.stars != request.stars
    if rating is None:
        # The dossier's row is held: nobody else rates it meanwhile; the unique column stands behind.
        rating = Rating(dossier_id=dossier.id, owner=request.asker, channel=request.channel)
        session.add(rating)
    else:
        rating.changed_at = now()
    if changed:
        rating.reason = ""  # it spoke of another level
    rating.stars = request.stars
    if request.reason is not None:
        rating.reason = request.reason.strip()
    session.flush()
    return RatingView(
        code=dossier.code,
        stars=rating.stars,
        name=rules.levels[rating.stars],
        reason=rating.reason,
        reason_wanted=rating.stars <= rules.reason_wanted_up_to and not rating.reason,
        criteria=rules.criteria,
        changed=changed,
    )
