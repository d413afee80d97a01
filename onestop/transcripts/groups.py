"""Groups of misunderstood messages, made once a week, and corrected together.

Grouped are a week's messages and those of the week before it, so that a group tells how it grew. Kept is which
turns belong together, and a name; all else is read from the turns, as far as the account may see them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, case, delete, func, insert, or_, select
from sqlalchemy.orm import Session

from common.database import Database, insert_if_absent
from onestop.dossiers.calendar import VIETNAM
from onestop.staff.scope import Scope
from onestop.transcripts import listing, suggestions
from onestop.transcripts.clustering import Cluster, Message, clusters
from onestop.transcripts.models import (
    Conversation,
    GroupedTurn,
    GroupedWeek,
    Suggestion,
    Turn,
    TurnGroup,
)
from onestop.transcripts.schemas import (
    GroupCorrection,
    GroupDone,
    GroupExample,
    GroupPage,
    GroupRow,
    GroupView,
    SuggestionNew,
    Waiting,
)

WEEK = timedelta(days=7)
KEPT = 26 * WEEK
MOST = 20_000
"""Messages that are grouped, the newest: a minute of work at the most, some 150 MB."""

SHOWN = 50
EXAMPLES = 3
_LONGEST_VISIT = timedelta(days=1)


def monday(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def make_due(database: Database, at: datetime) -> int | None:
    """Group the last whole week at `at`, if that has not been done; how many groups there are, `None` if so."""
    week = monday(at.astimezone(VIETNAM).date()) - WEEK
    made = database.query(lambda session: session.get(GroupedWeek, week))
    if made is not None and made.made_at >= _begin(week + WEEK):
        return None
    return make(database, week, at)


def make(database: Database, week: date, at: datetime) -> int:
    """Group the messages of a week (its Monday), in place of what was made of it before; how many groups.

    The work is done between two transactions: whoever writes meanwhile does not wait for it.

    Raises:
        onestop.transcripts.clustering.NotGroupedError, subprocess.TimeoutExpired: nothing was changed.
    """
    found = clusters(database.query(_misunderstood, week))
    database.transact(_keep, week, found, at)
    return len(found)


def _misunderstood(session: Session, week: date) -> list[Message]:
    begin, middle, end = _begin(week - WEEK), _begin(week), _begin(week + WEEK)
    query = (
        select(Turn.id, Conversation.owner, Turn.text, Turn.at)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        # Turns have no index of their time; their conversations do.
        .where(Conversation.started_at >= begin - _LONGEST_VISIT, Conversation.started_at < end)
        .where(Turn.at >= begin, Turn.at < end, Turn.free)
        .where(or_(Turn.fallback, Turn.confidence < listing.UNSURE, Turn.correct.is_(False)))
        .where(Turn.correct.is_not(True))
        .order_by(Turn.id.desc())
        .limit(MOST)
    )
    numbers: dict[str, int] = {}
    return [
        Message(turn, numbers.setdefault(owner, len(numbers)), text, moment >= middle)
        for turn, owner, text, moment in session.execute(query).tuples()
    ]


def _keep(session: Session, week: date, found: Sequence[Cluster], at: datetime) -> None:
    old = or_(GroupedWeek.week == week, GroupedWeek.week < week - KEPT)
    session.execute(delete(GroupedWeek).where(old))
    if not insert_if_absent(session, GroupedWeek, week=week, made_at=at):
        return  # another process was first
    chosen = {turn for cluster in found for turn in cluster.members}
    there = set(session.scalars(select(Turn.id).where(Turn.id.in_(chosen))))  # not erased meanwhile
    for cluster in found:
        group = TurnGroup(week=week, name=cluster.name)
        session.add(group)
        session.flush()
        rows = [
            {"group_id": group.id, "turn_id": turn, "place": place}
            for place, turn in enumerate(cluster.members)
            if turn in there
        ]
        if rows:
            session.execute(insert(GroupedTurn), rows)


def _visible(scope: Scope) -> Select[Turn, GroupedTurn]:
    """Grouped turns that an account may see."""
    return (
        select(Turn, GroupedTurn)
        .join(GroupedTurn, GroupedTurn.turn_id == Turn.id)
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(listing.visible(scope))
    )


def _counts(
    session: Session, scope: Scope, week: date, group: int | None = None
) -> dict[int, tuple[int, int]]:
    """By group: how many of its messages an account may see, of the week and of the week before."""
    of_week = func.sum(case((Turn.at >= _begin(week), 1), else_=0))
    query = (
        _visible(scope)
        .join(TurnGroup, TurnGroup.id == GroupedTurn.group_id)
        .where(TurnGroup.week == week)
        .with_only_columns(TurnGroup.id, of_week, func.count() - of_week)
        .group_by(TurnGroup.id)
    )
    if group is not None:
        query = query.where(TurnGroup.id == group)
    return {key: (now, before) for key, now, before in session.execute(query).tuples() if now}


def listed(session: Session, scope: Scope, week: date | None = None) -> GroupPage:
    """The largest groups of a week (its Monday; without one, of the newest), `SHOWN` at most."""
    weeks = list(session.scalars(select(GroupedWeek.week).order_by(GroupedWeek.week.desc())))
    chosen = week if week in weeks else next(iter(weeks), None)
    if chosen is None:
        return GroupPage(week=None, weeks=[], groups=[])
    counts = _counts(session, scope, chosen)
    largest = sorted(counts, key=lambda group: (-counts[group][0], group))[:SHOWN]
    rows = [
        _row(session, scope, session.get_one(TurnGroup, group), counts[group]) for group in largest
    ]
    return GroupPage(week=chosen, weeks=weeks, groups=rows)


def _row(session: Session, scope: Scope, group: TurnGroup, counts: tuple[int, int]) -> GroupRow:
    said = func.count()
    examples = (
        _visible(scope)
        .where(GroupedTurn.group_id == group.id, Turn.at >= _begin(group.week))
        .with_only_columns(Turn.text, said)
        .group_by(Turn.text)
        .order_by(said.desc(), func.min(GroupedTurn.place))
        .limit(EXAMPLES)
    )
    return GroupRow(
        id=group.id,
        week=group.week,
        name=group.name,
        count=counts[0],
        before=counts[1],
        examples=[
            GroupExample(text=text, count=times)
            for text, times in session.execute(examples).tuples()
        ],
    )


def _get(session: Session, scope: Scope, group: int) -> GroupRow:
    one = session.get(TurnGroup, group)
    counts = _counts(session, scope, one.week, group) if one is not None else {}
    if one is None or not counts:
        raise LookupError(group)
    return _row(session, scope, one, counts[group])


def get(session: Session, scope: Scope, actor: str, group: int, after: int = -1) -> GroupView:
    """A group, and its messages behind place `after`, from the middle outwards.

    Args:
        actor: the account's name; what it has proposed does not wait for it.

    Raises:
        LookupError: if there is none of which the account may see something.
    """
    row = _get(session, scope, group)
    query = (
        _visible(scope)
        .where(GroupedTurn.group_id == group, GroupedTurn.place > after)
        .order_by(GroupedTurn.place)
        .limit(listing.PART + 1)
        .options(listing.NOTES)
    )
    found = list(session.execute(query).tuples())
    shown = found[: listing.PART]
    views = listing.turn_views(session, [turn for turn, _ in shown])
    return GroupView(
        group=row,
        turns=[
            Waiting(turn=view, conversation=turn.conversation_id)
            for (turn, _), view in zip(shown, views, strict=True)
        ],
        after=shown[-1][1].place if len(found) > listing.PART else None,
        pending=len(_pending(session, scope, actor, group)),
    )


def correct(
    session: Session, scope: Scope, actor: str, group: int, new: GroupCorrection
) -> GroupDone:
    """Propose the same correction of all messages of a group that have none of that kind yet.

    Raises:
        LookupError: if there is no such group.
        onestop.transcripts.suggestions.UnknownNameError: if there is nothing of that name.
    """
    _get(session, scope, group)
    suggestions.check_name(new.kind, new.value)
    corrected = select(Suggestion.turn_id).where(
        Suggestion.kind == new.kind,
        Suggestion.state != "rejected",
        Suggestion.turn_id.is_not(None),
    )
    query = (
        _visible(scope)
        .where(GroupedTurn.group_id == group, Turn.id.not_in(corrected))
        .with_only_columns(Turn.id)
        .order_by(GroupedTurn.place)
    )
    wanted = SuggestionNew(kind=new.kind, value=new.value)
    turns = list(session.scalars(query))
    for turn in turns:
        suggestions.propose(session, scope, actor, turn, wanted)
    return GroupDone(count=len(turns))


def approve(session: Session, scope: Scope, actor: str, group: int) -> GroupDone:
    """Take all corrections of a group's messages that somebody else has proposed.

    Raises:
        LookupError: if there is no such group.
    """
    _get(session, scope, group)
    waiting = _pending(session, scope, actor, group)
    for one in waiting:
        suggestions.approve(session, scope, actor, one)
    return GroupDone(count=len(waiting))


def _pending(session: Session, scope: Scope, actor: str, group: int) -> list[int]:
    query = (
        _visible(scope)
        .join(Suggestion, Suggestion.turn_id == Turn.id)
        .where(GroupedTurn.group_id == group)
        .where(Suggestion.state == "pending", Suggestion.proposed_by != actor)
        .with_only_columns(Suggestion.id)
        .order_by(Suggestion.id)
    )
    return list(session.scalars(query))
