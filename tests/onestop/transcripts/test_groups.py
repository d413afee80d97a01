"""Groups of misunderstood messages: found, named, apart from noise; once a week; corrected together."""

from __future__ import annotations

import random
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from common.database import Database
from common.settings import ROOT
from onestop.catalogue.search import lexicon
from onestop.privacy.forgetting import forget_conversations
from onestop.staff.scope import Scope
from onestop.transcripts import groups, suggestions
from onestop.transcripts.clustering import Message, NotGroupedError
from onestop.transcripts.clustering import clusters as clusters_apart
from onestop.transcripts.clustering.near import clusters
from onestop.transcripts.models import Conversation, GroupedTurn, Suggestion, Turn, TurnGroup
from onestop.transcripts.schemas import GroupCorrection, SuggestionNew
from tests.onestop.transcripts.conftest import Citizen, conversations, procedure_of, take, turns

pytestmark = pytest.mark.usefixtures("grouping_here")
ALL = Scope()
# A Wednesday noon in Vietnam, its week, and the Monday after it.
WEDNESDAY = datetime(2026, 5, 27, 5, tzinfo=UTC)
WEEK = date(2026, 5, 25)
MONDAY = datetime(2026, 6, 1, 1, tzinfo=UTC)

PET = [
    "tiêm phòng dại cho chó ở đâu vậy",
    "cho em hỏi tiêm phòng dại cho chó mèo",
    "tiem phong dai cho cho o xa",
    "chó nhà em cần tiêm phòng dại",
]
VNEID = [
    "vneid mức hai không đăng nhập được",
    "em đăng nhập vneid mức hai bị lỗi",
    "dang nhap vneid muc hai loi",
    "app vneid báo lỗi đăng nhập",
]
NOISE = [
    "bao giờ nước rút",
    "xe cẩu to thế",
    "hàng xóm nuôi gà ồn",
    "cây đổ trước cổng trường",
    "mất sóng cả buổi",
    "quán đóng cửa rồi",
]


def said(*texts: str) -> list[Message]:
    """Each by another citizen."""
    return [Message(number, number, text) for number, text in enumerate(texts, 1)]


def found(messages: list[Message]) -> list[tuple[str, list[int]]]:
    """Names and members of the groups."""
    return [(one.name, sorted(one.members)) for one in clusters(messages, lexicon.shipped())]


def test_planted_groups_are_found_and_named_and_noise_is_left_over() -> None:
    both = found(said(*PET, *VNEID, *NOISE))
    assert [members for _, members in both] == [[1, 2, 3, 4], [5, 6, 7, 8]]
    (pet, _), (vneid, _) = both
    assert "phòng dại" in pet or "tiêm phòng" in pet
    assert "vneid" in vneid


def test_the_order_of_messages_changes_nothing() -> None:
    messages = said(*PET, *VNEID, *NOISE)
    first = found(messages)
    random.Random(3).shuffle(messages)
    assert found(messages) == first


def test_one_citizen_who_repeats_himself_makes_no_group() -> None:
    assert found([Message(number, 7, PET[0]) for number in range(20)]) == []


def test_no_word_of_one_citizen_alone_names_a_group() -> None:
    texts = [f"{PET[0]} {own}" for own in ("kxrtq", "zwvbn", "pqmlk")]
    ((name, _),) = found(said(*texts))
    assert not {"kxrtq", "zwvbn", "pqmlk"} & set(name.replace(",", "").split())


def test_masks_say_nothing_and_messages_without_words_are_in_no_group() -> None:
    assert found(said(*["‹họ tên› ‹số điện thoại›"] * 5, *["dạ ạ"] * 5, *["…"] * 5)) == []
    assert found([]) == []


def test_the_week_before_joins_groups_and_makes_none() -> None:
    before = [one._replace(counts=False) for one in said(*PET)]
    assert found(before) == []
    now = [Message(10 + one.id, 10 + one.id, one.text) for one in said(*PET[:3])]
    ((_, members),) = found([*before, *now])
    assert members == [1, 2, 3, 4, 11, 12, 13]


# In the database ----------------------------------------------------------------------------------


def asked(
    database: Database, *texts: str, at: datetime = WEDNESDAY, procedure: str = "", **said: object
) -> None:
    """Each text is misunderstood in a visit of its own."""
    for text in texts:
        count = database.query(lambda s: s.scalar(select(func.count()).select_from(Conversation)))
        citizen = Citizen(sender=f"web:{count}", moment=at.timestamp())
        citizen.visit()
        understood = {"intent": "nlu_fallback", "confidence": 0.3, **said}
        citizen.says(text, **understood)  # type: ignore[arg-type]
        if procedure:
            citizen.add("slot", name="procedure", value=procedure)
        citizen.hears("Em chưa hiểu ạ.", "action_clarify", said="not_understood")
        take(database, citizen)


def test_groups_are_found_in_a_process_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    messages = said(*PET, *VNEID, *NOISE)
    assert clusters_apart(messages) == clusters(messages, lexicon.shipped())
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert clusters_apart([]) == []  # a new system starts no process
    with pytest.raises(NotGroupedError):
        clusters_apart(messages)


def test_the_service_itself_needs_nothing_of_that() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "import sys, onestop.http.app; print('sklearn' in sys.modules)"],
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    assert told.stdout.split() == [b"False"]


def page(database: Database, scope: Scope = ALL) -> list[tuple[str, int, int]]:
    """Names, counts of the week and of the week before."""
    listed = database.query(groups.listed, scope)
    return [(one.name, one.count, one.before) for one in listed.groups]


def test_a_week_is_grouped_once_it_is_over_and_once_only(database: Database) -> None:
    asked(database, *PET, *NOISE)
    asked(database, *VNEID, at=WEDNESDAY - timedelta(days=7))
    asked(database, *VNEID, at=WEDNESDAY)
    assert groups.make_due(database, MONDAY - timedelta(hours=9)) == 1  # Sunday: the week before
    assert groups.make_due(database, MONDAY) == 2
    assert groups.make_due(database, MONDAY + timedelta(days=6)) is None
    listed = database.query(groups.listed, ALL)
    assert (listed.week, listed.weeks) == (WEEK, [WEEK, WEEK - timedelta(days=7)])
    vneid, pet = listed.groups
    assert [(one.count, one.before) for one in (vneid, pet)] == [(4, 4), (4, 0)]
    assert {one.text for one in pet.examples} <= set(PET)
    earlier = database.query(groups.listed, ALL, WEEK - timedelta(days=7))
    assert [(one.count, one.before) for one in earlier.groups] == [(4, 0)]


def test_several_visits_of_one_citizen_make_no_group(database: Database) -> None:
    citizen = Citizen(moment=WEDNESDAY.timestamp())
    for text in PET:
        citizen.visit()
        citizen.asks(text, intent="nlu_fallback", confidence=0.3)
    take(database, citizen)
    assert len(conversations(database)) == len(PET)
    assert groups.make(database, WEEK, MONDAY) == 0


def test_made_twice_a_week_has_the_same_groups(database: Database) -> None:
    asked(database, *PET, *VNEID)
    groups.make(database, WEEK, WEDNESDAY)
    first = page(database)
    groups.make(database, WEEK, MONDAY)
    assert page(database) == first
    count = select(func.count()).select_from(TurnGroup)
    assert database.query(lambda session: session.scalar(count)) == 2


def test_a_week_that_was_made_before_its_end_is_made_again(database: Database) -> None:
    asked(database, *PET)
    groups.make(database, WEEK, WEDNESDAY)
    asked(database, *VNEID, at=WEDNESDAY + timedelta(days=2))
    assert groups.make_due(database, MONDAY) == 2


def test_only_what_was_misunderstood_is_grouped(database: Database) -> None:
    sure = {"intent": "ask_fee", "confidence": 0.97}
    for text in PET:
        citizen = Citizen(sender=f"web:sure {text}", moment=WEDNESDAY.timestamp())
        citizen.visit()
        citizen.asks(text, **sure)  # type: ignore[arg-type]
        take(database, citizen)
    assert groups.make(database, WEEK, MONDAY) == 0
    new = SuggestionNew(kind="intent", value="ask_papers")
    for turn in turns(database):
        database.transact(suggestions.propose, ALL, "lan", turn.id, new)
    assert groups.make(database, WEEK, MONDAY) == 1


def test_what_is_kept_of_groups_holds_nothing_clear(database: Database) -> None:
    asked(database, *(f"{text}, tôi là Nguyễn Văn An, sđt 0912345678" for text in PET))
    groups.make(database, WEEK, MONDAY)
    with database.engine.connect() as connection:
        rows = [
            str(tuple(row))
            for table in ("grouped_weeks", "turn_groups", "grouped_turns")
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")
        ]
    assert len(rows) == 1 + 1 + 4
    assert not any("An" in row or "nguy" in row.lower() or "0912" in row for row in rows)
    (group,) = database.query(groups.listed, ALL).groups
    assert all("‹họ tên›" in one.text for one in group.examples)


def test_a_group_goes_with_what_was_said(database: Database) -> None:
    asked(database, *PET)
    groups.make(database, WEEK, MONDAY)
    ids = [one.id for one in conversations(database)]
    database.transact(forget_conversations, ids[:1])
    assert [count for _, count, _ in page(database)] == [3]
    database.transact(forget_conversations, ids[1:])
    assert page(database) == []
    left = select(func.count()).select_from(GroupedTurn)
    assert database.query(lambda session: session.scalar(left)) == 0


def test_all_messages_of_a_group_are_corrected_at_once_by_two_people(database: Database) -> None:
    asked(database, *PET, *VNEID)
    groups.make(database, WEEK, MONDAY)
    group = database.query(groups.listed, ALL).groups[0]
    new = GroupCorrection(kind="intent", value="ask_procedure")
    first = database.query(groups.get, ALL, "lan", group.id).turns[0].turn.id
    single = SuggestionNew(kind="intent", value="ask_place")
    database.transact(suggestions.propose, ALL, "hoa", first, single)
    assert database.transact(groups.correct, ALL, "lan", group.id, new).count == 3
    assert database.transact(groups.correct, ALL, "lan", group.id, new).count == 0
    assert database.query(groups.get, ALL, "lan", group.id).pending == 1  # Hoa's
    assert database.query(groups.get, ALL, "mai", group.id).pending == 4
    assert database.transact(groups.approve, ALL, "mai", group.id).count == 4
    approved = database.query(suggestions.approved)
    assert sorted(one.text for one in approved) == sorted(PET)
    assert {one.decided_by for one in approved} == {"mai"}
    wrong = GroupCorrection(kind="intent", value="ask_nothing")
    with pytest.raises(suggestions.UnknownNameError):
        database.transact(groups.correct, ALL, "lan", group.id, wrong)


def test_a_rejected_correction_may_be_proposed_anew(database: Database) -> None:
    asked(database, *PET)
    groups.make(database, WEEK, MONDAY)
    (group,) = database.query(groups.listed, ALL).groups
    new = GroupCorrection(kind="procedure", value="1.004194")
    database.transact(groups.correct, ALL, "lan", group.id, new)
    for one in database.query(suggestions.listed, ALL, "pending").suggestions:
        database.transact(suggestions.reject, ALL, "mai", one.id, "thủ tục khác")
    assert database.transact(groups.correct, ALL, "lan", group.id, new).count == 4


def test_an_account_sees_of_groups_what_its_agencies_conversations_hold(
    database: Database,
) -> None:
    procedure_of(database, "1.000001", "Sở Tư pháp")
    procedure_of(database, "1.000002", "Công an tỉnh")
    asked(database, *PET[:2], procedure="1.000001")
    asked(database, *PET[2:], procedure="1.000002")
    asked(database, *VNEID, procedure="1.000002")
    groups.make(database, WEEK, MONDAY)
    justice, nobody = Scope(frozenset({"Sở Tư pháp"})), Scope(frozenset())
    assert [count for _, count, _ in page(database)] == [4, 4]
    assert [count for _, count, _ in page(database, justice)] == [2]
    assert page(database, nobody) == []
    (group,) = database.query(groups.listed, justice).groups
    assert {one.text for one in group.examples} == set(PET[:2])
    view = database.query(groups.get, justice, "lan", group.id)
    assert {one.turn.text for one in view.turns} == set(PET[:2])
    new = GroupCorrection(kind="intent", value="ask_procedure")
    assert database.transact(groups.correct, justice, "lan", group.id, new).count == 2
    other = next(one.id for one in database.query(groups.listed, ALL).groups if one.id != group.id)
    for scope, number in ((justice, other), (nobody, group.id)):
        with pytest.raises(LookupError):
            database.query(groups.get, scope, "lan", number)
        with pytest.raises(LookupError):
            database.transact(groups.correct, scope, "lan", number, new)
        with pytest.raises(LookupError):
            database.transact(groups.approve, scope, "mai", number)


def test_two_processes_that_group_at_once_keep_one_set(database: Database) -> None:
    from concurrent.futures import ThreadPoolExecutor

    asked(database, *PET)
    with ThreadPoolExecutor(3) as threads:
        made = list(threads.map(lambda _: groups.make(database, WEEK, MONDAY), range(3)))
    assert made == [1, 1, 1]
    count = select(func.count()).select_from(TurnGroup)
    assert database.query(lambda session: session.scalar(count)) == 1


def test_what_a_turn_left_behind_is_not_kept(database: Database) -> None:
    """A citizen's erasure between reading and writing."""
    asked(database, *PET)
    gone = turns(database)[0].id
    usual = groups.clusters

    def slow(messages: list[Message]) -> object:
        database.transact(lambda s: s.execute(delete(Turn).where(Turn.id == gone)))
        return usual(messages)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "clusters", slow)
        groups.make(database, WEEK, MONDAY)
    assert [count for _, count, _ in page(database)] == [3]
    assert database.query(lambda s: s.scalar(select(func.count()).select_from(Suggestion))) == 0
