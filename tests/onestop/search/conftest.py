"""A small catalogue, and the index over the real records."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.search import read_catalogue
from onestop.catalogue.content import Procedure, Tier
from onestop.catalogue.search import SearchIndex
from onestop.catalogue.search.lexicon import Lexicon

DATA = Path(__file__).parent / "data"


def procedure(code: str, name: str, **more: object) -> Procedure:
    """A procedure of the commune for citizens, unless said otherwise."""
    content: dict[str, object] = {
        "code": code,
        "name": name,
        "tier": Tier.COMMUNE,
        "applicants": ["Công dân Việt Nam"],
    }
    return Procedure.model_validate(content | more)


@pytest.fixture(scope="session")
def small_catalogue() -> list[Procedure]:
    return [
        procedure("1.001193", "Thủ tục đăng ký khai sinh", field="Hộ tịch"),
        procedure("1.004884", "Thủ tục đăng ký lại khai sinh", field="Hộ tịch"),
        procedure("2.000528", "Thủ tục đăng ký khai sinh có yếu tố nước ngoài", field="Hộ tịch"),
        procedure("1.004194", "Đăng ký tạm trú"),
        procedure("1.002755", "Gia hạn tạm trú"),
        procedure("1.010028", "Xóa đăng ký tạm trú"),
        procedure("3.000346", "Cấp giấy phép lái xe", tier=Tier.MINISTRY),
        procedure("3.000347", "Đổi giấy phép lái xe", tier=Tier.MINISTRY),
        procedure("3.000348", "Cấp lại giấy phép lái xe", tier=Tier.PROVINCE, level=4),
        procedure("1.001612", "Đăng ký thành lập hộ kinh doanh", aliases=["đăng ký bán hàng rong"]),
        procedure("1.012786", "Cấp lại Giấy chứng nhận do bị mất", decision_number="2304/QĐ-BNNMT"),
        procedure(
            "1.115203",
            "Cấp lại Giấy chứng nhận do bị mất",
            decision_number="12/QĐ-UBND",
            agency="Văn phòng đăng ký đất đai tỉnh Lai Châu",
        ),
        procedure(
            "1.000005",
            "Thủ tục hải quan đối với khí xuất khẩu bằng đường ống",
            tier=Tier.MINISTRY,
            applicants=["Doanh nghiệp"],
            steps=["Bước 1: nộp giấy đăng ký giám định lượng."],
        ),
        procedure("1.009999", "Đăng ký tạm trú dài hạn", withdrawn=True),
    ]


@pytest.fixture(scope="session")
def small_index(small_catalogue: list[Procedure]) -> SearchIndex:
    # Without wordings: they belong to records with a long text, and these have none.
    lexicon = Lexicon.load()
    lexicon.wordings = {}
    return SearchIndex.build(small_catalogue, lexicon)


@pytest.fixture(scope="session")
def real_catalogue(shared_data: Path) -> list[Procedure]:
    return read_catalogue([shared_data / "dvcqg_2026_hdtruong802"])


@pytest.fixture(scope="session")
def real_index(real_catalogue: list[Procedure]) -> SearchIndex:
    return SearchIndex.build(real_catalogue)
