"""National records at the console: looked through, imported or dropped; nothing is written before."""

from __future__ import annotations

import gzip
import json
import re

import aiohttp
import pytest
from sqlalchemy.orm import Session

from common.database import now
from onestop.catalogue import imports, store
from onestop.catalogue.content import Procedure
from onestop.catalogue.imports import CatalogueImport
from onestop.catalogue.sources import Source
from onestop.staff.access import Role
from onestop.staff.models import AuditEntry
from tests.onestop.catalogue.test_catalogue_formats import LABELLED
from tests.staff import make_account, open_session
from tests.web.staff.conftest import Console
from web.staff.forms import HEADER

CODE = "1.000001"
OTHER = {**LABELLED, "Mã thủ tục": "1.000009"}
CHANGED = {**LABELLED, "Lĩnh vực": "Thú y"}
BROKEN = {**LABELLED, "Mã thủ tục": "x"}


def lines(*records: object) -> bytes:
    return "\n".join(
        one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records
    ).encode()


async def send(console: Console, content: bytes, name: str = "tệp.jsonl") -> tuple[int, str, str]:
    """Upload; the status, where it leads, and what was answered."""
    form = aiohttp.FormData()
    form.add_field("file", content, filename=name, content_type="application/json")
    headers = {HEADER: await console.csrf(), "HX-Request": "true"}
    async with console.client.post("/staff/imports", data=form, headers=headers) as answer:
        return answer.status, answer.headers.get("HX-Redirect", ""), await answer.text()


def standing(console: Console) -> tuple[int, dict[str, str]]:
    """The catalogue's version, and the field of each procedure."""

    def work(session: Session) -> tuple[int, dict[str, str]]:
        found = {one.code: one.field for one in store.all_procedures(session)}
        return store.version(session), found

    return console.database.query(work)


def acts(console: Console) -> list[str]:
    return console.database.query(
        lambda session: [
            one.action for one in session.query(AuditEntry) if one.action.startswith("import.")
        ]
    )


@pytest.fixture
async def catalogue(console: Console) -> Console:
    """One procedure of the national portal stands; an editor looks."""
    console.enter(Role.EDITOR)
    _, where, _ = await send(console, lines(LABELLED))
    assert (await console.post(f"{where}/take"))[0] == 200
    return console


async def test_each_line_is_seen_before_anything_is_written(catalogue: Console) -> None:
    before = standing(catalogue)
    content = lines(CHANGED, OTHER, BROKEN, "{", CHANGED)
    status, where, _ = await send(catalogue, content)
    assert status == 200
    _, page = await catalogue.get(where)
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.S)[1:]
    told = [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in rows]
    assert [row[0] for row in told] == ["1", "2", "3", "4", "5"]
    assert "thay đổi" in " ".join(told[0])
    assert "Lĩnh vực" in " ".join(told[0])
    assert "thủ tục mới" in " ".join(told[1])
    assert "không phải JSON" in " ".join(told[3])
    assert "mã này đã có ở dòng 1" in " ".join(told[4])
    _, page = await catalogue.get(f"{where}?outcome=added")
    assert "1.000009" in page
    assert f"<td>{CODE}</td>" not in page
    _, page = await catalogue.get(f"{where}/lines/1")
    assert "<ins>Thú y</ins>" in page
    assert "chưa có trong danh mục" in (await catalogue.get(f"{where}/lines/2"))[1]
    assert (await catalogue.get(f"{where}/lines/3"))[0] == 404
    assert standing(catalogue) == before


async def test_what_was_seen_is_what_is_imported(catalogue: Console) -> None:
    _, where, _ = await send(catalogue, gzip.compress(lines(CHANGED, OTHER, "{")), "tệp.jsonl.gz")
    status, page = await catalogue.post(f"{where}/take")
    assert status == 200
    for told in ("1 thủ tục mới", "1 thay đổi", "1 không nhận"):
        assert told in page
    _, fields = standing(catalogue)
    assert fields[CODE] == "Thú y"
    assert "1.000009" in fields
    assert (await catalogue.get(where))[0] == 404
    assert acts(catalogue) == ["import.uploaded", "import.taken"] * 2


async def test_a_dropped_file_leaves_the_catalogue_as_it_was(catalogue: Console) -> None:
    before = standing(catalogue)
    _, where, _ = await send(catalogue, lines(CHANGED))
    assert where in (await catalogue.get("/staff/imports"))[1]
    status, address = await catalogue.post(f"{where}/drop")
    assert (status, address) == (303, "/staff/imports?done=import_dropped")
    assert standing(catalogue) == before
    assert where not in (await catalogue.get("/staff/imports"))[1]
    assert acts(catalogue)[-1] == "import.dropped"


async def test_a_catalogue_that_moved_meanwhile_is_looked_at_again(catalogue: Console) -> None:
    _, where, _ = await send(catalogue, lines(CHANGED))
    current = catalogue.database.query(store.get, CODE)
    assert current is not None
    edited = Procedure.model_validate({**current.model_dump(), "name": "Tên cán bộ sửa"})
    catalogue.database.transact(store.save, edited, Source.STAFF)
    status, page = await catalogue.post(f"{where}/take")
    assert status == 409
    assert "Danh mục vừa thay đổi" in page
    assert "giữ bên cạnh" in page
    assert standing(catalogue)[1][CODE] != "Thú y"
    status, page = await catalogue.post(f"{where}/take")
    assert status == 200
    assert standing(catalogue)[1][CODE] != "Thú y"  # staff's own words stand


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "Không đọc được"),
        (b"\x1f\x8bx", "Không đọc được"),
        (b'{"a": 1}', "không có bản ghi"),
        (b"", "không có bản ghi"),
    ],
)
async def test_what_is_no_file_of_records_is_told_so(
    console: Console, content: bytes, said: str
) -> None:
    console.enter(Role.ADMINISTRATOR)
    status, _, told = await send(console, content)
    assert status == 422
    assert said in told


async def test_files_are_bounded_as_they_come_and_as_they_unpack(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.enter(Role.EDITOR)
    monkeypatch.setattr(imports, "MOST_BYTES", 200_000)
    monkeypatch.setattr(imports, "MOST_UNPACKED", 300_000)
    status, _, told = await send(console, b" " * 300_000)
    assert status == 413
    assert "quá lớn" in told
    status, _, told = await send(console, gzip.compress(b" " * 5_000_000))
    assert status == 422
    assert "quá lớn" in told


async def test_others_uploads_are_nobody_elses_and_old_ones_go(catalogue: Console) -> None:
    _, where, _ = await send(catalogue, lines(CHANGED))
    catalogue.enter(Role.EDITOR, name="hoa")
    assert (await catalogue.get(where))[0] == 404
    assert (await catalogue.post(f"{where}/take"))[0] == 404
    count = catalogue.database.query(lambda session: session.query(CatalogueImport).count())
    catalogue.database.transact(imports.sweep, now())
    assert catalogue.database.query(lambda s: s.query(CatalogueImport).count()) == count == 1
    catalogue.database.transact(imports.sweep, now() + 2 * imports.KEPT)
    assert catalogue.database.query(lambda s: s.query(CatalogueImport).count()) == 0


async def test_who_sees_one_agency_imports_that_ones_only(catalogue: Console) -> None:
    before = standing(catalogue)
    account = make_account(catalogue.database, "mai", Role.EDITOR, agencies=["Sở khác"])
    catalogue.bear(open_session(catalogue.database, account))
    _, where, _ = await send(catalogue, lines(CHANGED, OTHER))
    assert "thuộc cơ quan khác" in (await catalogue.get(where))[1]
    assert (await catalogue.post(f"{where}/take"))[0] == 200
    assert standing(catalogue) == before
