"""Which procedure is meant: the one that is named, one of a choice, or the one that is being talked about."""

from __future__ import annotations

from typing import Any, NamedTuple

from rasa_sdk.events import SlotSet

from actions.onestop_client import OnestopRefusal
from actions.texts import Button, button, render, shorten
from actions.turn import ASK_PERSON, Events, Turn
from bot.nlu.text import fold, tokens
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import ages, levels
from onestop.schemas import Candidate, SearchResult

CHOICE_TITLE_LENGTH = 90
# A candidate with this chance, so many times the next one's, is answered at once, the others beside it.
LIKELY, AHEAD = 0.5, 2.5
BESIDE = 2
POSSIBLE = 0.01
FEW_WORDS = 3
# Wishes of a topic of which it is asked what citizens usually want there; an aspect may be told at once.
WIDE = ("ask_procedure", "start_dossier")
# Of a few words that follow a choice these choose nothing; folded.
_SAYS_NOTHING = {
    *("a", "anh", "cai", "cho", "chi", "co", "da", "di", "do", "duoc", "em", "hay", "khong"),
    *("la", "lam", "minh", "muon", "nhe", "no", "oi", "roi", "thi", "toi"),
}


class Meant(NamedTuple):
    """The procedure that a message means, if it was found, and what comes of finding it."""

    procedure: Procedure | None
    events: Events
    others: list[Candidate] = []  # noqa: RUF012 - never changed: what it may mean as well


class Part(NamedTuple):
    """One of several things that a message wants."""

    said: str
    wishes: list[str]
    found: SearchResult
    procedure: Procedure | None  # none where it must still be asked which one is meant


def options(candidates: list[Candidate]) -> list[dict[str, Any]]:
    """What is offered to choose from, as it is kept until the citizen has chosen."""
    by = telling_apart(candidates)
    return [
        {
            "code": one.code,
            "title": shorten(render("choice", one=one, by=by), CHOICE_TITLE_LENGTH),
            "score": one.score,
        }
        for one in candidates
    ]


def choose_buttons(wishes: list[str], offered: list[dict[str, Any]]) -> list[Button]:
    """One button an option, with a number that can also be typed; pressing it repeats the wishes."""
    return [
        button(f"{at}. {one['title']}", wishes[0], **choice_entities(one), **_also(wishes))
        for at, one in enumerate(offered, start=1)
    ]


def _also(wishes: list[str]) -> dict[str, str]:
    """The entity by which a button repeats the wishes behind the first."""
    return {"also": " ".join(wishes[1:])} if len(wishes) > 1 else {}


def choice_entities(option: dict[str, Any]) -> dict[str, str]:
    """The entity that names an option: a procedure, or the words of a thing that is not clear yet."""
    return {"procedure": option["code"]} if "code" in option else {"topic": option["topic"]}


def telling_apart(candidates: list[Candidate]) -> str:
    """What divides procedures of one and the same name; empty where their names do."""
    if len(candidates) < 2 or len({one.name.casefold() for one in candidates}) > 1:
        return ""
    for by in ("agency", "tier", "field", "level"):
        told = {getattr(one, by) for one in candidates}
        if len(told) == len(candidates) and all(told):
            return by
    return "code"


def offer_choices(turn: Turn, wishes: list[str], found: SearchResult) -> Events:
    """Ask which one is meant, and keep the choice, so that the citizen can also type its number."""
    likeliest = [one for one in found.candidates if one.score >= POSSIBLE]
    possible = likeliest if len(likeliest) > 1 else found.candidates[:2]
    same = possible[0].name if telling_apart(possible) else ""
    offered = options(possible)
    buttons = choose_buttons(wishes, offered)
    turn.show("choices", question=found.question, name=same, buttons=buttons)
    return _keep(wishes, offered)


def undecided(turn: Turn) -> bool:
    """Whether the last reply offered a choice of which none is much likelier than the others."""
    return bool(turn.offered) and not likely([one["score"] for one in turn.offered])


def choose_first(turn: Turn, wishes: list[str]) -> Events:
    """Ask to choose from what was offered, so that what is wanted can be done; the second time, offer a person.

    What was asked before is still wanted besides ("bằng lái mấy tiền", then "nộp ở đâu").
    """
    both = [one for one in dict.fromkeys([*turn.wanted, *wishes]) if one != "ask_procedure"]
    wanted = wishes if not both or "start_dossier" in both else both
    person = [ASK_PERSON] if "choose_first" in turn.replied else []
    buttons = [*choose_buttons(wanted, turn.offered), *person]
    turn.show("choose_first", wishes=wanted, buttons=buttons)
    return _keep(wanted, turn.offered)


def _keep(wishes: list[str], offered: list[dict[str, Any]]) -> Events:
    """Keep what can be chosen now, and what is wanted of it."""
    return [SlotSet("choices", [{**one, "wishes": wishes} for one in offered] or None)]


def likely(scores: list[float]) -> bool:
    """Whether the first of the chances is high and far ahead of the next."""
    return scores[0] >= LIKELY and ahead(scores)


def ahead(scores: list[float]) -> bool:
    """Whether the first of the chances is far ahead of the next."""
    first, *others = scores
    return first >= AHEAD * max(others, default=0.0)


async def topic_buttons(turn: Turn, wishes: list[str]) -> list[Button]:
    """The topics that the message may be about, else the usual ones, and a person; a topic repeats the wishes.

    While an e-form is filled there are none: its own question follows with its own buttons.
    """
    if turn.tracker.active_loop_name:
        return []
    topics = (await turn.search()).topics
    return [*(button(name, wishes[0], topic=name, **_also(wishes)) for name in topics), ASK_PERSON]


async def not_found(turn: Turn, wishes: list[str]) -> None:
    """Say that nothing fits and offer topics; the second time in a row, offer a person."""
    if turn.puzzled:
        turn.offer_person()
    else:
        buttons = await topic_buttons(turn, wishes)
        turn.show("procedure_not_found", topics=bool(buttons), buttons=buttons)


async def which_procedure(turn: Turn, wishes: list[str]) -> Events:
    """Ask which procedure is meant, and keep what is wanted of it; the third time, offer a person."""
    if turn.puzzled:
        turn.offer_person()
    else:
        turn.note(again=bool(turn.wanted))
        buttons = await topic_buttons(turn, wishes)
        turn.show("which_procedure", wishes=wishes, topics=bool(buttons), buttons=buttons)
    return wait_for_name(wishes)


def wait_for_name(wishes: list[str]) -> Events:
    """Keep what is wanted until the procedure is named: a choice without a code."""
    return [SlotSet("choices", [{"wishes": wishes}])]


def _offered_before(turn: Turn, found: SearchResult) -> str | None:
    """The only one of the candidates that the last reply offered: a name answers what it asked."""
    offered = {one.get("code") for one in turn.offered}
    again = [one.code for one in found.candidates if one.code in offered]
    return again[0] if len(again) == 1 else None


def _of_the_offered(turn: Turn, found: SearchResult) -> SearchResult:
    """A bare topic names what was offered of it: "bằng lái" after "anh/chị mất giấy tờ nào ạ?"."""
    topic = found.outcome == "choices" and found.topics
    code = _offered_before(turn, found) if topic and len(turn.offered) > 1 else None
    if code is None:
        return found
    meant = [one for one in found.candidates if one.code == code]
    return found.model_copy(update={"outcome": "found", "candidates": meant, "topics": []})


def _by_title(turn: Turn) -> list[Candidate]:
    """The only one of the last choices whose title has most of a short reply's words ("mất rồi"), else none."""
    said = [word for word in tokens(fold(turn.text)) if word not in _SAYS_NOTHING]
    if not 1 <= len(said) <= FEW_WORDS:
        return []
    titles = [set(tokens(fold(one["title"]))) for one in turn.offered]
    held = [sum(word in title for word in said) for title in titles]
    most = max(held, default=0)
    if 2 * most <= len(said) or held.count(most) > 1:
        return []
    return _chosen(turn.offered[held.index(most)])


def _by_age(turn: Turn) -> list[Candidate]:
    """The only one of the last choices whose title is for the age told ("của con 5 tuổi"), else none."""
    age = ages.said(fold(turn.text))
    if age is None:
        return []
    known = [(one, ages.bounds(fold(one["title"]))) for one in turn.offered]
    meant = [one for one, bound in known if bound and bound[0] <= age <= bound[1]]
    return _chosen(meant[0]) if len(meant) == 1 else []


def _chosen(option: dict[str, Any]) -> list[Candidate]:
    """The procedure that an option offers; none where it is not clear yet which one that is."""
    if "code" not in option:
        return []
    title = option["title"]
    return [Candidate(code=option["code"], name=title, short_name=title, score=1.0)]


def _settled(found: SearchResult, meant: list[Candidate]) -> SearchResult:
    """What was found, settled by one of the last choices."""
    return found.model_copy(update={"outcome": "found", "candidates": meant, "content_words": True})


async def _look_alike(turn: Turn, found: SearchResult) -> SearchResult:
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
    present = await _procedure(turn, code)
    if present is None:
        return found
    age, bound = ages.said(folded), ages.bounds(fold(present.name))
    other = age is not None and bound is not None and not bound[0] <= age <= bound[1]
    name = ages.unbounded(present.name) if other else present.name
    beside = await turn.find(f"{name} {turn.text}")
    codes = [one.code for one in beside.candidates]
    if beside.outcome != "found" or beside.several or codes[0] == code:
        return found
    if code not in codes and not (other and ages.bounds(fold(beside.candidates[0].name))):
        return found
    return beside.model_copy(update={"content_words": True})


async def search(turn: Turn) -> SearchResult:
    """The procedures that the message means; "bị mất" after a choice of licences is one of those.

    A few words that follow a choice choose by its titles, or are read together with those before them; what
    follows an explanation may name a look-alike of what was explained.
    """
    found = _of_the_offered(turn, await turn.search())
    if found.outcome == "choices" and found.topics:
        return found
    offered = [one["code"] for one in turn.offered if "code" in one]
    asked = turn.last_words(2)
    sure = found.outcome == "found" and found.candidates[0].code in offered
    if not offered and not found.several:
        return await _look_alike(turn, found)
    if sure or found.several:
        return found
    if found.outcome != "found" and (titled := _by_title(turn)):
        return _settled(found, titled)
    if len(asked) == 2 and (read := await _with_the_words_before(turn, offered, asked)):
        return read
    if found.outcome != "found" and (aged := _by_age(turn)):
        return _settled(found, aged)
    return found


async def _with_the_words_before(
    turn: Turn, offered: list[str], asked: list[str]
) -> SearchResult | None:
    """What a reply to a choice means together with what was said before it, if that is clear.

    Args:
        turn: the turn.
        offered: the codes of the choice.
        asked: the words that led to it, and the reply.
    """
    both = await turn.find(" ".join(asked))
    if not both.candidates or both.several:  # what is offered is all wanted
        return None
    if both.candidates[0].code in offered:
        scores = [one.score for one in both.candidates]
        moved = both.candidates[0].code != offered[0] and ahead(scores)
        if both.outcome == "found" or moved or likely(scores):
            return both.model_copy(update={"outcome": "found"})
    elif both.outcome == "found" and len(asked[1].split()) <= FEW_WORDS:
        return both
    return None


async def find_procedure(turn: Turn, wishes: list[str], guess: bool = False) -> Meant:
    """The procedure that the message means; without one the citizen was asked or told.

    A button names it. Typed words are searched; words that name no subject ("còn lệ phí thì sao?")
    go on with what was offered right before, else with the procedure that is being talked about.

    Args:
        wishes: what is wanted of it, repeated by the buttons when several fit.
        guess: whether a likely procedure will do, its look-alikes offered beside the answer.
    """
    present = turn.slot("procedure")
    code = turn.entity("procedure") or turn.entity("procedure_code")
    guessed: list[Candidate] = []
    topic = turn.entity("topic")
    if code is None and turn.button and topic is None:
        code = present
    if code is None:
        found = await search(turn)
        scores = [one.score for one in found.candidates]
        among = present in [one.code for one in found.candidates]
        silent = not found.content_words or found.outcome == "none"
        if found.outcome == "choices" and found.topics and (topic or wishes[0] in WIDE):
            return Meant(None, offer_choices(turn, wishes, found))
        if found.outcome == "found":
            code = found.candidates[0].code
        elif silent and turn.offered:
            if undecided(turn):
                return Meant(None, choose_first(turn, wishes))
            if unclear := turn.offered[0].get("topic"):
                return Meant(None, offer_choices(turn, wishes, await turn.find(unclear)))
            code = turn.offered[0]["code"]
        elif not found.content_words or (present and (among or silent)):
            code = present
        elif found.outcome == "choices":
            code = _offered_before(turn, found)
            if code is None and guess and found.question is None and likely(scores):
                guessed = [one for one in found.candidates[: 1 + BESIDE] if one.score >= POSSIBLE]
                code = guessed[0].code
            if code is None:
                return Meant(None, offer_choices(turn, wishes, found))
        else:
            await not_found(turn, wishes)
            return Meant(None, wait_for_name(wishes))
    if code is None:
        return Meant(None, await which_procedure(turn, wishes))
    procedure = await _procedure(turn, code)
    if procedure is None:
        await not_found(turn, wishes)
        return Meant(None, [])
    # After a guess its look-alikes can still be chosen, also by a word that tells them apart.
    kept = [SlotSet("procedure", procedure.code), *_keep(wishes, options(guessed))]
    return Meant(procedure, kept, guessed[1:])


async def _procedure(turn: Turn, code: str) -> Procedure | None:
    """The procedure of a code, if there is one."""
    try:
        return await turn.service.procedure(code)
    except OnestopRefusal:
        return None


async def several(turn: Turn, wishes: list[str]) -> list[Part]:
    """What a message wants that names several procedures; nothing where it names one.

    Args:
        turn: the turn.
        wishes: what is wanted of each, unless its own part of the message says which of these.
    """
    if turn.button or turn.entity("procedure") or turn.entity("procedure_code"):
        return []
    parts = []
    for said in (await turn.search()).several:
        own = turn.wishes_of(said)
        found = _of_the_offered(turn, await turn.find(said))
        clear = found.outcome == "found"
        procedure = await _procedure(turn, found.candidates[0].code) if clear else None
        parts.append(Part(said, [one for one in wishes if one in own] or wishes, found, procedure))
    return parts


def ask_rest(turn: Turn, wishes: list[str], parts: list[Part]) -> Events:
    """Ask about the parts that are not clear; what is asked next without a name may be of any that is."""
    told = [part.procedure for part in parts if part.procedure]
    unclear = [part for part in parts if part.procedure is None]
    present = [SlotSet("procedure", told[-1].code)] if told else []
    if len(unclear) > 1:
        return [*present, *which_first(turn, wishes, unclear, more=bool(told))]
    if unclear:
        return [*present, *offer_choices(turn, unclear[0].wishes, unclear[0].found)]
    return [*present, *_keep(wishes, [_thing(part) for part in parts])]


def which_first(turn: Turn, wishes: list[str], parts: list[Part], more: bool = False) -> Events:
    """Ask with which of several things to begin; those of a dossier that is sent come back after it.

    Args:
        turn: the turn.
        wishes: what is wanted of each.
        parts: the things.
        more: whether others were answered before them.
    """
    things = [_thing(part) for part in parts]
    buttons = choose_buttons(wishes, things)
    turn.show("which_first", wishes=wishes, many=len(things), more=more, buttons=buttons)
    later = [SlotSet("later", things)] if wishes == ["start_dossier"] else []
    return [*_keep(wishes, things), *later]


def remind_of_rest(turn: Turn, done: str) -> Events:
    """After a dossier is sent, or will not be, offer what the citizen wanted to hand in besides.

    After a dossier that was none of those the others are not brought up again.

    Args:
        turn: the turn.
        done: the code of the procedure whose dossier it is.
    """
    things = turn.slot("later") or []
    rest = [one for one in things if done not in one["codes"]]
    if not things:
        return []
    if not rest or rest == things:
        return [SlotSet("later", None)]
    wishes = ["start_dossier"]
    turn.show("later", buttons=choose_buttons(wishes, rest))
    return [SlotSet("later", rest), *_keep(wishes, rest)]


def _thing(part: Part) -> dict[str, Any]:
    """A part to choose; of one that is not clear it is asked then which procedure is meant.

    All are wanted, so that none is likelier than another.
    """
    found = part.found.candidates
    if part.procedure is None:
        title = shorten(part.said, CHOICE_TITLE_LENGTH)
        thing = {"topic": part.said, "title": title, "codes": [one.code for one in found]}
    else:
        thing = {**options(found[:1])[0], "codes": [part.procedure.code]}
    return {**thing, "score": 1.0}
