"""The case that stands inside a paper's name: "… (đối với trường hợp cấp lại)" is not asked of everybody.

The records put most cases above their papers (`Paper.group`), and some into the name itself. Only what governs
the whole paper is taken: of "Giấy A; trường hợp nộp bản sao thì …" all need A, and of "A hoặc B nếu …" nobody
can tell.
"""

from __future__ import annotations

import re

_CASE = r"(?:(?:đối với|trong|áp dụng (?:đối với|cho)|chỉ (?:đối với|trong|áp dụng với)) )?(?:các )?trường hợp"
# "Trường hợp ủy quyền: văn bản ủy quyền", "Đối với tổ chức: …".
_LEADING = re.compile(
    rf"[\W\d]*(?:[a-zđ][.)] ?)?(?:{_CASE} (?P<case>[^:;.]+?)"
    r"(?: thì\b|:|,? (?<!không )(?:phải|cần) (?:có|nộp)\b)"
    r"|đối với (?P<whom>[^:;.,]+):)",
    re.IGNORECASE,
)
_PARENTHESISED = re.compile(
    rf"(?P<paper>[^;:]*)\((?:{_CASE}|nếu|(?:áp dụng |chỉ )?đối với) (?P<case>[^();]+)\)\W*",
    re.IGNORECASE,
)
_PAREN_CASE = re.compile(r"\((?:trong |áp dụng |chỉ )?(?:đối với|trường hợp)", re.IGNORECASE)
_TRAILING = re.compile(
    rf"(?P<paper>[^;:()]+?),? (?:{_CASE}|nếu) (?P<case>[^;:.()]+)\W*", re.IGNORECASE
)
# How a paper is handed in, when it is not needed, or what else holds then: nothing about who needs it.
_OF_THE_PAPER = re.compile(
    r"\bthì\b|\bphải\b|không cần|\bmiễn\b|\bbản (?:sao|chính|gốc|chụp|giấy|điện tử)\b|\btrực (?:tiếp|tuyến)\b"
    r"|xuất trình|\btrừ\b|\bcó\s*$|nộp (?:hồ sơ|qua)|khai thác|tra cứu|tiếng (?:nước ngoài|Anh|Việt)",
    re.IGNORECASE,
)
# Before the case: another paper, another sentence, or words that make it no case of this paper.
_NOT_ALONE = re.compile(
    r"\bhoặc\b|\w{3}\.(?:\s|$)|\b(?:trừ|ngoài|tùy|từng|theo|mọi|một|một số|thuộc)$", re.IGNORECASE
)
_SHORTEST, _LONGEST = 4, 300  # characters of a case


def case_of(name: str) -> str:
    """The case in which alone a paper is needed, as its name tells; "" where it tells none.

    Args:
        name: the paper's name, as the catalogue has it.
    """
    text = " ".join(name.split())
    if found := _LEADING.match(text):
        return _told(found["case"] or found["whom"])
    if found := _PARENTHESISED.fullmatch(text):
        several = _PAREN_CASE.search(found["paper"])
        return "" if several or _OF_THE_PAPER.search(found["case"]) else _told(found["case"])
    found = _TRAILING.fullmatch(text)
    if found is None or _NOT_ALONE.search(found["paper"]) or _OF_THE_PAPER.search(found["case"]):
        return ""
    return _told(found["case"])


def _told(case: str) -> str:
    case = case.strip(" ,.;:")
    return case if _SHORTEST <= len(case) <= _LONGEST else ""
