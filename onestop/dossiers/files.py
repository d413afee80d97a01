"""Files that citizens sent: a row each; their contents lie in the storage under the same key.

A file is kept for good once something holds it (a draft's answer, a complaint): `hold`. What nothing holds
is swept away after a while, and so is a content without a row. Contents are put away before their rows and
removed after them, so that whatever is interrupted leaves at worst a content that the next sweep finds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from common.database import Database, now
from onestop.dossiers.models import StoredFile, opaque_key
from onestop.eforms.texts import warning_text
from onestop.schemas import FileView
from onestop.storage.base import Storage
from onestop.uploads.cleaning import clean
from onestop.uploads.scanner import Verdict

LONGEST_NAME = 120
# How long a file may wait to be held, and a content for its row.
GRACE = timedelta(hours=24)
SWEPT_AT_ONCE = 500


@dataclass(frozen=True)
class PutAway:
    """A cleaned content that lies in the storage and has no row yet.

    `size` in bytes; `scan` is the verdict of the virus scan, "" where there is no scanner.
    """

    key: str
    content_type: str
    size: int
    sha256: str
    warning: str
    scan: str = ""


def put_away(storage: Storage, content: bytes, scan: str = "") -> PutAway:
    """Clean a content and keep it; outside any transaction, for it may take a while.

    Args:
        scan: the verdict of the virus scan on the content as it came.

    Raises:
        onestop.eforms.answers.Refusal: if it is no file that can be read.
        onestop.storage.base.StorageUnavailable: if it cannot be kept now.
    """
    cleaned = clean(content)
    key = opaque_key()
    storage.put(key, cleaned.content)
    digest = hashlib.sha256(cleaned.content).hexdigest()
    size = len(cleaned.content)
    return PutAway(key, cleaned.content_type, size, digest, cleaned.warning, scan)


def record(session: Session, owner: str, name: str, kept: PutAway) -> FileView:
    """Make the row of a content that was put away.

    Args:
        owner: whose file it is; nobody else can attach it.
        name: the name that the citizen's device gave; only shown, never used as a path.
    """
    row = StoredFile(
        id=kept.key,
        owner=owner,
        name=Path(name).name[:LONGEST_NAME] or "tep",
        content_type=kept.content_type,
        size=kept.size,
        sha256=kept.sha256,
        warning=kept.warning,
        scan=kept.scan,
    )
    session.add(row)
    return _view(row)


def _view(row: StoredFile) -> FileView:
    return FileView(
        file_id=row.id,
        name=row.name,
        content_type=row.content_type,
        size=row.size,
        warning=warning_text(row.warning, name=row.name) if row.warning else "",
    )


def owned(session: Session, owner: str, file_id: str) -> FileView | None:
    """The file `file_id` if it is `owner`'s."""
    row = session.get(StoredFile, file_id)
    return _view(row) if row is not None and row.owner == owner else None


def forget(session: Session, owner: str, file_id: str) -> bool:
    """Delete the row of a file of `owner`'s that nothing holds; its content is the caller's to delete.

    Returns:
        Whether there was one.
    """
    mine = (StoredFile.id == file_id, StoredFile.owner == owner, StoredFile.held_at.is_(None))
    return session.scalar(delete(StoredFile).where(*mine).returning(StoredFile.id)) is not None


def hold(session: Session, file_ids: Iterable[str]) -> None:
    """Keep these files for good: something in this transaction refers to them."""
    _mark(session, file_ids, now())


def release(session: Session, file_ids: Iterable[str]) -> None:
    """Nothing refers to these files any more: the next sweep may take them."""
    _mark(session, file_ids, None)


def _mark(session: Session, file_ids: Iterable[str], held_at: datetime | None) -> None:
    wanted = list(file_ids)
    if wanted:
        session.execute(update(StoredFile).where(StoredFile.id.in_(wanted)).values(held_at=held_at))


def sweep(database: Database, storage: Storage, before: datetime) -> int:
    """Remove files that nothing holds and contents without a row, all from before a moment.

    Safe beside citizens and beside another sweep; what is interrupted is done the next time.

    Returns:
        How many contents were removed.

    Raises:
        onestop.storage.base.StorageUnavailable: if the storage does not answer.
    """
    removed = 0
    while keys := database.transact(_forget, before):
        for key in keys:
            storage.delete(key)
        removed += len(keys)
    orphans = list(storage.keys(before))
    for at in range(0, len(orphans), SWEPT_AT_ONCE):
        part = orphans[at : at + SWEPT_AT_ONCE]
        known = database.query(_known, part)
        for key in part:
            if key not in known:
                storage.delete(key)
                removed += 1
    return removed


def _forget(session: Session, before: datetime) -> list[str]:
    """Delete rows that nothing holds; held meanwhile, a row stays (the condition is checked in the delete)."""
    loose = (StoredFile.held_at.is_(None), StoredFile.created_at < before)
    found = session.scalars(select(StoredFile.id).where(*loose).limit(SWEPT_AT_ONCE)).all()
    gone = session.scalars(
        delete(StoredFile).where(StoredFile.id.in_(found), *loose).returning(StoredFile.id)
    )
    return list(gone)


def unscanned(session: Session) -> list[str]:
    """Keys of files that no scanner has seen yet though there is one, oldest first."""
    waiting = select(StoredFile.id).where(StoredFile.scan == Verdict.UNSCANNED)
    return list(session.scalars(waiting.order_by(StoredFile.created_at).limit(SWEPT_AT_ONCE)))


def judge(session: Session, key: str, verdict: Verdict) -> None:
    """Keep what the scan said of a file."""
    session.execute(update(StoredFile).where(StoredFile.id == key).values(scan=verdict))


def _known(session: Session, keys: list[str]) -> set[str]:
    return set(session.scalars(select(StoredFile.id).where(StoredFile.id.in_(keys))))
