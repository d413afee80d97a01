"""The pictures of docs/staff-guide.vi.md: pages of the console with a small catalogue.

`python -m scripts.staff_screenshots` takes docs/images/can-bo-*.png anew; dates are overwritten, so that the
files differ only where the pages do. Chromium is Debian's.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from sqlalchemy.orm import Session

import tests.conftest  # noqa: F401 - settings of their own, before anything reads them
from common.database import Database, now
from common.migrations import upgrade
from onestop.catalogue import imports, shipped, store
from onestop.catalogue.sources import Source
from onestop.changes import service as changes
from onestop.feedback import complaints
from onestop.kept import store as kept
from onestop.kept.registry import SHELVES
from onestop.kept.shelf import ONLY
from onestop.privacy import expiring
from onestop.schemas import ComplaintRequest
from onestop.staff import second_factor
from onestop.staff.access import Role
from onestop.staff.models import StaffAccount
from onestop.staff.scope import Scope
from onestop.transcripts import groups
from tests.consoles import running_console
from tests.onestop.transcripts.conftest import Citizen, take
from tests.staff import make_account, open_session
from web.staff.forms import PATH, SESSION_COOKIE

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIZE, COLOURS = {"width": 960, "height": 860}, 32
WIDE = {
    "to-khai": {"width": 1280, "height": 1100},
    "luu-giu": {"width": 1280, "height": 900},
}
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
CODE = "1.004873"
PAGES = {
    "dang-nhap": "login",
    "trang-chu": "",
    "tim-thu-tuc": "catalogue?q=ket+hon",
    "duyet": "changes/1",
    "tai-khoan": "accounts",
    "to-khai": "eforms/marriage-registration/change",
    "gio": "units",
    "nhap": "imports/1",
    "phan-anh": "complaints/{complaint}",
    "nhom-cau": "review/groups",
    "luu-giu": "retention",
    "ban-moi": "kept/synonyms/all/revisions/0",
}
MISUNDERSTOOD = (
    "tiêm phòng dại cho chó ở đâu vậy",
    "cho em hỏi tiêm phòng dại cho chó mèo",
    "tiem phong dai cho cho o xa",
    "chó nhà em cần tiêm phòng dại",
    "vneid mức hai không đăng nhập được",
    "em đăng nhập vneid mức hai bị lỗi",
    "app vneid báo lỗi đăng nhập",
)
STEADY = """() => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode())
    node.data = node.data
      .replace(/\\d{2}\\/\\d{2}\\/\\d{4} \\d{2}:\\d{2}/g, "24/11/2026 09:15")
      .replace(/\\d{2}\\/\\d{2} – \\d{2}\\/\\d{2}\\/\\d{4}/g, "16/11 – 22/11/2026")
      .replace(/PA-\\d{8}/g, "PA-20261124");
}"""


def fill(session: Session) -> None:
    """A catalogue, and a change that waits for a second person."""
    for one in shipped.load_shipped(shipped.DIRECTORY):
        store.save(session, one, Source.SHIPPED)
    procedure = store.get(session, CODE)
    assert procedure is not None  # noqa: S101 - a shipped one
    wanted = {"aliases": [*procedure.aliases, "giấy chưa vợ chưa chồng"], "level": 3}
    content = procedure.model_copy(update=wanted)
    note = "Người dân hay gọi như vậy; mức độ theo quyết định mới"
    before, after = procedure.model_dump_json(), content.model_dump_json()
    changes.propose(session, "hoa", Scope(), "procedure", CODE, before, after, note, None, now())


def differ(session: Session) -> None:
    """Everyday words as staff keep them, of which the project ships others."""
    words = SHELVES["synonyms"].shipped()[ONLY]
    ours = f"{words}- say: [bùa xanh]\n  means: căn cước\n"
    kept.save(session, "synonyms", ONLY, ours)


def tell(session: Session) -> str:
    """An upload that waits to be imported, and a complaint; its code."""
    known = [
        {"Mã thủ tục": "1.004873", "Tên thủ tục": "Cấp Giấy xác nhận tình trạng hôn nhân"},
        {
            "Mã thủ tục": "1.000001",
            "Tên thủ tục": "Cấp giấy phép nuôi chim cảnh",
            "Lĩnh vực": "Thú y",
        },
        {"Tên thủ tục": "Thủ tục thiếu mã", "Mã thủ tục": ""},
    ]
    content = "\n".join(json.dumps(one, ensure_ascii=False) for one in known).encode()
    seen = imports.look(session, Scope(), content)
    imports.keep(session, "lan", "thu-tuc-moi.jsonl", content, seen, now())
    said = ComplaintRequest(
        owner="web:1",
        channel="web",
        request="screenshot-000001",
        content=["Sáng thứ Hai quầy số 3 chỉ có một cán bộ, tôi chờ hai tiếng."],
        name="Nguyễn Văn An",
        phone="0912345678",
    )
    return complaints.take(session, said).code


def misunderstand(database: Database) -> None:
    """Messages of last week and of the week before that were not understood, grouped."""
    for weeks, texts in ((1, MISUNDERSTOOD), (2, MISUNDERSTOOD[4:6])):
        for number, text in enumerate(texts):
            moment = now() - weeks * groups.WEEK
            citizen = Citizen(sender=f"web:{weeks}-{number}", moment=moment.timestamp())
            citizen.visit()
            citizen.says(text, "nlu_fallback", 0.3)
            citizen.hears("Em chưa hiểu ạ.", said="not_understood")
            take(database, citizen)
    groups.make_due(database, now())


def main() -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        url = f"sqlite:///{scratch}/onestop.db"
        upgrade("onestop", url)
        database = Database(url)
        database.transact(fill)
        database.transact(differ)
        complaint = database.transact(tell)
        misunderstand(database)
        expiring.run(database, now())
        make_account(database, "hoa", Role.AGENT, Role.EDITOR, agencies=["Ủy ban nhân dân cấp xã"])
        account = make_account(database, "lan", *Role)
        database.transact(
            lambda session: second_factor.renew_recovery_codes(
                session, session.get_one(StaffAccount, account)
            )
        )
        token = open_session(database, account)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with running_console(database) as address:
            context = chromium.new_context(viewport=SIZE, locale="vi-VN")
            context.add_cookies(
                [{"name": SESSION_COOKIE, "value": token, "url": f"{address}{PATH}"}]
            )
            page = context.new_page()
            for name, path in PAGES.items():
                page.set_viewport_size(WIDE.get(name, SIZE))
                page.goto(f"{address}{PATH}/{path.format(complaint=complaint)}", timeout=120_000)
                page.evaluate(STEADY)
                picture = Image.open(io.BytesIO(page.screenshot()))
                picture.quantize(COLOURS, dither=Image.Dither.NONE).save(
                    IMAGES / f"can-bo-{name}.png", optimize=True
                )
        chromium.close()
        database.close()


if __name__ == "__main__":
    main()
