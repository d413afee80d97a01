"""What a citizen tells for a draft: take an answer, several at once, or a skip; doubt it; take it back.

Each function is one step in one transaction on a locked draft; the rules of filling are the engine's
(`onestop.eforms.engine`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from common.database import now
from onestop.dossiers import changes, files, offers
from onestop.dossiers.calendar import VIETNAM
from onestop.dossiers.draft_state import answers_of, asked_of, present_field
from onestop.dossiers.draft_view import accepted, view
from onestop.dossiers.models import Draft
from onestop.dossiers.snapshots import form_of
from onestop.eforms import engine
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.definition import EForm, Field, FieldType
from onestop.eforms.names import doubt, with_accents
from onestop.eforms.papers import UploadedFile, check_weight, later
from onestop.eforms.several import read_other, read_several
from onestop.eforms.texts import other_words, word
from onestop.schemas import Accepted, AnswerRequest, AnswerResult, UndoResult
from onestop.schemas import Refusal as RefusalView

# So often a field is refused in a row before it is explained another way and a person is offered.
STUCK_AFTER = 3


def answer(
    session: Session, draft: Draft, request: AnswerRequest, most_bytes: int | None = None
) -> AnswerResult | None:
    """Take an answer; `None` if the draft asks nothing.

    A refusal changes nothing but the count of refusals of the field in a row. A message that was taken
    already changes nothing at all.

    Args:
        draft: locked by the caller.
        request: text, or files for a paper; `field` names another field than the present one.
        most_bytes: how much all files of the draft may weigh together.
    """
    form, answers = form_of(draft), answers_of(draft)
    told = changes.told_by(draft, request.turn)
    if told is not None:
        taken = [(form.field(one), answers[one]) for one in told if one in answers]
        return AnswerResult(draft=view(draft), accepted=[accepted(*one) for one in taken])
    field = present_field(draft, form, answers)
    if request.field is not None:
        active = engine.active_fields(asked_of(draft, form), answers)
        field = next((one for one in active if one.id == request.field), None)
    if field is None:
        return None
    today = now().astimezone(VIETNAM).date()
    try:
        if request.file_ids:
            sent = [files.owned(session, draft.owner, one) for one in request.file_ids]
            pages = [one.model_dump(exclude={"warning"}) for one in sent if one is not None]
            if request.append and field.id in answers:
                pages = [*answers[field.id].value.get("files", []), *pages]
            outcome, taken = _take_files(form, answers, field, pages, most_bytes, today)
        else:
            sent = []
            outcome, taken = _take(draft, form, answers, field, request, today)
        doubted = _doubted(form, answers, taken)
        if request.probe and doubted is not None and doubted[1] != "name_doubted":
            raise Refusal("name_unclear", label=field.label, example=field.example)
    except Refusal as refusal:
        return AnswerResult(
            draft=view(draft), refusal=_refused(draft, field, refusal, request.probe)
        )
    if offers.view(draft, field) is not None:  # answered by hand what was offered
        offers.decline(draft)
    answered = [one.id for one, _ in taken]
    asked, meant = _question(doubted, outcome.answers) if doubted is not None else ("", "")
    changes.ask(draft, doubted[0] if doubted is not None else None)
    left_out = [one for one in draft.skipped if one not in answered]
    changes.keep(draft, outcome.answers, left_out, answered, request.turn)
    return AnswerResult(
        draft=view(draft),
        accepted=[accepted(one, value) for one, value in taken],
        reopened=[one.label for one, _ in outcome.ask_again],
        warnings=[one.warning for one in sent if one is not None and one.warning],
        doubt=asked,
        meant=meant,
    )


def _refused(draft: Draft, field: Field, refusal: Refusal, probe: bool) -> RefusalView:
    """Count the refusal, and find its words: the code's, or after some the field explained anew."""
    again = refusal.code == draft.refused_for
    if not probe:
        draft.refusals += 1
        draft.refused_for = refusal.code
    stuck = not probe and draft.refusals % STUCK_AFTER == 0
    return RefusalView(
        field=field.id,
        code=refusal.code,
        message=other_words(field) if stuck else engine.refusal_text(refusal, 2 if again else 1),
        attempt=max(draft.refusals, 1),
        suggestions=refusal.suggestions,
        stuck=stuck,
    )


def _doubted(
    form: EForm, answers: Mapping[str, Value], taken: Sequence[tuple[Field, Value]]
) -> tuple[str, str] | None:
    """The name just told that is unlikely, to be asked again, and why; `None` where names are kept.

    Who tells it twice means it; and who told another name without accents before has a telephone that
    cannot write them.
    """

    def why(one: Field, value: Value | None) -> str | None:
        named = one.type is FieldType.PERSON_NAME and value is not None and value.value is not None
        return doubt(value.value) if named and value is not None else None

    before = {one.id: why(one, answers.get(one.id)) for one in form.fields}
    for one, value in taken:
        reason = why(one, value)
        kept = before.values() if reason == "name_doubted" else (before[one.id],)
        if reason is not None and reason not in kept:
            return one.id, reason
    return None


def _question(doubted: tuple[str, str], answers: Mapping[str, Value]) -> tuple[str, str]:
    """How a doubted name is asked for once more, and the name that is most likely meant, if any."""
    field_id, reason = doubted
    meant = with_accents(answers[field_id].value) if reason == "name_doubted" else None
    if meant is None:
        return word(reason), ""
    return word("name_meant").format(name=meant), meant


def _take_files(
    form: EForm,
    answers: Mapping[str, Value],
    field: Field,
    pages: Sequence[UploadedFile],
    most_bytes: int | None,
    today: date,
) -> tuple[engine.Outcome, list[tuple[Field, Value]]]:
    """The outcome of files for a paper.

    Raises:
        Refusal: if they cannot be taken.
    """
    outcome = engine.answer_paper(form, answers, field.id, pages, today)
    if most_bytes is not None:
        check_weight(outcome.answers, most_bytes)
    return outcome, [(field, outcome.value)]


def _take(
    draft: Draft,
    form: EForm,
    answers: Mapping[str, Value],
    field: Field,
    request: AnswerRequest,
    today: date,
) -> tuple[engine.Outcome, list[tuple[Field, Value]]]:
    """The outcome of a message, and the answers read from it: one, several, or one to another field.

    Raises:
        Refusal: if the answer to `field` cannot be taken.
    """
    if draft.only is None:
        several = read_several(form, answers, draft.skipped, field, request.text, today)
        if several is not None:
            return several
    try:
        outcome = engine.answer(form, answers, field.id, request.text, today)
    except Refusal:
        other = None
        if draft.only is None and request.field is None and not request.probe:
            other = read_other(form, answers, draft.skipped, field, request.text, today)
        if other is None:
            raise
        return other
    return outcome, [(field, outcome.value)]


def skip(draft: Draft, field_id: str, key: str | None = None) -> None:
    """Leave an optional field out, or hand a required paper in later where that is allowed.

    Args:
        key: of the citizen's message; one that was taken already changes nothing.

    Raises:
        Refusal: `field_required`, if it may not be left out.
        KeyError: if the form does not have it.
    """
    if changes.told_by(draft, key) is not None:
        return
    form, answers = asked_of(draft, form_of(draft)), answers_of(draft)
    field = form.field(field_id)
    answers.pop(field_id, None)
    skipped = [one for one in draft.skipped if one != field_id]
    if field.required and field.later_allowed:
        answers[field_id] = later(field)
    else:
        engine.check_skip(field)
        skipped.append(field_id)
    changes.ask(draft, None)
    changes.keep(draft, answers, skipped, [field_id], key)


def undo(draft: Draft) -> UndoResult:
    """Take the last turn's answers back; what they answered is asked again.

    A field that was chosen for correction and not answered yet is only left as it is.
    """
    last = (draft.turns or [{"told": []}])[-1]["told"]
    if draft.asked is not None and draft.asked not in last:
        changes.ask(draft, None)
        return UndoResult(draft=view(draft))
    form = form_of(draft)
    taken = changes.take_back(draft)
    changes.ask(draft, None)
    return UndoResult(
        draft=view(draft),
        taken_back=[
            Accepted(
                field=id_,
                label=form.field(id_).label,
                display=value.display if value else word("skipped"),
            )
            for id_, value in taken
        ],
    )
