"""The catalogue's pages: what was not touched stays as it was; two people take a change to the citizens."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy.orm import Session

from common.database import now
from common.problems import Problem
from onestop.catalogue import shipped, store
from onestop.catalogue.content import LegalBasis, Paper, Procedure, TimeUnit, Way, WayKind
from onestop.catalogue.sources import Source
from onestop.changes import service as changes
from onestop.staff.access import Role
from onestop.staff.scope import Scope
from tests.onestop.catalogue.test_catalogue_store import BIRD
from tests.staff import make_account, open_session
from tests.web.staff.conftest import Console
from web.staff.catalogue import form
from web.staff.catalogue.diff import differences

PAGE = f"/staff/catalogue/{BIRD.code}"


def as_a_browser_sends(fields: dict[str, str]) -> dict[str, str]:
    """Line ends as forms have them, and the blank rows that the page adds."""
    blank = {f"{name}-{len(form.rows_of(fields, name))}-note": "" for name in form.ROWS}
    return {name: value.replace("\n", "\r\n") for name, value in (fields | blank).items()}


def test_a_form_that_was_not_touched_gives_the_same_procedure() -> None:
    procedures = shipped.load_shipped(shipped.DIRECTORY)
    assert len(procedures) > 20
    for one in procedures:
        assert form.read(as_a_browser_sends(form.shown(one)), one) == one


@pytest.mark.parametrize("steps", [["một"], ["một\nhai", "ba"], ["một\n\nhai", "ba"], []])
def test_lists_with_lines_of_their_own_stay_as_they_are(steps: list[str]) -> None:
    odd = BIRD.model_copy(update={"steps": steps, "unparsed": {"Mô tả": "…"}})
    assert form.read(as_a_browser_sends(form.shown(odd)), odd) == odd
    touched = form.shown(odd) | {"conditions": "a\r\nb"}
    assert form.read(as_a_browser_sends(touched), odd).steps == steps


def test_rows_are_added_changed_and_taken_away() -> None:
    fields = form.shown(BIRD) | {
        "ways-0-fee_amount": "1.250.000",
        "ways-0-time_amount": "2,5",
        "ways-1-kind": "",
        "ways-2-kind": "post",
        "papers-1-name": "  ",
        "legal_bases-0-number": "Nghị định 1/2026/NĐ-CP",
        "steps": "Nộp đơn\r\n\r\nNhận kết quả\r\ntại quầy",
    }
    found = form.read(fields, BIRD)
    assert found.ways == [
        Way(kind=WayKind.ONLINE, time_amount=2.5, time_unit=TimeUnit.DAY, fee_amount=1_250_000),
        Way(kind=WayKind.POST),
    ]
    assert found.papers == [Paper(name="Đơn", originals=1, group="cấp mới")]
    assert found.legal_bases[0] == LegalBasis(
        number="Nghị định 1/2026/NĐ-CP", title="Luật Chăn nuôi"
    )
    assert found.steps == ["Nộp đơn", "Nhận kết quả\ntại quầy"]


@pytest.mark.parametrize(
    ("field", "value", "where"),
    [
        ("name", " ", "name"),
        ("level", "9", "level"),
        ("ways-0-fee_amount", "miễn phí", "ways-0-fee_amount"),
        ("ways-0-time_unit", "", "ways-0"),
        ("effective_date", "hôm nay", "effective_date"),
    ],
)
def test_what_does_not_fit_is_told_by_its_field(field: str, value: str, where: str) -> None:
    with pytest.raises(Problem) as found:
        form.read(form.shown(BIRD) | {field: value}, BIRD)
    assert where in found.value.extra["where"]


def test_differences_are_told_line_by_line() -> None:
    after = BIRD.model_copy(
        update={"papers": [*BIRD.papers, Paper(name="Bản đồ", copies=2)], "level": 3}
    )
    told = {one.field: one.lines for one in differences(BIRD, after)}
    assert told["level"] == [("gone", "4"), ("new", "3")]
    assert told["papers"] == [
        ("same", "Ảnh; bắt buộc"),
        ("new", "Bản đồ; Bản sao: 2; bắt buộc"),
    ]


@pytest.fixture
def people(console: Console) -> dict[str, str]:
    """Sessions of two editors and an agent."""
    console.database.transact(store.save, BIRD, Source.SHIPPED)
    return {
        name: open_session(console.database, make_account(console.database, name, role))
        for name, role in (("lan", Role.EDITOR), ("hoa", Role.EDITOR), ("mai", Role.AGENT))
    }


def fields_of(page: str) -> dict[str, str]:
    """A form's fields as a browser would send them untouched."""
    found = {
        name: html.unescape(value)
        for name, value in re.findall(
            r'<textarea id="[^"]+" name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.S
        )
    }
    for tag in re.findall(r"<input [^>]+>", page):
        name = re.search(r'name="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrf" and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(
        r'<select id="[^"]+" name="([^"]+)"[^>]*>(.*?)</select>', page, re.S
    ):
        chosen = re.search(r'<option(?: value="([^"]*)")? selected>([^<]*)', options)
        first = re.search(r'<option value="([^"]*)"', options)
        if chosen:
            found[name] = chosen[1] if chosen[1] is not None else chosen[2]
        else:
            found[name] = first[1] if first else ""
    return found


async def test_two_people_take_a_change_to_the_citizens(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])
    _, page = await console.get(f"{PAGE}/change")
    untouched = fields_of(page) | {"note": "thử"}
    status, page = await console.post(f"{PAGE}/change", **untouched)
    assert status == 409
    assert "không có gì khác" in page
    status, page = await console.post(f"{PAGE}/change", **untouched | {"note": " "})
    assert status == 422
    changed = untouched | {
        "aliases": "giấy nuôi chim\r\nnuôi chim cảnh",
        "note": "người dân gọi vậy",
    }
    status, address = await console.post(f"{PAGE}/change", **changed)
    assert (status, address) == (303, "/staff/changes/1?done=proposed")
    status, page = await console.get("/staff/changes/1")
    assert "<ins>nuôi chim cảnh</ins>" in page
    assert "giấy nuôi chim</del>" not in page
    status, page = await console.post("/staff/changes/1/approve")
    assert status == 409
    assert "Người thứ hai" in page
    console.bear(people["hoa"])
    assert (await console.post("/staff/changes/1/approve"))[0] == 303
    assert console.database.query(store.get, BIRD.code).aliases[-1] == "nuôi chim cảnh"  # type: ignore[union-attr]
    console.bear(people["mai"])
    status, page = await console.get("/staff/catalogue?q=nuoi+chim+canh")
    assert BIRD.code in page
    assert (await console.get(f"{PAGE}/change"))[0] == 403


async def test_an_old_revision_is_compared_and_gone_back_to(
    console: Console, people: dict[str, str]
) -> None:
    newer = Procedure.model_validate({**BIRD.model_dump(), "name": "Tên nhầm"})
    console.database.transact(store.save, newer, Source.STAFF)
    console.bear(people["lan"])
    _, page = await console.get(f"{PAGE}/revisions/1")
    assert "<del>Tên nhầm</del>" in page
    base = fields_of(page)["base"]
    status, address = await console.post(f"{PAGE}/revisions/1", base=base, note="viết nhầm")
    assert status == 303, address
    console.bear(people["hoa"])
    assert (await console.post("/staff/changes/1/approve"))[0] == 303
    assert console.database.query(store.get, BIRD.code) == BIRD


async def test_what_somebody_else_changed_meanwhile_is_told_and_the_text_kept(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])
    _, page = await console.get(f"{PAGE}/change")
    mine = fields_of(page) | {"note": "sửa", "summary": "Lời của tôi"}
    newer = Procedure.model_validate({**BIRD.model_dump(), "name": "Tên khác"})
    console.database.transact(store.save, newer, Source.STAFF)
    status, page = await console.post(f"{PAGE}/change", **mine)
    assert status == 409
    assert "người khác sửa" in page
    assert "Lời của tôi" in page


async def test_a_tick_that_was_taken_away_stays_away_where_the_form_is_refused(
    console: Console, people: dict[str, str]
) -> None:
    withdrawn = Procedure.model_validate({**BIRD.model_dump(), "withdrawn": True})
    console.database.transact(store.save, withdrawn, Source.STAFF)
    console.bear(people["lan"])
    _, page = await console.get(f"{PAGE}/change")
    sent = fields_of(page)
    assert sent.pop("withdrawn") == "yes"
    status, page = await console.post(f"{PAGE}/change", **sent | {"note": " "})
    assert status == 422
    assert "withdrawn" not in fields_of(page)


async def test_the_first_page_tells_what_waits_for_whom(
    console: Console, people: dict[str, str]
) -> None:
    newer = Procedure.model_validate({**BIRD.model_dump(), "name": "Tên khác"})

    def propose(session: Session) -> None:
        before, after = BIRD.model_dump_json(), newer.model_dump_json()
        changes.propose(
            session, "lan", Scope(), "procedure", BIRD.code, before, after, "vì", None, now()
        )

    console.database.transact(propose)
    told = {}
    for name in ("lan", "hoa", "mai"):
        console.bear(people[name])
        told[name] = "đề nghị sửa chờ duyệt" in (await console.get("/staff/"))[1]
    assert told == {"lan": False, "hoa": True, "mai": False}
