"""Dossier papers: names with their counts, by case, and the notes that stand among them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from onestop.catalogue.content import Paper
from onestop.catalogue.importing.text import one_line, said, without_bullet

# The count that ends each paper; "- Bản sao: 0" and "Bản chính: 1\nBản sao: 0" are the same.
_COUNT = re.compile(r"Bản chính: ?(\d{1,4})[,\s-]*Bản sao: ?(\d{1,4})")
_COUNT_LINE = re.compile(rf"(?:^|\n)[^\S\n]*Số lượng: ?{_COUNT.pattern}[^\S\n]*(?:\n|$)")
_CASE_LINE = re.compile(r"^\[ ?(.*?) ?\]$")
# Titles of cases that are no case: all papers stand under them.
_NO_CASE = re.compile(
    r"(?:\w{1,2}[.)] ?)?(?:thành phần hồ sơ|hồ sơ|bao gồm|gồm|01 bộ hồ sơ|các giấy tờ)"
    r"(?: bao gồm| gồm)?(?: có)?",
    re.IGNORECASE,
)
_NOTES = re.compile(r"(?:lưu ý|ghi chú|chú ý)\b", re.IGNORECASE)
_SET_COUNT = re.compile(r"(?:\w{1,2}[.)/] ?)?số lượng(?: hồ sơ)?\b", re.IGNORECASE)
# What an entry without any copy starts with when it is no paper but says something about papers.
_REMARK = re.compile(
    r"(?:\w{1,2}[.)] ?)?\(?(?:trường hợp|trong trường hợp|đối với|người tiếp nhận|người yêu cầu"
    r"|người có yêu cầu|cá nhân có quyền|cơ quan|doanh nghiệp không|việc |khi |nếu |không quy định"
    r"|các thành phần hồ sơ|giấy tờ do cơ quan|bản chụp các giấy tờ|tài liệu được lập"
    r"|từ lần|trong lần|trong đó)",
    re.IGNORECASE,
)
# "If there is one" makes the paper optional in its first phrase or at its end, not anywhere in a
# text that lists several.
_OPTIONAL = re.compile(r"[^.,;:]*\(nếu có\)|.*\(nếu có\)[\s.;]*$", re.IGNORECASE | re.DOTALL)
_FORM = re.compile(
    r"\b[Mm]ẫu(?: số)?:? ((?=[\w./-]*\d)[A-ZĐ0-9][\w./-]*(?:-[A-ZĐ0-9]+)*)",
)
# The order of papers in the records is shuffled; letters and figures before the names restore it.
_ENUMERATOR = re.compile(r"^\(?(?:([a-zđ])|(\d{1,2}(?:\.\d{1,2})*))[.)/]+(?=\s|\D)")
_LETTERS = "abcdđeghiklmnopqrstuvxy"


@dataclass
class Papers:
    """The papers of one procedure as read, the remarks about them, and what was not understood."""

    papers: list[Paper] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unparsed: list[str] = field(default_factory=list)


def parse_papers(text: str) -> Papers:
    """Read the portal's text of dossier papers.

    Args:
        text: entries of a name and a line "Số lượng: Bản chính: n, Bản sao: m", some under a line
            "[ case ]"; any text is taken.

    Returns:
        Papers in the order of the text, or of their own letters and figures where all have them.
    """
    read = Papers()
    text = said(text)
    case, titled, start = "", False, 0
    for count in _COUNT_LINE.finditer(text):
        lines = text[start : count.start()].strip().splitlines()
        start = count.end()
        while lines and (title := _CASE_LINE.match(lines[0])):
            if titled:
                read.notes.append(case)  # a title with nothing under it is a remark
            case, titled = without_bullet(title[1]).rstrip(": "), bool(title[1].strip())
            lines.pop(0)
        name = without_bullet("\n".join(lines)) if lines else ""
        add_paper(read, name, int(count[1]), int(count[2]), case)
        titled = False
    if rest := text[start:].strip():
        last_title = _CASE_LINE.match(rest)
        if last_title:
            read.notes.append(without_bullet(last_title[1]))
        else:
            read.unparsed.append(rest)
    read.papers = _in_order(read.papers)
    read.notes = list(dict.fromkeys(note for note in read.notes if note))
    return read


def add_paper(
    read: Papers, name: str, originals: int, copies: int, case: str = "", form: str = ""
) -> None:
    """Add one entry to `read`, as a paper or, where it is one, as a note.

    Args:
        read: what is added to.
        name: the entry's text.
        originals: how many originals are asked for.
        copies: how many copies are asked for.
        case: the case under which it stands, "" for always.
        form: the file or number of its form, where the source has it apart.
    """
    name = without_bullet(name)
    if _SET_COUNT.match(case):
        read.notes.append(case)
        case = ""
    elif _NO_CASE.fullmatch(case):
        case = ""
    if not name.strip("-–+*. "):
        if originals or copies:
            read.unparsed.append(f"{name} Bản chính: {originals}, Bản sao: {copies}".strip())
        return
    among_notes = _NOTES.match(case) is not None
    if among_notes:
        case = ""
    if _is_note(name, originals + copies, among_notes):
        read.notes.append(f"{case}: {name}" if case not in ("", name) else name)
        return
    read.papers.append(
        Paper(
            name=name.rstrip(";") or name,
            originals=originals,
            copies=copies,
            group=case,
            form=form or _stated_form(name),
            required=not _OPTIONAL.match(name),
        )
    )


def parse_count(text: str) -> tuple[int, int] | None:
    """The originals and copies of "Bản chính: 1\\nBản sao: 0"; None of any other text."""
    match = _COUNT.fullmatch(one_line(text))
    return (int(match[1]), int(match[2])) if match else None


def _is_note(name: str, count: int, among_notes: bool) -> bool:
    """Whether an entry is a remark. Shuffled papers turn up under the title "Lưu ý", too."""
    if _NOTES.match(name) or _SET_COUNT.match(name):
        return True
    if count and not among_notes:
        return False  # "Trường hợp ủy quyền: văn bản ủy quyền" is a paper, asked for in a case
    return (not count and among_notes) or name.endswith(":") or _REMARK.match(name) is not None


def _stated_form(name: str) -> str:
    """The form that a paper's name names: "CT01", but "Mẫu số 01" where the number says little."""
    match = _FORM.search(name)
    if match is None:
        return ""
    number = match[1].rstrip(".-/")
    return number if re.match(r"[A-ZĐ]{2}", number) else f"Mẫu số {number}"


def _in_order(papers: list[Paper]) -> list[Paper]:
    """Sort each case's papers by their enumerators, if every one has its own of one kind."""
    cases: dict[str, list[Paper]] = {}
    for paper in papers:
        cases.setdefault(paper.group, []).append(paper)
    return [paper for case in cases.values() for paper in _sorted_case(case)]


def _sorted_case(papers: list[Paper]) -> list[Paper]:
    keyed = {}
    for paper in papers:
        match = _ENUMERATOR.match(paper.name)
        if match is None:
            return papers
        letter, figures = match.groups()
        key: tuple[int, ...] = (
            (-1, _LETTERS.find(letter)) if letter else tuple(map(int, figures.split(".")))
        )
        keyed[key] = paper
    kinds = {key[0] == -1 for key in keyed}
    if len(keyed) < len(papers) or len(kinds) > 1:
        return papers
    return [keyed[key] for key in sorted(keyed)]
