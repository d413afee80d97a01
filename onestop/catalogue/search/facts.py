"""What is known of a procedure before anyone asks: its plain name, sayings, scope and body text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from onestop.catalogue.content import Procedure, Tier
from onestop.catalogue.search.lexicon import Lexicon
from onestop.catalogue.search.postings import Floats
from onestop.catalogue.search.words import folded_key, words

# A decision of a province's people's committee or office: the procedure is one province's own.
# District level ("cấp huyện") ended in July 2025 with the two-level local government.
_LOCAL = re.compile(r"UBND|-VP|TTr-S|TTPVHCC|^\d+$", re.IGNORECASE)
_ENDED = re.compile(r"cấp huyện\)", re.IGNORECASE)
_ABROAD = re.compile(r"cơ quan đại diện|cơ quan lãnh sự|ở nước ngoài", re.IGNORECASE)
_HEAD = re.compile(r"^\s*(?:\d+\.\s*)?thủ tục:?\s+", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_PARTS = re.compile(r"\s*(?:;|/(?!\d))\s*")
_TAIL = re.compile(r"\s*\([^()]*(?:cấp|thẩm quyền)[^()]*\)\s*\.?$", re.IGNORECASE)


def bare_name(name: str) -> str:
    """A name without "thủ tục" before it."""
    return _HEAD.sub("", name)


def official_names(name: str) -> list[str]:
    """The forms of a name that are looked for: without what stands in brackets, whole, its parts.

    Many names join several procedures: "Đăng ký …; đăng ký thay đổi …".
    """
    whole = bare_name(name)
    parts = [bare_name(part) for part in _PARTS.split(whole)]
    forms = [_BRACKETS.sub("", whole), whole, *(parts if len(parts) > 1 else ())]
    return list(dict.fromkeys(form for form in forms if len(form.split()) > 1)) or [whole]


def is_cut(name: str) -> bool:
    """Whether the first of a name's forms lacks what the name says in brackets."""
    return official_names(name)[0] != bare_name(name)


def plain_name(name: str) -> str:
    """A name as a key: without "thủ tục" before it, "(… cấp …)" after it, marks and case."""
    return folded_key(words(_TAIL.sub("", bare_name(name))))


def is_local(p: Procedure) -> bool:
    """Whether a procedure is one province's own, or of a level of government that has ended."""
    return bool(_LOCAL.search(p.decision_number) or _ENDED.search(p.name))


def known_facts(procedures: Sequence[Procedure], plain: Sequence[str]) -> list[Floats]:
    """For each procedure 1 or 0: at the commune, local, local under the name of a national one, of one level.

    "Cấp lại thẻ căn cước (thực hiện tại cấp tỉnh)" is of one level where "Cấp lại thẻ căn cước" is listed, too.

    Args:
        procedures: the procedures.
        plain: their plain names.
    """
    local = [is_local(p) for p in procedures]
    national = {name for name, own in zip(plain, local, strict=True) if not own}
    tailed = [_TAIL.search(p.name) is not None for p in procedures]
    whole = {name for name, tail in zip(plain, tailed, strict=True) if not tail}
    facts = [
        (p.tier is Tier.COMMUNE, own, own and name in national, tail and name in whole)
        for p, name, own, tail in zip(procedures, plain, local, tailed, strict=True)
    ]
    return list(np.array(facts, dtype=np.float32).reshape(len(procedures), 4).T)


def in_scope(
    procedures: Sequence[Procedure], plain: Sequence[str], scopes: Sequence[str]
) -> Floats:
    """Which special cases (scopes x procedures) a procedure is only for: abroad, border …

    Args:
        procedures: the procedures.
        plain: their plain names.
        scopes: folded words of special cases.
    """
    table = [[f" {scope} " in f" {name} " for name in plain] for scope in scopes]
    if "nuoc ngoai" in scopes:
        abroad = np.array([bool(_ABROAD.search(p.agency)) for p in procedures], dtype=bool)
        at = scopes.index("nuoc ngoai")
        table[at] = list(np.array(table[at], dtype=bool) | abroad)
    return np.array(table, dtype=np.float32).reshape(len(scopes), len(procedures))


def sayings(
    procedures: Sequence[Procedure], plain: Sequence[str], lexicon: Lexicon
) -> Iterator[list[str]]:
    """For each procedure its aliases and what the situations say; namesakes share situations."""
    names = {p.code: name for p, name in zip(procedures, plain, strict=True)}
    says = _by_name(
        (names.get(one.code) or plain_name(one.name), one.says) for one in lexicon.situations
    )
    for p in procedures:
        yield [*p.aliases, *says.get(names[p.code], [])]


def _by_name(texts: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    """Texts gathered under their plain names, which namesakes share."""
    gathered: dict[str, list[str]] = {}
    for name, some in texts:
        gathered.setdefault(name, []).extend(some)
    return gathered


def wordings(
    procedures: Sequence[Procedure], plain: Sequence[str], lexicon: Lexicon
) -> dict[str, list[str]]:
    """For each plain name its need in other words."""
    names = {p.code: name for p, name in zip(procedures, plain, strict=True)}
    known = ((names[code], texts) for code, texts in lexicon.wordings.items() if code in names)
    return _by_name(known)


def bodies(
    procedures: Sequence[Procedure], plain: Sequence[str], worded: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """For each procedure its long text, what matters most first; namesakes share their wordings."""
    for p, name in zip(procedures, plain, strict=True):
        papers = [one.name for one in p.papers]
        said = [p.field, *worded.get(name, []), p.agency, p.authority, p.summary, *p.keywords]
        yield " \n".join([*said, *p.results, *papers, *p.conditions, *p.steps])
