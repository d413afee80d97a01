"""PDFs that an officer can open: not locked, not broken, not a whole book. pypdf reads, nothing is run."""

from __future__ import annotations

import logging
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from onestop.eforms.answers import Refusal

# What a person still leafs through for one paper; a longer one can be sent in parts.
MAX_PAGES = 100

# It complains of small faults that every reader mends, once a fault, and may quote the file.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def check(content: bytes) -> None:
    """Whether a PDF can be read.

    Raises:
        Refusal: `pdf_locked`, `pdf_too_many_pages` or `file_damaged`.
    """
    try:
        reader = PdfReader(BytesIO(content))
        # Locked against changes only, it opens with the empty password, as in every viewer.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refusal("pdf_locked")
        pages = len(reader.pages)
    except Refusal:
        raise
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Refusal("file_damaged") from error
    except (RecursionError, MemoryError, OverflowError, ZeroDivisionError, OSError) as error:
        raise Refusal("file_damaged") from error
    except (NotImplementedError, ImportError) as error:  # a way of locking that is not known here
        raise Refusal("pdf_locked") from error
    if pages == 0:
        raise Refusal("file_damaged")
    if pages > MAX_PAGES:
        raise Refusal("pdf_too_many_pages", max=MAX_PAGES, pages=pages)
