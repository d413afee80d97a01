"""What is offered to choose from, and what is asked where it is not clear which procedure is meant."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import SlotSet

from actions.texts import Button, button, render
from actions.turn import ASK_PERSON, Events, Turn
from common.wording import shorten
from onestop.schemas import Candidate, SearchResult

CHOICE_TITLE_LENGTH = 90
# A candidate with this chance, so many times the next one's, is answered at once, the others beside it.
LIKELY, AHEAD = 0.5, 2.5
POSSIBLE = 0.01


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


def keep(wishes: list[str], offered: list[dict[str, Any]]) -> Events:
    """Keep what can be chosen now, and what is wanted of it."""
    return [SlotSet("choices", [{**one, "wishes": wishes} for one in offered] or None)]


def wait_for_name(wishes: list[str]) -> Events:
    """Keep what is wanted until the procedure is named: a choice without a code."""
    return [SlotSet("choices", [{"wishes": wishes}])]


def settled(code: str, name: str) -> SearchResult:
    """What is found where one of the last choices, or what was explained last, is meant."""
    meant = Candidate(code=code, name=name, short_name=name, score=1.0)
    return SearchResult(outcome="found", candidates=[meant])


def likely(scores: list[float]) -> bool:
    """Whether the first of the chances is high and far ahead of the next."""
    return scores[0] >= LIKELY and ahead(scores)


def ahead(scores: list[float]) -> bool:
    """Whether the first of the chances is far ahead of the next."""
    first, *others = scores
    return first >= AHEAD * max(others, default=0.0)


def undecided(turn: Turn) -> bool:
    """Whether the last reply offered a choice of which none is much likelier than the others."""
    return bool(turn.offered) and not likely([one["score"] for one in turn.offered])


def offer_choices(turn: Turn, wishes: list[str], found: SearchResult) -> Events:
    """Ask which one is meant, and keep the choice, so that the citizen can also type its number."""
    likeliest = [one for one in found.candidates if one.score >= POSSIBLE]
    possible = likeliest if len(likeliest) > 1 else found.candidates[:2]
    same = possible[0].name if telling_apart(possible) else ""
    offered = options(possible)
    buttons = choose_buttons(wishes, offered)
    turn.show("choices", question=found.question, name=same, buttons=buttons)
    return keep(wishes, offered)


def choose_first(turn: Turn, wishes: list[str]) -> Events:
    """Ask to choose from what was offered, so that what is wanted can be done; the second time, offer a person.

    What was asked before is still wanted besides ("bằng lái mấy tiền", then "nộp ở đâu").
    """
    both = [one for one in dict.fromkeys([*turn.wanted, *wishes]) if one != "ask_procedure"]
    wanted = wishes if not both or "start_dossier" in both else both
    person = [ASK_PERSON] if "choose_first" in turn.replied else []
    buttons = [*choose_buttons(wanted, turn.offered), *person]
    turn.show("choose_first", wishes=wanted, buttons=buttons)
    return keep(wanted, turn.offered)


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
