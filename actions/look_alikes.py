"""What follows an explanation and is clear only beside the procedure that was explained."""

from __future__ import annotations

from actions.choosing import likely
from actions.turn import Turn
from bot.nlu.text import fold
from onestop.catalogue.search import ages, levels
from onestop.schemas import SearchResult


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
