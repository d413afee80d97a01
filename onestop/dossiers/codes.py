"""Dossier codes in the national forms.

Nghị định 61/2018/NĐ-CP builds a dossier's code from the agency's identifier, the day of receipt and a
running number. Two shapes are in use, and both are read:

- `H25-20261124-0000001`: identifier as in Quyết định 20/2020/QĐ-TTg, yyyymmdd, seven digits; ours.
- `000.00.12.H62-201105-0004`: identifier as in QCVN 102:2016/BTTTT, yymmdd, four digits.
"""

from __future__ import annotations

import re
from datetime import date, datetime

_NEW = re.compile(r"([A-Z]\d{2}(?:\.\d{1,3})*)-(\d{8})-(\d{7})")
_OLD = re.compile(r"(\d{3}(?:\.\d{2}){2}\.[A-Z]\d{2})-(\d{6})-(\d{4,5})")
RUNNING_MAX = 9_999_999


def make_code(agency: str, day: date, running: int) -> str:
    """A new code.

    Args:
        agency: the agency identifier, such as `H25` or `G09.20`.
        day: the day of receipt, in Vietnam.
        running: the running number of that agency and day, 1–9,999,999.

    Raises:
        ValueError: if the running number does not fit.
    """
    if not 1 <= running <= RUNNING_MAX:
        raise ValueError("the running number of a dossier code has seven digits")
    return f"{agency}-{day:%Y%m%d}-{running:07}"


def normalise_code(text: str) -> str | None:
    """The dossier code that `text` holds, in its official spelling, or `None`.

    Citizens copy codes with blanks, in small letters, or with long dashes; a code whose date does not
    exist is none.
    """
    squeezed = re.sub(r"[\s_]", "", re.sub(r"[\u2010-\u2015\u2212]", "-", text)).upper()
    for pattern, date_format in ((_NEW, "%Y%m%d"), (_OLD, "%y%m%d")):
        match = re.search(rf"(?<![A-Z0-9.]){pattern.pattern}(?!\d)", squeezed)
        if match:
            try:
                datetime.strptime(match[2], date_format)  # noqa: DTZ007 - only whether it exists
            except ValueError:
                continue
            return match[0]
    return None
