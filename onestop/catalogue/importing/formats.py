"""Which of the known formats a record has, told by its keys, and the procedure in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from onestop.catalogue.content import Procedure
from onestop.catalogue.importing import crawled, labelled, structured
from onestop.catalogue.sources import Source


class RejectedRecordError(Exception):
    """A record that no procedure can be made of; the message says why."""


@dataclass(frozen=True)
class Format:
    """A format of records: the key that only it has, its reader and its source."""

    key: str
    read: Callable[[Mapping[str, Any], str], Procedure]
    source: Source


FORMATS = (
    Format(labelled.CODE_KEY, labelled.read_labelled, Source.PORTAL),
    Format(crawled.CODE_KEY, crawled.read_crawled, Source.PORTAL_CRAWL),
    Format(structured.CODE_KEY, structured.read_structured, Source.DEFENCE),
)
# Keys of a procedure record that carries no code at all, as the portal's pages of 2021 were saved.
_WITHOUT_CODE = ("title", "Trình tự thực hiện")


def is_procedure_record(record: object) -> bool:
    """Whether `record` is of a known format, or a procedure without a code."""
    return isinstance(record, Mapping) and (
        any(known.key in record for known in FORMATS) or all(key in record for key in _WITHOUT_CODE)
    )


def read_record(record: object) -> tuple[Procedure, Source]:
    """Make a procedure of one record as it stands in its file.

    Args:
        record: the decoded JSON.

    Raises:
        RejectedRecordError: with the reason, if there is no procedure in it.
    """
    if not is_procedure_record(record) or not isinstance(record, Mapping):
        raise RejectedRecordError("not a procedure record of a known format")
    known = next((known for known in FORMATS if known.key in record), None)
    if known is None:
        raise RejectedRecordError("the procedure has no code")
    try:
        return known.read(record, known.source.value), known.source
    except ValidationError as error:
        raise RejectedRecordError(_reason(error)) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise RejectedRecordError(f"damaged record: {type(error).__name__} {error}") from error


def _reason(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'procedure'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_context=False)
    )
