"""National records that staff upload: seen line by line before they count, then imported or dropped."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import JSON, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from common.database import UTCDateTime
from onestop.catalogue import store
from onestop.catalogue.content import Procedure
from onestop.catalogue.importing.files import UnreadableFileError, read_content
from onestop.catalogue.importing.formats import (
    RejectedRecordError,
    is_procedure_record,
    read_record,
)
from onestop.catalogue.models import ProcedureRecord
from onestop.catalogue.sources import Source
from onestop.models import Base
from onestop.staff import audit
from onestop.staff.scope import Scope

MOST_BYTES = 8 * 1024 * 1024  # of an upload, about 700 records; unpacked four times as much
MOST_UNPACKED = 4 * MOST_BYTES
KEPT = timedelta(days=1)
REFUSED = "refused"
OUTCOMES = (*(one.value for one in store.Outcome), REFUSED)


class CatalogueImport(Base):
    """An upload that waits for its author's word; gone when it is imported, dropped or a day old."""

    __tablename__ = "catalogue_imports"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 - SQLAlchemy's own attribute

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    author: Mapped[str] = mapped_column(String(64))
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # packed
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # what was seen, see `_line`
    version: Mapped[int]  # the catalogue's, when the lines were seen


class ImportRefused(ValueError):
    """`code`: `unreadable` (no text, too large), `no_records`, or `catalogue_moved` since it was seen."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Record(NamedTuple):
    """A record of the file: its procedure and source, or why there is none."""

    line: int
    procedure: Procedure | None
    source: Source | None
    fault: str = ""


def records(content: bytes) -> Iterator[Record]:
    """The records of a file's content.

    Raises:
        ImportRefused: `unreadable` or `no_records`.
    """
    first = True
    try:
        for raw in read_content(content, "upload", MOST_UNPACKED):
            if first and not raw.fault and not is_procedure_record(raw.record):
                raise ImportRefused("no_records")
            first = False
            try:
                if raw.fault:
                    raise RejectedRecordError(raw.fault)
                procedure, source = read_record(raw.record)
            except RejectedRecordError as error:
                yield Record(raw.line, None, None, str(error)[:500])
            else:
                yield Record(raw.line, procedure, source)
    except UnreadableFileError as error:
        raise ImportRefused("unreadable") from error
    if first:
        raise ImportRefused("no_records")


class Seen(NamedTuple):
    """What importing a file would do, line by line (`_line`), with the catalogue of this version."""

    version: int
    lines: list[dict[str, Any]]


def look(session: Session, scope: Scope, content: bytes) -> Seen:
    """Look a file through; nothing is written.

    Raises:
        ImportRefused: `unreadable` or `no_records`.
    """
    version = store.version(session)
    judged = _judged(session, records(content), scope)
    return Seen(version, [_line(session, record, fault) for record, fault in judged])


def keep(
    session: Session, author: str, name: str, content: bytes, seen: Seen, at: datetime
) -> CatalogueImport:
    """Keep a file that was looked through until its author decides; the catalogue stays as it is."""
    found = CatalogueImport(
        name=name[:200],
        author=author,
        uploaded_at=at,
        content=zlib.compress(content),
        lines=seen.lines,
        version=seen.version,
    )
    session.add(found)
    session.flush()
    audit.record(
        session, author, "import.uploaded", f"import:{found.id}", counts=dict(counts_of(found))
    )
    return found


def get(session: Session, author: str, import_id: int) -> CatalogueImport:
    """An upload of this author, locked until the transaction ends.

    Raises:
        LookupError: if there is none.
    """
    found = session.get(CatalogueImport, import_id, with_for_update=True)
    if found is None or found.author != author:
        raise LookupError(import_id)
    return found


def waiting(session: Session, author: str) -> list[CatalogueImport]:
    """The author's uploads that wait, the newest first."""
    wanted = select(CatalogueImport).where(CatalogueImport.author == author)
    return list(session.scalars(wanted.order_by(CatalogueImport.id.desc())))


def look_again(session: Session, found: CatalogueImport, scope: Scope) -> None:
    """See the lines anew against the catalogue as it is now."""
    found.version, found.lines = look(session, scope, zlib.decompress(found.content))


def parsed(session: Session, author: str, import_id: int) -> list[Record]:
    """The records of an upload, read before anybody has to wait for them to be written.

    Raises:
        LookupError: if there is none of this author.
    """
    found = session.get(CatalogueImport, import_id)
    if found is None or found.author != author:
        raise LookupError(import_id)
    return list(records(zlib.decompress(found.content)))


def take(
    session: Session, found: CatalogueImport, scope: Scope, read: list[Record]
) -> Counter[str]:
    """Import what was seen, all of it or nothing; the upload is gone then.

    Args:
        session: an open transaction.
        found: the upload.
        scope: what its author may change.
        read: its `parsed` records.

    Returns:
        How many records came to what.

    Raises:
        ImportRefused: `catalogue_moved`: another content is current than the author saw.
    """
    audit.queue(session)  # changes by staff wait
    if store.version(session) != found.version:
        raise ImportRefused("catalogue_moved")
    counts: Counter[str] = Counter()
    for record, fault in _judged(session, read, scope):
        if fault or record.procedure is None or record.source is None:
            counts[REFUSED] += 1
        else:
            counts[store.save(session, record.procedure, record.source).value] += 1
    audit.record(session, found.author, "import.taken", f"import:{found.id}", counts=dict(counts))
    session.delete(found)
    return counts


def drop(session: Session, found: CatalogueImport) -> None:
    """Throw an upload away."""
    audit.record(session, found.author, "import.dropped", f"import:{found.id}")
    session.delete(found)


def sweep(session: Session, at: datetime) -> None:
    """Throw away what nobody has decided on for a day."""
    session.execute(delete(CatalogueImport).where(CatalogueImport.uploaded_at < at - KEPT))


def pair(session: Session, found: CatalogueImport, line: int) -> tuple[str | None, str]:
    """What stands of a line's procedure (None: nothing), and what the line says, both as JSON.

    Raises:
        LookupError: if the line holds no procedure.
    """
    for record in records(zlib.decompress(found.content)):
        if record.line == line and record.procedure is not None:
            current = store.get(session, record.procedure.code)
            before = current.model_dump_json() if current is not None else None
            return before, record.procedure.model_dump_json()
    raise LookupError(line)


def _judged(
    session: Session, found: Iterable[Record], scope: Scope
) -> Iterator[tuple[Record, str]]:
    """Each record with why it is refused ("": it is not).

    A code that stands twice in a file is refused the second time: nobody could say which of them was seen.
    """
    seen: dict[str, int] = {}
    for record in found:
        if record.procedure is None:
            yield record, record.fault
            continue
        code = record.procedure.code
        standing = session.get(ProcedureRecord, code)
        if code in seen:
            yield record, f"twice {seen[code]}"
        elif not scope.sees(record.procedure.agency) or (
            standing is not None and not scope.sees(standing.agency)
        ):
            yield record, "other_agency"
        else:
            seen[code] = record.line
            yield record, ""


def _line(session: Session, record: Record, fault: str) -> dict[str, Any]:
    """What is shown of a record: `line`, `code`, `name`, `outcome`, `fields` that differ, `reason`."""
    procedure, source = record.procedure, record.source
    told: dict[str, Any] = {
        "line": record.line,
        "code": procedure.code if procedure else "",
        "name": procedure.name[:200] if procedure else "",
        "outcome": REFUSED,
        "fields": [],
        "reason": fault,
    }
    if fault or procedure is None or source is None:
        return told
    told["outcome"] = store.judge(session, procedure, source).value
    current = store.get(session, procedure.code)
    if current is not None and told["outcome"] != store.Outcome.UNCHANGED:
        told["fields"] = [one for one in procedure.differing(current) if one != "source"]
    return told


def counts_of(found: CatalogueImport) -> Counter[str]:
    """How many records would come to what."""
    return Counter(one["outcome"] for one in found.lines)
