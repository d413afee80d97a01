"""E-forms, hours, days off and words at the console: checked while written, taken by two, gone back on."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator

import pytest

from common import tenant
from onestop.catalogue.search import lexicon
from onestop.dossiers import calendar
from onestop.kept.answers import Answers
from onestop.kept.eforms import EForms, parsed
from onestop.kept.registry import SHELVES
from onestop.staff.access import Role
from tests.staff import make_account, open_session
from tests.web.staff.conftest import Console
from web.staff.kept.eforms import tried
from web.staff.kept.faults import say_cell
from web.staff.rendering import texts

CODE = "marriage-registration"
PAGE = f"/staff/eforms/{CODE}"
TEXT = EForms().shipped()[CODE]
OLD, NEW = "Anh/chị là bên nam hay bên nữ ạ?", "Anh/chị là bên nào ạ?"


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    yield
    tenant.keep(None)
    calendar.keep(None)
    lexicon.keep(None)


@pytest.fixture
def people(console: Console) -> dict[str, str]:
    """Sessions of two editors and an agent."""
    return {
        name: open_session(console.database, make_account(console.database, name, role))
        for name, role in (("lan", Role.EDITOR), ("hoa", Role.EDITOR), ("mai", Role.AGENT))
    }


def current(console: Console, kind: str, code: str = "all") -> str:
    return console.database.query(SHELVES[kind].current, code)


async def approved(console: Console, people: dict[str, str], address: str) -> None:
    """Hoa approves what the address leads to."""
    console.bear(people["hoa"])
    change = address.partition("?")[0]
    status, told = await console.post(f"{change}/approve")
    assert (status, told) == (303, f"{change}?done=approve")


def fields_of(page: str) -> dict[str, str]:
    """A table's form as a browser would send it untouched."""
    found = {}
    for tag in re.findall(r"<input [^>]+>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrf" and ('type="checkbox"' not in tag or " checked" in tag):
            found[name[1]] = html.unescape(value[1]) if value else ""
    for name, options in re.findall(r'<select id="[^"]+" name="([^"]+)">(.*?)</select>', page):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


async def test_an_e_form_goes_through_two_people_and_back(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])
    _, page = await console.get(f"{PAGE}/change")
    assert OLD in page
    asked = {
        "base": "0",
        "content": TEXT.replace(OLD, NEW),
        "note": "gọn hơn",
        "effective_from": "",
    }
    status, address = await console.post(f"{PAGE}/change", **asked)
    assert (status, address) == (303, "/staff/changes/1?done=proposed")
    _, page = await console.get("/staff/changes/1")
    assert f"<ins>    question: {NEW}</ins>" in page
    assert (await console.post("/staff/changes/1/approve"))[0] == 409
    await approved(console, people, address)
    assert parsed(current(console, "eform", CODE)).fields[0].question == NEW
    _, page = await console.get(PAGE)
    assert NEW in page
    assert f"/staff/kept/eform/{CODE}/revisions/0" in page
    back = f"/staff/kept/eform/{CODE}/revisions/0"
    _, page = await console.get(back)
    assert f"<ins>    question: {OLD}</ins>" in page
    status, address = await console.post(back, base=fields_of(page)["base"], note="quay về")
    assert status == 303
    console.bear(people["lan"])
    change = address.partition("?")[0]
    assert (await console.post(f"{change}/approve"))[0] == 303
    assert parsed(current(console, "eform", CODE)).fields[0].question == OLD
    _, page = await console.get("/staff/eforms")
    assert "cán bộ sửa" in page


async def test_a_rejected_form_is_written_on_from_where_it_was(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])
    asked = {
        "base": "0",
        "content": TEXT.replace(OLD, NEW),
        "note": "gọn hơn",
        "effective_from": "",
    }
    await console.post(f"{PAGE}/change", **asked)
    console.bear(people["hoa"])
    assert (await console.post("/staff/changes/1/reject", note="thiếu dấu"))[0] == 303
    console.bear(people["lan"])
    _, page = await console.get("/staff/changes/1")
    assert f"{PAGE}/change?draft=1" in page
    _, page = await console.get(f"{PAGE}/change?draft=1")
    assert NEW in page
    assert "gọn hơn" in page
    _, page = await console.get("/staff/eforms/general/change?draft=1")
    assert NEW not in page


async def test_what_is_wrong_with_an_e_form_is_said_with_its_line(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])
    wrong = TEXT.replace("type: choice", "type: bài hát", 1)
    line = next(n for n, one in enumerate(wrong.splitlines(), 1) if "bài hát" in one)
    _, part = await console.post(f"{PAGE}/trial", content=wrong)
    assert f"<strong>Dòng {line}:</strong> side, type: chỉ có thể là" in part
    asked = {"base": "0", "content": wrong, "note": "x", "effective_from": ""}
    status, page = await console.post(f"{PAGE}/change", **asked)
    assert status == 422
    assert "side, type: chỉ có thể là" in page
    assert "bài hát" in page  # what was typed stays
    assert (await console.get("/staff/changes"))[1].count("/staff/changes/") == 0


async def test_the_preview_asks_what_the_text_says_and_keeps_what_was_tried(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])

    async def attempt(content: str = TEXT, tries: str = "[]", **more: str) -> tuple[str, str]:
        status, part = await console.post(f"{PAGE}/trial", content=content, tries=tries, **more)
        assert status == 200
        kept = re.search(r'name="tries" value="([^"]*)"', part)
        assert kept
        return part, html.unescape(kept[1])

    part, tries = await attempt(said="xyz")
    assert "assistant" in part
    assert len(json.loads(tries)) == 1
    part, tries = await attempt(tries=tries, attempt="say:Bên nữ")
    assert "Em ghi: Bên nữ" in part
    part, tries = await attempt(TEXT.replace("label: Bên nữ", "label: Cô dâu"), tries)
    assert "Em ghi: Cô dâu" in part
    part, tries = await attempt(tries=tries, attempt="examples")
    assert "Hết câu hỏi" in part
    assert parsed(TEXT).consent_text[:40] in part
    count = len(json.loads(tries))
    assert count < 60  # no more is kept than was asked
    _, tries = await attempt(tries=tries, attempt="back")
    assert len(json.loads(tries)) == count - 1
    _, tries = await attempt(tries="{", attempt="again")
    assert json.loads(tries) == []


async def test_one_field_is_written_into_the_text_as_it_stands(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])
    path = f"{PAGE}/parts"
    _, part = await console.post(path, content=TEXT, chosen="side")
    assert OLD in part
    assert 'hx-swap-oob="true"' not in part
    entered = {"content": TEXT, "chosen": "side", "do": "write", "part-question": NEW}
    _, part = await console.post(path, **entered)
    assert f"question: {NEW}" in html.unescape(part)
    assert 'hx-swap-oob="true"' in part
    _, part = await console.post(path, **entered | {"part-when": "[1"})
    assert "chưa đọc được" in part
    assert NEW in part
    _, part = await console.post(path, content=TEXT, chosen="side", do="remove")
    assert "- id: side" not in part
    new = {"content": TEXT, "chosen": "new", "do": "write", "part-id": "hobby", "part-type": "text"}
    _, part = await console.post(path, **new | {"part-label": "Sở thích"})
    assert "- id: hobby" in part
    assert "thiếu" in part  # the check says what the field lacks yet


async def test_a_new_form_is_begun_like_another(console: Console, people: dict[str, str]) -> None:
    console.bear(people["lan"])
    status, address = await console.post("/staff/eforms", code="the-thu-vien", like="general")
    assert (status, address) == (303, "/staff/eforms/the-thu-vien/change?like=general")
    _, page = await console.get(address)
    assert "id: the-thu-vien" in page
    assert (await console.post("/staff/eforms", code="Thẻ", like="general"))[0] == 422
    assert (await console.get("/staff/eforms/the-thu-vien/change"))[0] == 404
    text = EForms().shipped()["general"].replace("id: general", "id: the-thu-vien")
    asked = {"base": "0", "content": text, "note": "mới", "effective_from": ""}
    status, address = await console.post("/staff/eforms/the-thu-vien/change", **asked)
    _, page = await console.get(address)
    assert 'href="/staff/eforms/the-thu-vien"' not in page  # there is no such page yet
    assert "id: the-thu-vien" in (await console.get("/staff/eforms/the-thu-vien/change?draft=1"))[1]
    await approved(console, people, address)
    assert "/staff/eforms/the-thu-vien" in (await console.get("/staff/eforms"))[1]


async def test_a_form_may_bear_a_number_in_its_name(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])
    for wrong in ("2-the", "-the", "t", "a" * 64):
        assert (await console.post("/staff/eforms", code=wrong, like="general"))[0] == 422
    _, address = await console.post("/staff/eforms", code="mau-01", like="general")
    status, page = await console.get(address)
    assert (status, "id: mau-01" in page) == (200, True)
    text = EForms().shipped()["general"].replace("id: general", "id: mau-01")
    asked = {"base": "0", "content": text, "note": "mới", "effective_from": ""}
    _, address = await console.post("/staff/eforms/mau-01/change", **asked)
    await approved(console, people, address)
    assert (await console.get("/staff/eforms/mau-01"))[0] == 200
    assert (await console.get("/staff/kept/eform/mau-01/revisions/1"))[0] == 200
    _, page = await console.get("/staff/eforms/mau-02/change?like=mau-01")
    assert "id: mau-02" in page


async def test_hours_that_were_not_touched_are_no_change_and_others_count_at_once(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])
    _, page = await console.get("/staff/units")
    untouched = fields_of(page) | {"note": "thử"}
    status, page = await console.post("/staff/units", **untouched)
    assert status == 409
    assert "không có gì khác" in page
    wrong = untouched | {"hours-0-hours": "7h30 - 11h30"}
    status, page = await console.post("/staff/units", **wrong)
    assert status == 422
    assert "Giờ làm việc, dòng 1, Giờ: giờ phải viết như" in html.unescape(page)
    assert "7h30 - 11h30" in page
    changed = untouched | {"hours-0-hours": "8 giờ – 12 giờ", "booking-0-places": "6"}
    status, address = await console.post("/staff/units", **changed)
    assert status == 303
    _, page = await console.get(address)
    assert "8 giờ – 12 giờ" in page
    assert "Thứ Hai, Thứ Ba" in page
    await approved(console, people, address)
    assert tenant.tenant().opening_hours[0].hours == "8 giờ – 12 giờ"
    assert tenant.tenant().units.booking.places == 6


async def test_a_swapped_day_is_added_and_taken_away_by_a_blank_row(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])
    _, page = await console.get("/staff/calendar")
    fields = fields_of(page)
    count = len({name.split("-")[1] for name in fields if name.startswith("swaps-")}) - 1
    new = {f"swaps-{count}-day_off": "2027-01-04", f"swaps-{count}-day_worked": "2027-01-09"}
    status, address = await console.post("/staff/calendar", **fields | new | {"note": "CV 1"})
    assert status == 303
    _, page = await console.get(address)
    assert "Ngày được nghỉ: 2027-01-04" in page
    await approved(console, people, address)
    assert not calendar.is_working_day(calendar.date(2027, 1, 4))
    console.bear(people["lan"])
    _, page = await console.get("/staff/calendar")
    blank = fields_of(page) | {f"swaps-{count}-{one}": "" for one in ("day_off", "day_worked")}
    status, address = await console.post("/staff/calendar", **blank | {"note": "nhầm"})
    await approved(console, people, address)
    assert calendar.is_working_day(calendar.date(2027, 1, 4))
    bad = {f"swaps-{count}-day_off": "2027-01-09", f"swaps-{count}-day_worked": "2027-01-04"}
    status, page = await console.post("/staff/calendar", **fields | bad | {"note": "x"})
    assert status in (409, 422)


async def test_everyday_words_are_checked_and_taken(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["lan"])
    text = current(console, "synonyms")
    asked = {"base": "0", "note": "người dân gọi vậy", "effective_from": ""}
    status, page = await console.post("/staff/synonyms", content=f"{text}- say: [a\n", **asked)
    assert status == 422
    assert "chưa đọc được" in page
    more = f"{text}- say: [bùa xanh]\n  means: thẻ căn cước\n"
    status, address = await console.post("/staff/synonyms", content=more, **asked)
    await approved(console, people, address)
    assert "bùa xanh" in (await console.get("/staff/synonyms"))[1]


@pytest.mark.parametrize("choice", ["stay", "take"])
async def test_another_file_of_a_new_release_is_told_and_chosen_by_two(
    console: Console, people: dict[str, str], monkeypatch: pytest.MonkeyPatch, choice: str
) -> None:
    console.bear(people["lan"])
    mine = TEXT.replace(OLD, NEW)
    asked = {"base": "0", "content": mine, "note": "gọn", "effective_from": ""}
    _, address = await console.post(f"{PAGE}/change", **asked)
    await approved(console, people, address)
    told = "Bản phát hành mới khác bản đang dùng"
    assert told not in (await console.get("/staff/changes"))[1]
    theirs = TEXT.replace(OLD, "Anh/chị thuộc bên nam hay bên nữ ạ?")
    shipped = {**EForms().shipped(), CODE: theirs}
    monkeypatch.setattr(EForms, "shipped", lambda _self: shipped)
    console.bear(people["lan"])
    assert told.lower() in (await console.get("/staff/"))[1]
    file = f"/staff/kept/eform/{CODE}/revisions/0"
    for path in ("/staff/changes", PAGE):
        _, page = await console.get(path)
        assert told in page
        assert file in page
    _, page = await console.get(file)
    assert "Bản phát hành mới" in page
    assert "Anh/chị thuộc bên nam" in page
    base = re.findall(r'name="base" value="(\d+)"', page)
    assert len(base) == 2
    where = f"/staff/kept/eform/{CODE}/stay" if choice == "stay" else file
    assert (await console.post(where, base=base[0], note=" "))[0] == 422
    status, address = await console.post(where, base=base[0], note="đã xem")
    assert status == 303
    _, page = await console.get(address)
    assert ("Giữ nguyên bản đang dùng" in page) == (choice == "stay")
    assert told in (await console.get("/staff/changes"))[1]  # one person is not enough
    await approved(console, people, address)
    assert told not in (await console.get("/staff/changes"))[1]
    assert told not in (await console.get(PAGE))[1]
    question = parsed(current(console, "eform", CODE)).fields[0].question
    assert question == (NEW if choice == "stay" else "Anh/chị thuộc bên nam hay bên nữ ạ?")


async def test_ready_made_answers_of_a_new_release_are_compared_as_they_are_read(
    console: Console, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    console.bear(people["lan"])
    await console.post("/staff/answers", title="Chào hỏi", text="Dạ em chào anh/chị.")
    shipped = {"all": '[{"id":"moi","title":"Mẫu mới","text":"Dạ, em nghe."}]'}
    monkeypatch.setattr(Answers, "shipped", lambda _self: shipped)
    _, page = await console.get("/staff/kept/answers/all/revisions/0")
    assert "<ins>Dạ, em nghe.</ins>" in page
    assert "<del>Dạ em chào anh/chị.</del>" in page
    base = re.search(r'name="base" value="(\d+)"', page)
    assert base
    asked = {"base": base[1], "note": "lấy bản mới"}
    _, address = await console.post("/staff/kept/answers/all/revisions/0", **asked)
    await approved(console, people, address)
    _, page = await console.get("/staff/answers")
    assert "Mẫu mới" in page
    assert "Chào hỏi" not in page


async def test_who_only_talks_with_citizens_keeps_nothing(
    console: Console, people: dict[str, str]
) -> None:
    console.bear(people["mai"])
    for path in ("eforms", f"eforms/{CODE}/change", "units", "calendar", "synonyms", "changes"):
        assert (await console.get(f"/staff/{path}"))[0] == 403
    _, page = await console.get("/staff/")
    assert "/staff/eforms" not in page
    assert "/staff/answers" in page


def test_every_fault_of_a_table_has_words() -> None:
    known = texts()["cell_faults"]
    for path in ("units", "calendar", "rows"):
        with open(f"onestop/kept/{path}.py", encoding="utf-8") as source:
            codes = set(re.findall(r': ([a-z_]+)"', source.read()))
        assert codes <= known.keys(), codes - known.keys()
    assert say_cell("hours-0-weekdays-1: day_twice").startswith("Giờ làm việc, dòng 1, Các thứ")


def test_buttons_and_answers_become_tries() -> None:
    titles = texts()["eform_buttons"]
    tries = tried([], "why", "bỏ qua", titles)
    assert [one.kind for one in tries] == ["why"]
    assert tried(tries, "", "  ", titles) == tries
    assert [one.text for one in tried(tries, "", " An ", titles)][-1] == "An"
    assert tried(tries, "back", "", titles) == []
