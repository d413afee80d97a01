"""What staff keep takes the files' place in the running process: at once where it was approved, soon elsewhere.

E-forms and answers are read from the database whenever they are asked for; what is used in many places without
one (hours, addresses, days off, everyday words) is put there by `load`.
"""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.orm import Session

from common import tenant
from common.database import Database
from onestop.catalogue.search import lexicon
from onestop.changes.subject import Unfit
from onestop.dossiers import calendar
from onestop.dossiers.calendar import Announced
from onestop.kept import store
from onestop.kept.calendar import Calendar
from onestop.kept.shelf import ONLY
from onestop.kept.synonyms import Synonyms
from onestop.kept.units import Units, UnitsKept, laid_over

POLL_SECONDS = 5.0

log = structlog.get_logger(__name__)


def load(session: Session) -> int:
    """Put what staff keep in its places in this process; returns the version that was seen."""
    version = store.version(session)
    units = store.newest(session, Units.kind).get(ONLY)
    try:
        kept = UnitsKept.model_validate_json(units.content) if units else None
        tenant.keep(laid_over(tenant.shipped(), kept) if kept else None)
    except (Unfit, ValueError) as error:  # for another file, or other software
        log.error("units_unusable", exc_type=type(error).__name__)
        tenant.keep(None)
    days = store.newest(session, Calendar.kind).get(ONLY)
    try:
        calendar.keep(Announced.model_validate_json(days.content) if days else None)
    except ValueError as error:
        log.error("calendar_unusable", exc_type=type(error).__name__)
        calendar.keep(None)
    said = store.newest(session, Synonyms.kind).get(ONLY)
    lexicon.keep(said.content if said else None)
    return version


async def follow(database: Database, seen: int) -> None:
    """Load anew whenever the version is another than the one that was seen; until it is cancelled."""
    while True:
        await asyncio.sleep(POLL_SECONDS)
        try:
            if await database.read(store.version) != seen:
                seen = await database.read(load)
        except Exception as error:
            log.error("kept_not_loaded", exc_type=type(error).__name__, exc_info=True)
