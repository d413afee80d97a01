"""Complaints at the console: found, answered, told to who sent them; each look is audited; by agency."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select
from sqlalchemy.orm import Session

from common.database import Database, now
from onestop.catalogue import store
from onestop.catalogue.content import Procedure
from onestop.catalogue.sources import Source
from onestop.eforms.definition import EForm
from onestop.feedback import complaints, ratings
from onestop.feedback.models import Complaint
from onestop.http import staff_complaints
from onestop.http.staff_gate import HEADER
from onestop.notices.models import Notice
from onestop.schemas import RatingRequest
from onestop.staff.access import Role
from onestop.staff.models import AuditEntry
from tests.onestop.dossiers import conftest as dossiers
from tests.onestop.dossiers.test_submission_races import OWNER, ready_draft, submit
from tests.onestop.feedback.conftest import complaint, finish
from tests.staff import make_account, open_session
from tests.web.staff.conftest import Console

forms = dossiers.forms
procedure = dossiers.procedure
PAGE = "/staff/complaints"


def taken(database: Database, number: int = 1, **given: object) -> str:
    """A complaint's code."""
    request = complaint(f"request-{number:010}", **given)
    return database.transact(complaints.take, request).code


@pytest.fixture
def dossier(console: Console, forms: Mapping[str, EForm], procedure: Procedure) -> str:
    """A dossier's code, of an agency of its own."""
    one = procedure.model_copy(update={"agency": "Sở A"})
    console.database.transact(store.save, one, Source.SHIPPED)
    draft = console.database.transact(ready_draft, forms, one, OWNER)
    return console.database.transact(submit, draft, OWNER, one)


def bound(console: Console, *agencies: str) -> None:
    """Go on as an agent of these agencies."""
    account = make_account(console.database, "mai", Role.AGENT, agencies=list(agencies))
    console.bear(open_session(console.database, account))


def audited(console: Console) -> list[tuple[str, str]]:
    return console.database.query(
        lambda session: [(one.action, one.subject) for one in session.query(AuditEntry)]
    )


async def test_a_complaint_is_answered_and_its_sender_told(console: Console) -> None:
    code = taken(console.database)
    console.enter(Role.AGENT)
    _, page = await console.get(PAGE)
    assert code in page
    assert "Nguyễn Văn An" not in page
    assert audited(console) == []
    _, page = await console.get(f"{PAGE}/{code}")
    assert "Nguyễn Văn An" in page
    assert "Quầy số 3" in page
    assert audited(console) == [("complaint.looked", f"complaint:{code}")]
    status, page = await console.post(f"{PAGE}/{code}", state="answered", note=" ")
    assert status == 422
    status, address = await console.post(
        f"{PAGE}/{code}", state="answered", note="Đã bố trí thêm cán bộ ở quầy 3."
    )
    assert (status, address) == (303, f"{PAGE}/{code}?done=complaint_moved")
    assert ("complaint.answered", f"complaint:{code}") in audited(console)

    def told(session: Session) -> tuple[str, list[str], str]:
        row = session.scalars(select(Complaint)).one()
        notices = [
            f"{one.template}: {one.variables['note']}" for one in session.scalars(select(Notice))
        ]
        return row.state, notices, row.history[-1].actor

    state, notices, actor = console.database.query(told)
    assert (state, actor) == ("answered", "lan")
    assert notices == ["complaint_answered: Đã bố trí thêm cán bộ ở quầy 3."]
    status, page = await console.post(f"{PAGE}/{code}", state="forwarded", note="x")
    assert status == 409
    assert "người khác xử lý" in page
    assert code not in (await console.get(PAGE))[1]
    assert code in (await console.get(f"{PAGE}?state=answered"))[1]


async def test_filters_find_by_state_day_and_lateness(console: Console) -> None:
    old, new = taken(console.database, 1), taken(console.database, 2)

    def age(session: Session) -> None:
        row = session.scalars(select(Complaint).where(Complaint.code == old)).one()
        row.received_at -= timedelta(days=60)
        row.forward_by -= timedelta(days=60)
        row.answer_by -= timedelta(days=60)

    console.database.transact(age)
    console.enter(Role.AGENT)
    yesterday = (now() - timedelta(days=1)).date()

    async def codes(query: str) -> set[str]:
        _, page = await console.get(f"{PAGE}?{query}")
        return set(re.findall(r"PA-\d{8}-\d{4}", page))

    assert await codes("") == {old, new}
    assert await codes("late=true") == {old}
    assert await codes(f"first={yesterday}") == {new}
    assert await codes(f"last={yesterday}") == {old}
    assert await codes("state=answered") == set()
    assert (await console.get(f"{PAGE}?first=hôm-qua"))[0] == 422
    assert (await console.get(f"{PAGE}?before={'9' * 20}"))[0] == 422
    _, page = await console.get("/staff/")
    assert "phản ánh quá hạn xử lý" in page
    assert "/staff/complaints?late=true" in page


async def test_each_agency_sees_its_own_and_what_names_none_is_for_all_seeing(
    console: Console, dossier: str
) -> None:
    mine, nobodys = taken(console.database, 1, about=dossier), taken(console.database, 2)
    console.enter(Role.AGENT)
    page = (await console.get(PAGE))[1]
    assert mine in page
    assert nobodys in page
    bound(console, "Sở A")
    page = (await console.get(PAGE))[1]
    assert mine in page
    assert nobodys not in page
    assert (await console.get(f"{PAGE}/{mine}"))[0] == 200
    for status, _ in (
        await console.get(f"{PAGE}/{nobodys}"),
        await console.post(f"{PAGE}/{nobodys}", state="answered", note="x"),
    ):
        assert status == 404
    assert [one for one in audited(console) if nobodys in one[1]] == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (route.method, route.path)
        for route in staff_complaints.routes
        if isinstance(route, web.RouteDef) and "{code}" in route.path
    ],
)
@pytest.mark.parametrize("whose", ["nobodys", "anothers"])
async def test_at_no_address_an_agency_reaches_what_is_not_its_own(
    console: Console, dossier: str, method: str, path: str, whose: str
) -> None:
    code = taken(console.database, 1, about=dossier if whose == "anothers" else "")
    account = make_account(console.database, "mai", Role.AGENT, agencies=["Sở B"])
    token = console.config.internal_token.get_secret_value()
    headers = {
        "Authorization": f"Bearer {token}",
        HEADER: open_session(console.database, account),
    }
    fits = {"state": "answered", "note": "x"} if "steps" in path else {"agency": "A", "note": "x"}
    address = path.replace("{code}", code).replace("{file_id}", "f")
    url = f"{console.config.onestop_url}{address}"
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.request(method, url, json=None if method == "GET" else fits) as answer,
    ):
        assert answer.status in {403, 404}, await answer.text()
    assert audited(console) == []


async def test_a_complaint_of_nobody_is_given_to_an_agency_which_then_sees_it(
    console: Console, dossier: str
) -> None:
    code, other = taken(console.database, 1), taken(console.database, 2, about=dossier)
    console.enter(Role.AGENT)
    assert "phản ánh chưa rõ cơ quan" in (await console.get("/staff/"))[1]
    _, page = await console.get(f"{PAGE}?nobodys=true")
    assert code in page
    assert other not in page
    given = {"agency": "Sở A", "note": "Việc ở quầy của Sở A"}
    status, page = await console.post(f"{PAGE}/{code}/agency", **{**given, "note": " "})
    assert status == 422
    status, page = await console.post(f"{PAGE}/{code}/agency", **{**given, "agency": "Sở Z"})
    assert status == 422
    assert given["note"] in page
    status, address = await console.post(f"{PAGE}/{code}/agency", **given)
    assert (status, address) == (303, f"{PAGE}/{code}?done=complaint_assigned")
    entry = console.database.query(
        lambda session: session.query(AuditEntry).filter_by(action="complaint.assigned").one()
    )
    assert (entry.subject, entry.reason) == (f"complaint:{code}", given["note"])
    assert code not in (await console.get(f"{PAGE}?nobodys=true"))[1]
    assert "phản ánh chưa rõ cơ quan" not in (await console.get("/staff/"))[1]
    notices = console.database.query(lambda session: session.query(Notice).count())
    assert notices == 0  # its sender is told nothing
    # The agency sees it with the note, and may not pass it to another.
    bound(console, "Sở A")
    status, page = await console.get(f"{PAGE}/{code}")
    assert (status, given["note"] in page) == (200, True)
    assert f'action="{PAGE}/{code}/agency"' not in page
    assert (await console.post(f"{PAGE}/{code}/agency", **given))[0] == 403


async def test_a_complaint_about_a_dossier_stays_with_its_agency(
    console: Console, dossier: str
) -> None:
    code = taken(console.database, 1, about=dossier)
    console.enter(Role.AGENT)
    _, page = await console.get(f"{PAGE}/{code}")
    assert f'action="{PAGE}/{code}/agency"' not in page
    status, page = await console.post(f"{PAGE}/{code}/agency", agency="Sở A", note="x")
    assert (status, "nêu hồ sơ" in page) == (409, True)


async def test_where_the_dossiers_procedure_names_no_agency_one_is_given(
    console: Console, dossier: str, procedure: Procedure
) -> None:
    nameless = procedure.model_copy(update={"agency": ""})
    console.database.transact(store.save, nameless, Source.SHIPPED)
    other = procedure.model_copy(update={"agency": "Sở A", "code": "1.000002"})
    console.database.transact(store.save, other, Source.SHIPPED)
    code = taken(console.database, 1, about=dossier)
    console.enter(Role.AGENT)
    assert code in (await console.get(f"{PAGE}?nobodys=true"))[1]
    status, _ = await console.post(f"{PAGE}/{code}/agency", agency="Sở A", note="Việc ở quầy")
    assert status == 303
    assert code not in (await console.get(f"{PAGE}?nobodys=true"))[1]
    bound(console, "Sở A")
    assert (await console.get(f"{PAGE}/{code}"))[0] == 200


@pytest.mark.parametrize(
    ("about", "agency"),
    [
        ("Sở Tư pháp Hà Nam", "Sở Tư pháp"),
        ("so tu phap", "Sở Tư pháp"),
        ("hồ sơ tư pháp của tôi", ""),
        ("ho so tu phap", ""),
        ("UBND phường Minh Khai", "Ủy ban nhân dân cấp xã"),
        ("uy ban nhan dan xa", "Ủy ban nhân dân cấp xã"),
        ("ủy ban nhân dân tỉnh", ""),
        ("Sở Tư pháp hay Sở Nội vụ", ""),
        ("", ""),
    ],
)
async def test_an_agency_that_the_sender_named_sees_it_at_once(
    console: Console, procedure: Procedure, about: str, agency: str
) -> None:
    names = ("Sở Tư pháp", "Ủy ban nhân dân cấp xã", "Sở Nội vụ")
    for number, name in enumerate(names):
        one = procedure.model_copy(update={"agency": name, "code": f"1.00000{number + 2}"})
        console.database.transact(store.save, one, Source.SHIPPED)
    code = taken(console.database, 1, about=about)
    bound(console, agency or "Sở Tư pháp")
    assert (await console.get(f"{PAGE}/{code}"))[0] == (200 if agency else 404)


async def test_ratings_are_read_by_agency_without_who_gave_them(
    console: Console, dossier: str
) -> None:
    finish(console.database, dossier)
    cipher = console.config.cipher()

    def rate(session: Session) -> None:
        (offer,) = ratings.offers(session, cipher, OWNER, 5)
        wish = RatingRequest(
            asker=OWNER, channel="web", grant=offer.grant, stars=2, reason="Chờ lâu quá"
        )
        ratings.rate(session, cipher, wish)

    console.database.transact(rate)
    console.enter(Role.ADMINISTRATOR)
    _, page = await console.get("/staff/ratings")
    assert "Chờ lâu quá" in page
    assert OWNER not in page
    assert "Chờ lâu quá" not in (await console.get("/staff/ratings?stars=1"))[1]
    assert (await console.get("/staff/ratings?from=2026-12-01&to=2026-01-01"))[0] == 422
    bound(console, "Sở B")
    assert "Chờ lâu quá" not in (await console.get("/staff/ratings"))[1]
