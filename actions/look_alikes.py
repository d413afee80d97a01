"""What follows an explanation and is clear only beside the procedure that was explained."""

from __future__ import annotations

import re

from actions import ages
from actions.choosing import likely, settled
from actions.small_words import ASPECTS, TALK
from actions.turn import Turn
from bot.nlu.text import canonical, fold, tokens
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import ages as named_ages
from onestop.catalogue.search import levels
from onestop.schemas import SearchResult

# What can be done with a thing, as it is said alone: to have it for the first time, and anything else.
_FIRST = ("cấp mới", "cấp lần đầu", "làm mới", "làm lần đầu", "đăng ký mới", "đăng ký lần đầu")
_OTHER = (
    *("cấp lại", "làm lại", "đăng ký lại", "cấp đổi", "đổi", "gia hạn", "sửa đổi", "chỉnh sửa"),
    *("sửa", "thay đổi", "điều chỉnh", "cải chính", "đính chính", "chấm dứt", "tạm ngừng"),
    *("thu hồi", "xóa", "hủy", "tách", "sang tên", "chuyển"),
)
_LONGEST_FIRST = sorted((*_FIRST, *_OTHER), key=len, reverse=True)
_ASIDE = TALK | ASPECTS | {"em", "toi", "minh"}
_ANY = "|".join((*_FIRST, *_OTHER, "thành lập"))
# What a name begins with before it comes to the thing, and what it tells besides.
_LEAD = re.compile(
    rf"^(?:(?:{_ANY}|thủ tục|đăng ký(?= (?:{_ANY})\b)|cấp|làm|xin)\b[ ,]+)+", re.IGNORECASE
)
# A thing too: "đăng ký xe", but not "đăng ký tạm trú".
_REGISTERED = re.compile(r"^đăng ký ", re.IGNORECASE)
_BESIDES = re.compile(r"\(.*?\)|\blần đầu\b")


async def told_alone(turn: Turn) -> SearchResult | None:
    """What an age or an action means that a message says and nothing else; `None` where it says more.

    "Con 10 tuổi" stays with the procedure that is being talked about, unless a look-alike of it is for that
    age; "thế đổi thì sao" after a lost licence is the exchange of a licence.
    """
    code = turn.slot("procedure")
    if not code or turn.button:
        return None
    age, action = ages.alone(turn.text), _action(turn.text)
    if age is None and action is None:
        return None
    present = await turn.procedure(code)
    if present is None:
        return None
    if age is not None:
        return await _of_age(turn, present, age)
    return await _of_action(turn, present, action) if action else None


async def _of_age(turn: Turn, present: Procedure, age: int) -> SearchResult:
    """The look-alike for an age in years, else the procedure itself."""
    fits = ages.fits(present, age)
    if not fits:
        beside = await turn.find(f"{named_ages.unbounded(present.name)} {turn.text}")
        codes = [one.code for one in beside.candidates]
        alike = fits is False or present.code in codes
        clear = beside.outcome == "found" and not beside.several and codes[0] != present.code
        if clear and alike and named_ages.bounds(fold(beside.candidates[0].name)):
            return beside
    return settled(present.code, present.name)


async def _of_action(turn: Turn, present: Procedure, action: str) -> SearchResult | None:
    """The look-alike that does this with the same thing, or the procedure itself, if it is clear."""
    first, own = action in _FIRST, _done(present.name, *present.aliases)
    if action in own or (first and not own):
        return settled(present.code, present.name)
    thing = " ".join(
        _BESIDES.sub(" ", named_ages.unbounded(_LEAD.sub("", present.short_name))).split()
    )
    for name in dict.fromkeys((thing, _REGISTERED.sub("", thing))):
        read = await turn.find(f"{action} {name}")
        if read.outcome == "found" and not read.several:
            meant = read.candidates[0]
            done = _done(meant.name, meant.short_name)
            same = meant.code == present.code or (action not in done and done & own)
            if not same and meant.field == present.field and first != bool(done):
                return read
    return None


def _done(*names: str) -> set[str]:
    """What a procedure's names say is done, before they come to the thing; none where one has it first."""
    leads = [found[0].lower() for found in map(_LEAD.match, names) if found]
    return {one for one in _OTHER if any(one in lead for lead in leads)}


def _action(text: str) -> str | None:
    """The action that a message names, with or without accents, if it says nothing else."""
    said = tokens(canonical(text))
    for action in _LONGEST_FIRST:
        words = action.split()
        for at in range(len(said) - len(words) + 1):
            here = zip(said[at : at + len(words)], words, strict=True)
            if all(one in (word, fold(word)) for one, word in here):
                rest = [*said[:at], *said[at + len(words) :]]
                return action if all(fold(one) in _ASIDE for one in rest) else None
    return None


async def named(turn: Turn, found: SearchResult) -> SearchResult:
    """The look-alike of the procedure that is being talked about which a particular names.

    "Chồng em là người Hàn Quốc" after marriage, "bị mất thì sao" after a licence, "của con tôi 5 tuổi"
    after a card from 14 years on, "lên bộ được không" after what a province does: clear only beside its name.
    """
    code = turn.slot("procedure")
    folded = fold(turn.text)
    scores = [one.score for one in found.candidates]
    guess = found.outcome == "choices" and found.question is None and likely(scores)
    clear = found.outcome == "found" or guess
    if not code or clear or turn.button or turn.tracker.active_loop_name:
        return found
    if not found.content_words and levels.said(folded) is None:
        return found
    present = await turn.procedure(code)
    if present is None:
        return found
    age = named_ages.said(folded)
    other = age is not None and ages.fits(present, age) is False
    name = named_ages.unbounded(present.name) if other else present.name
    beside = await turn.find(f"{name} {turn.text}")
    codes = [one.code for one in beside.candidates]
    if beside.outcome != "found" or beside.several or codes[0] == code:
        return found
    if code not in codes and not (other and named_ages.bounds(fold(beside.candidates[0].name))):
        return found
    return beside.model_copy(update={"content_words": True})
