"""Ready-made answers: kept by agents and editors, used in the talk at once."""

from __future__ import annotations

import html

import pytest

from onestop.kept import answers
from onestop.staff.access import Role
from onestop.staff.models import AuditEntry
from tests.web.staff.conftest import Console

PAGE = "/staff/answers"


async def test_an_answer_is_added_changed_and_removed(console: Console) -> None:
    console.enter(Role.AGENT)
    shipped = console.database.query(answers.listed)
    given = {"title": "Hẹn lại", "text": "Dạ, mai anh/chị gọi {hotline} ạ."}
    assert (await console.post(PAGE, **given)) == (303, f"{PAGE}?done=answer_saved")
    found = console.database.query(answers.listed)
    assert found[:-1] == shipped
    new = found[-1]
    assert (new.title, new.text) == (given["title"], given["text"])
    used = console.database.query(answers.filled)
    assert used[-1].text == "Dạ, mai anh/chị gọi 1800 1096 ạ."
    assert all("{" not in one.text for one in used)
    await console.post(PAGE, id=new.id, title="Hẹn mai", text="Dạ, mai ạ.")
    changed = console.database.query(answers.listed)
    assert [one.title for one in changed] == [*(one.title for one in shipped), "Hẹn mai"]
    assert "Dạ, mai ạ." in (await console.get(PAGE))[1]
    assert (await console.post(f"{PAGE}/{new.id}/remove"))[0] == 303
    assert console.database.query(answers.listed) == shipped
    assert (await console.post(f"{PAGE}/{new.id}/remove"))[0] == 404
    done = console.database.query(lambda session: [one.action for one in session.query(AuditEntry)])
    assert done == ["answer.added", "answer.changed", "answer.removed"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Gọi {tong_dai} ạ", "Không có chỗ trống {tong_dai}"),
        ("Gọi {} ạ", "Không có chỗ trống {}"),
        ("Gọi {hotline.__class__} ạ", "Không có chỗ trống"),
        ("Gọi {hotline!r} ạ", "Không có chỗ trống"),
        ("Gọi {hotline ạ", "Ngoặc nhọn"),
        ("  ", "chưa điền đúng"),
    ],
)
async def test_what_could_not_be_filled_in_is_refused_and_stays_in_the_form(
    console: Console, text: str, said: str
) -> None:
    console.enter(Role.EDITOR)
    status, page = await console.post(PAGE, title="Thử", text=text)
    assert status == 422
    assert said in html.unescape(page)
    assert 'value="Thử"' in page
    assert "Thử" not in [one.title for one in console.database.query(answers.listed)]
