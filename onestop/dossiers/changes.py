"""What a turn changes in a draft's row, and how it is taken back ("quay lại câu trước")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from common.database import now
from onestop.dossiers import files
from onestop.dossiers.draft_state import answers_of
from onestop.dossiers.models import Draft
from onestop.dossiers.snapshots import form_of
from onestop.eforms import engine
from onestop.eforms.answers import Value
from onestop.eforms.papers import file_ids

# More than a form has questions; what lies further back is corrected by name.
MOST_TURNS = 100


def ask(draft: Draft, field_id: str | None) -> None:
    """Ask this field next, or go on in order; refusals are counted anew."""
    draft.asked, draft.refusals, draft.refused_for = field_id, 0, None


def keep(
    draft: Draft,
    answers: Mapping[str, Value],
    skipped: Iterable[str],
    told: Iterable[str],
    key: str | None = None,
) -> None:
    """Write the answers as a turn has left them, and remember the turn.

    Args:
        answers: all answers after the turn.
        skipped: all skipped fields after the turn.
        told: the fields that the citizen answered or skipped in it.
        key: of the citizen's message, by which a repeat is known.
    """
    before = draft.answers
    after = {field: one.model_dump(mode="json") for field, one in answers.items()}
    changed = [one for one in {**before, **after} if before.get(one) != after.get(one)]
    turn = {
        "told": list(told),
        "answers": {one: before.get(one) for one in changed},
        "skipped": draft.skipped,
        "key": key,
    }
    draft.turns = [*(draft.turns or []), turn][-MOST_TURNS:]
    draft.skipped = list(skipped)
    _write(draft, answers)
    if draft.only is not None:  # what was told may need others that were not asked for
        needed = engine.unanswered(form_of(draft), answers, draft.skipped)
        draft.only = list(dict.fromkeys([*draft.only, *(one.id for one in needed)]))


def told_by(draft: Draft, key: str | None) -> list[str] | None:
    """The fields that a message has answered already; `None` if it has not been taken."""
    known = [one for one in draft.turns or [] if key is not None and one.get("key") == key]
    return known[-1]["told"] if known else None


def take_back(draft: Draft) -> list[tuple[str, Value | None]]:
    """Undo the last turn; repeated, the one before it.

    Returns:
        The fields that were answered in it with their answers, `None` for what was skipped; empty if
        there is no turn to undo. What stood there before stands there again.
    """
    if not draft.turns:
        return []
    *earlier, last = draft.turns
    taken = [(one, draft.answers.get(one)) for one in last["told"]]
    answers = {**draft.answers, **last["answers"]}
    draft.turns, draft.skipped = earlier, last["skipped"]
    _write(draft, {field: Value.model_validate(one) for field, one in answers.items() if one})
    return [(field, Value.model_validate(one) if one else None) for field, one in taken]


def forget(draft: Draft) -> None:
    """Drop what only filling needs, once the draft is handed in."""
    draft.turns = draft.offer = None


def clear(draft: Draft) -> None:
    """Drop all that was told, once the draft is given up."""
    _write(draft, {})
    forget(draft)


def _write(draft: Draft, answers: Mapping[str, Value]) -> None:
    """Write the answers, and hold the files that they refer to; a file that is gone is asked for again."""
    session = Session.object_session(draft)
    assert session is not None, "a draft is changed only where it is locked"  # noqa: S101
    before, wanted = file_ids(answers_of(draft)), file_ids(answers)
    swept = {one for one in wanted - before if files.owned(session, draft.owner, one) is None}
    kept = {field: one for field, one in answers.items() if not swept & file_ids({field: one})}
    draft.answers = {field: one.model_dump(mode="json") for field, one in kept.items()}
    files.hold(session, file_ids(kept) - before)
    if draft.only is None:  # the dossier that a supplement belongs to has files of its own
        files.release(session, before - file_ids(kept))
    draft.consent = None  # the statement covers what stood there then
    draft.updated_at = now()
