"""An account of one agency meets nothing of another's conversations, at no address and on no page.

The cases come from the route tables: whoever adds an address adds its cases.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from aiohttp import web

from onestop.http import staff_transcripts
from onestop.http.staff_gate import HEADER
from onestop.staff.access import Role, access_of
from onestop.staff.scope import Scope
from onestop.transcripts import groups, reviewing, suggestions
from onestop.transcripts.schemas import Marks, SuggestionNew
from tests.onestop.transcripts.conftest import (
    Citizen,
    conversations,
    grouping_here,
    procedure_of,
    take,
    turns,
)
from tests.staff import make_account, open_session
from tests.web.staff.conftest import Console
from web.staff import review, transcripts

__all__ = ["grouping_here"]  # a fixture of other tests
pytestmark = pytest.mark.usefixtures("grouping_here")
OURS, THEIRS = "Sở Tư pháp", "Công an tỉnh"
SECRET = "zqxwv"
WEDNESDAY = datetime(2026, 5, 27, 5, tzinfo=UTC)
MONDAY = datetime(2026, 6, 1, 1, tzinfo=UTC)
BODIES: dict[str, dict[str, object]] = {
    "looks": {"reason": "khiếu nại số 12", "first": 1, "last": 1},
    "marks": {"reviewed": True},
    "notes": {"text": "xem lại"},
    "judgement": {"correct": True},
    "suggestions": {"kind": "intent", "value": "ask_fee"},
    "rejection": {"reason": "không đúng"},
    "exports": {"filter": {}, "format": "jsonl"},
    "approval": {},
}
ADDRESSES = [one for one in staff_transcripts.routes if isinstance(one, web.RouteDef)]
PAGES = [
    one
    for part in (review, transcripts)
    for one in part.routes
    if isinstance(one, web.RouteDef) and one.method == "GET"
]
ROLES = [Role.REVIEWER, Role.EDITOR, Role.ADMINISTRATOR]


@pytest.fixture
def numbers(console: Console) -> dict[str, int]:
    """What another agency has: numbers of a conversation, a turn, a correction, a group."""
    database = console.database
    procedure_of(database, "1.000001", OURS)
    procedure_of(database, "1.000002", THEIRS)
    for number in range(3):
        citizen = Citizen(sender=f"web:{number}", moment=WEDNESDAY.timestamp())
        citizen.visit()
        citizen.says(f"{SECRET} tiêm phòng dại cho chó", "nlu_fallback", 0.3)
        citizen.add("slot", name="procedure", value="1.000002")
        citizen.hears("Em chưa hiểu ạ.", said="not_understood")
        take(database, citizen)
    turn, everything = turns(database)[0], Scope()
    new = SuggestionNew(kind="intent", value="ask_fee")
    made = database.transact(suggestions.propose, everything, "hoa", turn.id, new)
    marks = Marks(add_label=SECRET)
    database.transact(reviewing.mark, everything, "hoa", turn.conversation_id, marks)
    assert groups.make_due(database, MONDAY) == 1
    (group,) = database.query(groups.listed, everything).groups
    return {
        "conversation": conversations(database)[0].id,
        "turn": turn.id,
        "suggestion": made.id,
        "group": group.id,
    }


def filled(path: str, numbers: dict[str, int]) -> tuple[str, bool]:
    """An address with the numbers in it, and whether it has any."""
    made = re.sub(r"\{(\w+):(?:[^{}]|\{[^{}]*\})*\}", lambda found: str(numbers[found[1]]), path)
    return made, made != path


def log_in(console: Console, role: Role, agencies: list[str] | None) -> str:
    name = f"{role.value}{'' if agencies is None else len(agencies)}"
    account = make_account(console.database, name, role, agencies=agencies)
    return open_session(console.database, account)


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda one: f"{one.method} {one.path}")
@pytest.mark.parametrize("role", ROLES)
async def test_no_address_of_the_service_tells_another_agencys(
    console: Console, numbers: dict[str, int], address: web.RouteDef, role: Role
) -> None:
    import aiohttp

    access = access_of(address.handler)
    assert access is not None
    assert console.server is not None
    path, of_theirs = filled(address.path, numbers)
    body = BODIES.get(path.rpartition("/")[2]) if address.method != "GET" else None
    token = console.config.internal_token.get_secret_value()
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as http:

        async def call(agencies: list[str] | None) -> tuple[int, str]:
            headers = {HEADER: log_in(console, role, agencies)}
            url = console.server.make_url(path)  # type: ignore[union-attr]
            async with http.request(address.method, url, json=body, headers=headers) as answer:
                return answer.status, await answer.text()

        status, told = await call([OURS])
        if role not in access.roles:
            assert status == 403
            return
        assert SECRET not in told
        assert status == (404 if of_theirs else 200), told
        # The same is there for who sees all: it is the scope that hides it.
        status, told = await call(None)
        assert status in (200, 204), told
        if not of_theirs and address.method == "GET" and "quality" not in path:
            assert SECRET in told or "sample" in path or "uncertain" in path


@pytest.mark.parametrize("address", PAGES, ids=lambda one: one.path)
@pytest.mark.parametrize("role", ROLES)
async def test_no_page_shows_another_agencys(
    console: Console, numbers: dict[str, int], address: web.RouteDef, role: Role
) -> None:
    access = access_of(address.handler)
    assert access is not None
    path, of_theirs = filled(f"/staff{address.path}", numbers)
    console.bear(log_in(console, role, [OURS]))
    status, page = await console.get(path)
    assert SECRET not in page
    if role not in access.roles:
        assert status == 403
        return
    assert status == (404 if of_theirs else 200)
    console.bear(log_in(console, role, None))
    status, page = await console.get(path)
    assert status == 200
    assert SECRET in page


async def test_what_waits_is_counted_of_the_own_agencies(
    console: Console, numbers: dict[str, int]
) -> None:
    for agencies, shown in (([OURS], False), ([THEIRS], True), (None, True)):
        account = make_account(console.database, f"lan{agencies}", Role.REVIEWER, agencies=agencies)
        console.bear(open_session(console.database, account))
        _, page = await console.get("/staff/")
        assert ("góp ý cách hiểu chờ duyệt" in page) is shown
