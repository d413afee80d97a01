"""The second factor: the last four digits of the applicant's citizen ID or telephone, as citizens type it."""

from __future__ import annotations

import re

DIGITS = 4
# The four digits alone, an old or new citizen ID, a phone number with or without country code.
_LENGTHS = {DIGITS, 9, 10, 11, 12}


def find(text: str) -> str | None:
    """Four digits: typed alone, or the end of a whole citizen ID or phone number.

    Other numbers may stand before it: "4 số cuối là 1234" → 1234.
    """
    found = [re.sub(r"\D", "", one) for one in re.findall(r"[0-9](?:[ .]?[0-9])*", text)]
    whole = [digits for digits in found if len(digits) in _LENGTHS]
    return whole[-1][-DIGITS:] if whole else None
