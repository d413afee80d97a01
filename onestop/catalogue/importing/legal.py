"""Legal bases: titles and numbers such as 118/2025/NĐ-CP, 63/2020/QH14 and 4472/QĐ-BTC."""

from __future__ import annotations

import re

from onestop.catalogue.content import LegalBasis
from onestop.catalogue.importing.text import one_line, said, without_bullet

# The number of a legal text (Nghị định 78/2025/NĐ-CP, Điều 60): running number, year from 1996 on,
# kind and issuer; records have blanks around the strokes and "_" or "/" for "-".
NUMBER = re.compile(
    r"\d{1,5}(?:\.\d{1,3})?[a-z]?\s?/\s?(?:\d{4}\s?/+\s?)?"
    r"(?:QH\d{1,2}|UBTVQH\d{1,2}|[A-ZĐƯ]{1,6}(?:\s?[-_/]\s?(?:TTg|[A-ZĐƯ]{2,12}|C\d\d|UBTVQH\d\d)){1,5}"
    r"|(?:QĐ|TT|NĐ|NQ|CT|L|PL)\b)",
)
_KINDS = (
    r"(?:bộ luật|luật|pháp lệnh|nghị định|nghị quyết|thông tư liên tịch|thông tư|quyết định"
    r"|văn bản hợp nhất|chỉ thị|số|nđ|tt)"
)
_ONLY_NUMBER = re.compile(
    rf"(?:{_KINDS}[\s:]*){{0,3}}(?P<number>{NUMBER.pattern})\.?", re.IGNORECASE
)
_LAST_BRACKETS = re.compile(r"^(.*?)\s*\(([^()]*)\)$")
_DECISION = re.compile(r"(?:quyết định)?\s*(?:số)?\s*:?\s*(.*?)[\s.;]*", re.IGNORECASE)


def find_number(text: str) -> str:
    """The number of the legal text that `text` names, "" if it names none or several."""
    found = {_normal(match[0]) for match in NUMBER.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def parse_legal_basis(text: str) -> LegalBasis | None:
    """Read one entry "title (number)".

    Args:
        text: the entry; any text is taken.

    Returns:
        The legal basis, its number "" where none or more than one is named; None of empty text. The
        brackets stay in the title unless they hold the number and nothing else.
    """
    title = without_bullet(one_line(text))
    if not title.strip("-–—*•+·. "):
        return None
    brackets = _LAST_BRACKETS.fullmatch(title)
    if brackets and (alone := _ONLY_NUMBER.fullmatch(brackets[2].strip())):
        return LegalBasis(number=_normal(alone["number"]), title=brackets[1])
    number = find_number(brackets[2]) if brackets else ""
    return LegalBasis(number=number or find_number(title), title=title)


def parse_legal_bases(text: str) -> list[LegalBasis]:
    """Read the portal's list of legal bases, each from a line that starts with "*" to the next."""
    entries: list[str] = []
    for line in said(text).splitlines():
        if line.startswith("*") or not entries:
            entries.append(line)
        else:
            entries[-1] += f" {line}"
    bases = (parse_legal_basis(entry) for entry in entries)
    return list(dict.fromkeys(basis for basis in bases if basis))


def parse_decision_number(text: str) -> str:
    """The decision's number without "Quyết định số" before it."""
    match = _DECISION.fullmatch(one_line(text))
    return match[1] if match else one_line(text)


def _normal(number: str) -> str:
    return re.sub(r"/+", "/", re.sub(r"\s", "", number)).replace("_", "-")
