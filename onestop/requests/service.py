"""One step of a request: take an answer, skip, correct, look. Pure but for what a kind looks up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from onestop.dossiers.draft_view import field_view
from onestop.eforms import engine
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.definition import EForm, Field
from onestop.requests.kind import Context, Kind, RequestRefused
from onestop.requests.schemas import Answer, RequestDone, RequestState, RequestStep, RequestView
from onestop.schemas import Accepted, Line
from onestop.schemas import Refusal as RefusalView

_LONGEST_STEP = 12  # more than the answers that one step can make stale


def _values(state: RequestState) -> dict[str, Value]:
    return {
        name: Value(value=one.value, display=one.display) for name, one in state.answers.items()
    }


def _present(form: EForm, state: RequestState, answers: Mapping[str, Value]) -> Field | None:
    if state.asked is not None:
        for field in engine.active_fields(form, answers):
            if field.id == state.asked:
                return field
    return engine.next_field(form, answers, state.skipped)


def _without_stale(kind: Kind, context: Context, answers: dict[str, Value]) -> dict[str, Value]:
    for _ in range(_LONGEST_STEP):
        stale = kind.stale(context, answers)
        if not stale:
            break
        answers = {name: one for name, one in answers.items() if name not in stale}
    return answers


def take(kind: Kind, context: Context, step: RequestStep) -> RequestView:
    """One step; its state goes back to who asks."""
    state = step.state.model_copy(deep=True)
    answers = _without_stale(kind, context, _values(state))
    if step.opening is not None:
        return _open(kind, context, state, answers, step.opening)
    if step.undo:
        return _undo(kind, context, state, answers)
    form = kind.form(context, answers)
    text, matches = step.text, list[Field]()
    if step.phrase is not None:
        matches = engine.find_fields(form, step.phrase, answers, state.skipped)
        brought = engine.new_value(form, step.phrase, answers, state.skipped)
        if brought is not None:  # the new answer's own words may name another field
            matches, text = [brought[0]], brought[1]
        if len(matches) == 1:
            state.asked, state.attempt = matches[0].id, 0
    field = _present(form, state, answers)
    if field is None or (text is None and not step.skip):
        return _view(kind, context, state, answers, matches=matches)
    if step.skip:
        if not field.required:
            answers.pop(field.id, None)
            state.skipped, state.asked, state.attempt = [*state.skipped, field.id], None, 0
        return _view(kind, context, state, answers)
    try:
        answers, value = _answer(kind, context, form, answers, field, text or "")
    except Refusal as error:
        state.attempt += 1
        return _view(kind, context, state, answers, refusal=_refused(field, error, state.attempt))
    state.asked, state.attempt = None, 0
    state.skipped = [one for one in state.skipped if one != field.id]
    answers = _without_stale(kind, context, answers)
    taken = [Accepted(field=field.id, label=field.label, display=value.display)]
    return _view(kind, context, state, answers, accepted=taken)


def _open(
    kind: Kind, context: Context, state: RequestState, answers: dict[str, Value], text: str
) -> RequestView:
    try:
        opening = kind.opening(context, text)
    except Refusal as error:
        field = _present(kind.form(context, answers), state, answers)
        refusal = _refused(field, error, 1) if field is not None else None
        return _view(kind, context, state, answers, refusal=refusal)
    told = _without_stale(kind, context, {**opening, **answers})
    taken = [
        Accepted(field=one.id, label=one.label, display=told[one.id].display)
        for one in kind.form(context, told).fields
        if one.id in told and one.id not in answers
    ]
    return _view(kind, context, state, told, accepted=taken)


def _answer(
    kind: Kind,
    context: Context,
    form: EForm,
    answers: dict[str, Value],
    field: Field,
    text: str,
) -> tuple[dict[str, Value], Value]:
    value = kind.read(context, field, text, answers)
    if value is not None:
        kept = {**answers, field.id: value}
    else:
        outcome = engine.answer(form, answers, field.id, text, context.today)
        kept, value = outcome.answers, outcome.value
    kept.pop(field.id)  # the last answer stands last: it is the one that is taken back
    return {**kept, field.id: value}, value


def _undo(
    kind: Kind, context: Context, state: RequestState, answers: dict[str, Value]
) -> RequestView:
    """Take the last answer back and ask for it again; while a correction is asked for, let that be."""
    if state.asked in answers:
        state.asked, state.attempt = None, 0
        return _view(kind, context, state, answers)
    if not answers:
        return _view(kind, context, state, answers)
    last, value = list(answers.items())[-1]
    label = kind.form(context, answers).field(last).label
    answers = _without_stale(
        kind, context, {name: one for name, one in answers.items() if name != last}
    )
    state.asked, state.attempt = last, 0
    taken = [Accepted(field=last, label=label, display=value.display)]
    return _view(kind, context, state, answers, taken_back=taken)


def _refused(field: Field, error: Refusal, attempt: int) -> RefusalView:
    error.params = {"label": field.label, "example": field.example, **error.params}
    return RefusalView(
        field=field.id,
        code=error.code,
        message=engine.refusal_text(error, attempt),
        attempt=attempt,
        suggestions=error.suggestions,
    )


def _view(
    kind: Kind,
    context: Context,
    state: RequestState,
    answers: dict[str, Value],
    *,
    accepted: Sequence[Accepted] = (),
    taken_back: Sequence[Accepted] = (),
    refusal: RefusalView | None = None,
    matches: Sequence[Field] = (),
) -> RequestView:
    form = kind.form(context, answers)
    field = _present(form, state, answers)
    state.opened = True
    state.answers = {
        name: Answer(value=one.value, display=one.display) for name, one in answers.items()
    }
    return RequestView(
        state=state,
        title=form.title,
        field=field_view(field, section_begins=False) if field is not None else None,
        confirm=kind.confirm,
        accepted=list(accepted),
        taken_back=list(taken_back),
        refusal=refusal,
        matches=[field_view(one, section_begins=False) for one in matches],
        lines=[
            Line(number=line.number, field=line.field, label=line.label, value=line.display)
            for line in engine.summary(form, answers, state.skipped)
        ],
        statement=form.consent_text,
        facts=kind.facts(context, answers) if field is None else {},
    )


def submit(kind: Kind, context: Context, state: RequestState) -> RequestDone:
    """Submit a complete request.

    Raises:
        RequestRefused: `unanswered` if an answer is missing or no longer holds, or the kind's reason.
    """
    given = _values(state)
    answers = _without_stale(kind, context, given)
    gone = [name for name in given if name not in answers]
    missing = engine.unanswered(kind.form(context, answers), answers, state.skipped)
    if gone or missing:
        raise RequestRefused("unanswered", *gone, *(one.id for one in missing))
    return kind.submit(context, answers)
