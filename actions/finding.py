"""Which procedure is meant: the one that is named, one of a choice, or the one that is being talked about."""

from __future__ import annotations

from typing import Any, NamedTuple

from rasa_sdk.events import SlotSet

from actions import look_alikes
from actions.choosing import (
    POSSIBLE,
    ahead,
    choose_first,
    keep,
    likely,
    not_found,
    offer_choices,
    options,
    settled,
    undecided,
    wait_for_name,
    which_procedure,
)
from actions.turn import Events, Turn
from bot.nlu.text import fold, tokens
from onestop.catalogue.content import Procedure
from onestop.catalogue.search import ages
from onestop.schemas import Candidate, SearchResult

BESIDE = 2  # look-alikes that are offered with what was guessed
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
    untold: bool = False  # the message says something of it that the search does not know


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
    untold = False
    topic = turn.entity("topic")
    if code is None and turn.button and topic is None:
        code = present
    if code is None:
        found = await search(turn)
        if isinstance(found, look_alikes.Lacking):
            return Meant(None, look_alikes.say_lacking(turn, wishes, found))
        scores = [one.score for one in found.candidates]
        among = present in [one.code for one in found.candidates]
        silent = not found.content_words or found.outcome == "none"
        if found.outcome == "choices" and found.topics and (topic or wishes[0] in WIDE):
            return Meant(None, offer_choices(turn, wishes, found))
        if found.outcome == "found":
            code = found.candidates[0].code
            untold = code == present and await _asks_more(turn)
        elif silent and turn.offered:
            guess_only = wishes == ["start_dossier"] and found.content_words
            if undecided(turn) or guess_only:  # words that say nothing here begin no dossier
                return Meant(None, choose_first(turn, wishes))
            if unclear := turn.offered[0].get("topic"):
                return Meant(None, offer_choices(turn, wishes, await turn.find(unclear)))
            code = turn.offered[0]["code"]
            untold = found.content_words and code == present
        elif not found.content_words or (present and (among or silent)):
            code = present
            untold = found.content_words
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
    procedure = await turn.procedure(code)
    if procedure is None:
        await not_found(turn, wishes)
        return Meant(None, [])
    # After a guess its look-alikes can still be chosen, also by a word that tells them apart.
    kept = [SlotSet("procedure", procedure.code), *keep(wishes, options(guessed))]
    return Meant(procedure, kept, guessed[1:], untold)


async def _asks_more(turn: Turn) -> bool:
    """Whether a message asks something of the procedure that its words lead to, and does not just name it."""
    found = await turn.search()
    return turn.asks and found.outcome == "found" and not found.named


async def search(turn: Turn) -> SearchResult | look_alikes.Lacking:
    """The procedures that the message means; "bị mất" after a choice of licences is one of those.

    A few words that follow a choice choose by its titles, or are read together with those before them; what
    follows an explanation may name a look-alike of what was explained.
    """
    offered = [one["code"] for one in turn.offered if "code" in one]
    explained = not offered or (offered[0] == turn.slot("procedure") and not undecided(turn))
    if explained and (alone := await look_alikes.told_alone(turn)):
        return alone
    found = of_the_offered(turn, await turn.search())
    if found.outcome == "choices" and found.topics:
        return found
    asked = turn.last_words(2)
    sure = found.outcome == "found" and found.candidates[0].code in offered
    if not offered and not found.several:
        return await look_alikes.named(turn, found)
    if sure or found.several:
        return found
    if found.outcome != "found" and (titled := _by_title(turn)):
        return titled
    if len(asked) == 2 and (read := await _with_the_words_before(turn, offered, asked)):
        return read
    if found.outcome != "found" and (aged := _by_age(turn)):
        return aged
    return found


async def told_together(turn: Turn) -> list[Procedure]:
    """The two procedures that one line wanted, where a question that names nothing follows: it is of both."""
    offered = turn.offered
    if turn.button or len(offered) != 2 or any(one["score"] < 1 for one in offered):
        return []
    found = await search(turn)
    if isinstance(found, look_alikes.Lacking) or (found.content_words and found.outcome != "none"):
        return []
    both = [await turn.procedure(one["code"]) for one in offered if "code" in one]
    known = [one for one in both if one is not None]
    return known if len(known) == 2 else []


def of_the_offered(turn: Turn, found: SearchResult) -> SearchResult:
    """A bare topic names what was offered of it: "bằng lái" after "anh/chị mất giấy tờ nào ạ?"."""
    topic = found.outcome == "choices" and found.topics
    code = _offered_before(turn, found) if topic and len(turn.offered) > 1 else None
    if code is None:
        return found
    meant = [one for one in found.candidates if one.code == code]
    return found.model_copy(update={"outcome": "found", "candidates": meant, "topics": []})


def _offered_before(turn: Turn, found: SearchResult) -> str | None:
    """The only one of the candidates that the last reply offered: a name answers what it asked."""
    offered = {one.get("code") for one in turn.offered}
    again = [one.code for one in found.candidates if one.code in offered]
    return again[0] if len(again) == 1 else None


def _by_title(turn: Turn) -> SearchResult | None:
    """The only one of the last choices whose title has most of a short reply's words ("mất rồi")."""
    said = [word for word in tokens(fold(turn.text)) if word not in _SAYS_NOTHING]
    if not 1 <= len(said) <= FEW_WORDS:
        return None
    titles = [set(tokens(fold(one["title"]))) for one in turn.offered]
    held = [sum(word in title for word in said) for title in titles]
    most = max(held, default=0)
    if 2 * most <= len(said) or held.count(most) > 1:
        return None
    return _chosen(turn.offered[held.index(most)])


def _by_age(turn: Turn) -> SearchResult | None:
    """The only one of the last choices whose title is for the age told ("của con 5 tuổi")."""
    age = ages.said(fold(turn.text))
    if age is None:
        return None
    meant = [one for one in turn.offered if ages.fits(fold(one["title"]), age)]
    return _chosen(meant[0]) if len(meant) == 1 else None


def _chosen(option: dict[str, Any]) -> SearchResult | None:
    """The procedure that an option offers; `None` where it is not clear yet which one that is."""
    return settled(option["code"], option["title"]) if "code" in option else None


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
        other = both.candidates[0].code != offered[0]
        moved = other and both.outcome != "none" and ahead(scores)
        # Only words that make it clear begin a dossier.
        likely_enough = likely(scores) and "start_dossier" not in turn.wanted
        if both.outcome == "found" or moved or likely_enough:
            return both.model_copy(update={"outcome": "found"})
    elif both.outcome == "found" and len(asked[1].split()) <= FEW_WORDS:
        return both
    return None
