"""What follows an explanation and is clear only beside the procedure that was explained."""

from __future__ import annotations

import re
from typing import NamedTuple

from actions import ages
from actions.choosing import POSSIBLE, choose_buttons, keep, likely, options, settled
from actions.small_words import ASPECTS, TALK
from actions.turn import Events, Turn
from bot.nlu.text import canonical, fold, tokens
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import ages as named_ages
from onestop.catalogue.search import levels
from onestop.schemas import Candidate, SearchResult

# What can be done with a thing, as it is said alone: to have it for the first time, and anything else. Words
# of one line mean the same to a citizen.
_FIRST = ("cấp mới", "cấp lần đầu", "làm mới", "làm lần đầu", "đăng ký mới", "đăng ký lần đầu")
_KINDS = (
    ("cấp lại", "làm lại", "đăng ký lại"),
    ("cấp đổi", "đổi"),
    ("sửa đổi", "chỉnh sửa", "sửa", "thay đổi", "điều chỉnh", "cải chính", "đính chính"),
    ("chấm dứt", "thu hồi", "xóa", "hủy"),
    *(("gia hạn",), ("tạm ngừng",), ("tách",), ("sang tên",), ("chuyển",)),
)
_KIND = {action: kind for kind in _KINDS for action in kind}
_OTHER = tuple(_KIND)
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


class Lacking(NamedTuple):
    """An action that nothing in the catalogue does with what is being talked about."""

    action: str
    present: Procedure
    near: Candidate | None  # what does it with another thing of the same matter


async def told_alone(turn: Turn) -> SearchResult | Lacking | None:
    """What an age or an action means that a message says and nothing else; `None` where it says more.

    "Con 10 tuổi" stays with the procedure that is being talked about, unless a look-alike of it is for that
    age; "thế đổi thì sao" after a lost licence is the exchange of a licence. Where nothing does the action
    with this thing, it is better said so than strangers listed.
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


async def _of_action(turn: Turn, present: Procedure, action: str) -> SearchResult | Lacking:
    """The look-alikes that do this with the same thing, or the procedure itself where its own names do."""
    own = _done(present.name, *present.aliases)
    if own.intersection(_KIND.get(action, ())) or (action in _FIRST and not own):
        return settled(present.code, present.name)
    thing = _thing(present.short_name)
    near: Candidate | None = None
    for name in dict.fromkeys((thing, _REGISTERED.sub("", thing))):
        read = await turn.find(f"{action} {name}")
        clear = read.outcome == "found" and not read.several
        alike = []
        for at, one in enumerate(read.candidates):
            beside = one.field == present.field and one.code != present.code
            does = _does(action, one)
            if not beside or not (does or (clear and at == 0 and _may_do(action, one, own))):
                continue
            if await _of_the_same(turn, present, name, one):
                alike.append(one)
            elif does:
                near = near or one
        if alike and (clear or len(alike) == 1):
            return settled(alike[0].code, alike[0].name)
        if alike:
            return SearchResult(outcome="choices", candidates=alike)
    said = (await turn.find(turn.text)).candidates
    if present.code in [one.code for one in said if one.score >= POSSIBLE]:
        return settled(present.code, present.name)
    return Lacking(action, present, near)


def _thing(name: str) -> str:
    """A procedure's name without what is done, for whom and where: what it is about."""
    return " ".join(_BESIDES.sub(" ", named_ages.unbounded(_LEAD.sub("", name))).split())


async def _of_the_same(turn: Turn, present: Procedure, thing: str, one: Candidate) -> bool:
    """Whether the name of one holds what the other is about: a licence both times, not two kinds of stay."""
    other = await turn.procedure(one.code)
    aliases = other.aliases if other else []
    about = _REGISTERED.sub("", _thing(one.short_name))
    pairs = [(thing, name) for name in (one.name, one.short_name, *aliases)]
    pairs += [(about, name) for name in (present.name, present.short_name)]
    words = [[set(tokens(canonical(text))) for text in pair] for pair in pairs]
    return any(few <= many for few, many in words)


def _does(action: str, one: Candidate) -> bool:
    """Whether a candidate's name says that it does this."""
    done = _done(one.name, one.short_name)
    return not done if action in _FIRST else bool(done.intersection(_KIND[action]))


def _may_do(action: str, one: Candidate, own: set[str]) -> bool:
    """Whether what was found clearly may be what the action means, named with a word of its own."""
    done = _done(one.name, one.short_name)
    return action not in _FIRST and bool(done) and not done & own


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


def say_lacking(turn: Turn, wishes: list[str], lacking: Lacking) -> Events:
    """Say that nothing of that kind is found and who may know, with the way back and what comes near.

    What was explained stays the likeliest: a question that names nothing goes on with it.
    """
    present = lacking.present
    back = settled(present.code, present.short_name).candidates
    near = [lacking.near.model_copy(update={"score": 0.0})] if lacking.near else []
    offered = options([*back, *near])
    buttons = choose_buttons(wishes, offered)
    turn.show("lacking", **lacking._asdict(), buttons=buttons)
    return keep(wishes, offered)


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
