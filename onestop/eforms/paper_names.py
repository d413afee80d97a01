"""Names of papers, short enough to be asked for.

The records name a paper as the law lists it: "b) Bản sao … quy định tại khoản 1 Điều 5 Nghị định số …;".
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Sequence

from onestop.eforms.words import fold

_LONGEST = 120  # characters
_SHORTEST = 20  # less says nothing: "Văn bản", "Đơn theo mẫu"
# The letter or figure under which the law lists it; other papers may refer to it, an applicant does not.
_LISTED = re.compile(
    r"^[\W_]*(?:(?:[a-zđ]|[ivx]{1,4}|\d{1,2}(?:\.\d{1,2})*)[.)]+\s*)+(?=[^\W_]|\()"
)
# The whole case, so that "nộp trực tiếp hoặc trực tuyến" is not meant; folded.
_AT_COUNTER = re.compile(
    r"(?:doi voi )?(?:truong hop )?(?:nop |thuc hien |gui )?(?:ho so )?(?:bang hinh thuc )?truc tiep"
    r"(?: (?:va|hoac)(?: qua)?(?: (?:dich vu|he thong))? buu chinh(?: cong ich)?)?"
)
_ENDING = " .;:,…-–"
# After these a name goes on with where it is regulated, what it must hold and when it is not needed.
_BOUNDARY = re.compile(
    r"[.;]\s|,? (?:theo (?:quy định|mẫu|Mẫu|khoản|Điều)|quy định tại|ban hành (?:kèm|theo)|trừ trường hợp"
    r"|trong đó|được quy định|kèm theo)\b|[,:] | \("
)


def at_counter_only(case: str) -> bool:
    """Whether a paper of this case is for those who do not apply online: "Nộp trực tiếp"."""
    return _AT_COUNTER.fullmatch(fold(case).strip(" .:;")) is not None


def asked_names(names: Sequence[str]) -> list[str]:
    """The names of a procedure's papers as they are asked for: each at most 120 characters.

    Args:
        names: as the catalogue has them.

    Returns:
        One for each; those that would be the same shortened stay as long as they may be.
    """
    short = [shortened(name) for name in names]
    often = Counter(short)
    return [
        one if often[one] == 1 else textwrap.shorten(_bare(name), _LONGEST, placeholder=" …")
        for one, name in zip(short, names, strict=True)
    ]


def shortened(name: str) -> str:
    """The longest beginning of at most 120 characters that ends where a part of the name does."""
    bare = _bare(name)
    if len(bare) <= _LONGEST:
        return bare
    ends = [end.start() for end in _BOUNDARY.finditer(bare)]
    fitting = [
        end
        for end in ends
        if _SHORTEST <= end <= _LONGEST - 2 and bare.count("(", 0, end) == bare.count(")", 0, end)
    ]
    if not fitting:
        return textwrap.shorten(bare, _LONGEST, placeholder=" …")
    return f"{bare[: fitting[-1]].rstrip(_ENDING)} …"


def _bare(name: str) -> str:
    return _LISTED.sub("", " ".join(name.split())).rstrip(_ENDING) or name
