"""What the parsers of the portal's texts read, what they leave as text, and that nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.catalogue.content import Tier, TimeUnit, WayKind
from onestop.catalogue.importing import crawled
from onestop.catalogue.importing.fees import parse_fee
from onestop.catalogue.importing.labelled import parse_ways
from onestop.catalogue.importing.legal import (
    parse_decision_number,
    parse_legal_bases,
    parse_legal_basis,
)
from onestop.catalogue.importing.papers import parse_papers
from onestop.catalogue.importing.parts import parse_applicants, parse_keywords, parse_tier
from onestop.catalogue.importing.text import asks_nothing, items, steps, tidy
from onestop.catalogue.importing.times import parse_time

# Words as the portal writes them, so that the parsers' patterns are met often, beside any text.
PIECES = st.sampled_from(
    [
        "* Hình thức nộp: ", "DIRECT", "ONLINE", "FAX", "Thời hạn giải quyết: ", "WORKING_DAY", "OTHER",
        "Phí, lệ phí: ", "VNĐ", "(", ")", "|", "Mô tả: ", "Bước 1: ", "Bước 2. ", "[ ", " ]", "- ",
        "Số lượng: Bản chính: 1, Bản sao: 0", "Số lượng: Bản chính: 0, Bản sao: 0", "Lưu ý: ",
        "Trường hợp", "Miễn phí", "Không", "Đơn đề nghị", "a) ", "b) ", "1. ", "* ", "+ ", "; ", ".",
        "118/2025/NĐ-CP", "63/2020/QH14", "Luật", "ngày làm việc", "10", "500000", "0", "theo mô tả",
        "Tên giấy tờMẫu đơn, tờ khaiSố lượng", "1 bản chính", "Tên văn bản pháp lýMã văn bản",
        "Hình thức nộpThời gianPhí, lệ phíMô tả", "Trực tiếp", "7 Ngày", "\n", "\n", "\n", " ", " ",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))

# Labels, units and names of ways: the fields themselves stand for these words.
STRUCTURE = set(
    tidy(
        "hình thức nộp thời hạn giải quyết phí lệ phí mô tả số lượng bản chính bản sao vnđ đồng other "
        "working day direct online postal trực tiếp trực tuyến dịch vụ bưu chính"
    ).split()
)


def words(text: str) -> set[str]:
    """The words and figures of a text, thousands' separators and `STRUCTURE` left out."""
    plain = re.sub(r"(?<=\d)[.,](?=\d)", "", tidy(text).casefold())
    plain = plain.replace("không có thông tin", "")
    return {word for word in re.findall(r"[^\W\d_]+|\d+", plain) if word not in STRUCTURE}


@pytest.mark.parametrize(
    ("text", "amount", "unit", "note"),
    [
        ("7 WORKING_DAY", 7, TimeUnit.WORKING_DAY, ""),
        ("3.5 WORKING_DAY", 3.5, TimeUnit.WORKING_DAY, ""),
        ("15 Ngày làm việc", 15, TimeUnit.WORKING_DAY, ""),
        ("10 ngày", 10, TimeUnit.DAY, ""),
        ("8 HOUR", 8, TimeUnit.HOUR, ""),
        ("2 MONTH", 2, TimeUnit.MONTH, ""),
        ("1 YEAR", 1, TimeUnit.YEAR, ""),
        ("1 OTHER", None, None, ""),
        (" OTHER", None, None, ""),
        ("15/12 OTHER", None, None, "15/12"),
        ("Không quá 03 ngày làm việc OTHER", None, None, "Không quá 03 ngày làm việc"),
        ("0 ngày", None, None, "0 ngày"),
        ("Không có thông tin", None, None, ""),
        ("Không quy định", None, None, "Không quy định"),
        (
            "Không quá 15 ngày kể từ ngày nhận đủ hồ sơ hợp lệ.",
            15,
            TimeUnit.DAY,
            "Không quá 15 ngày kể từ ngày nhận đủ hồ sơ hợp lệ.",
        ),
        (
            "Không quá 10 ngày làm việc. Xã miền núi được thêm 10 ngày.",
            None,
            None,
            "Không quá 10 ngày làm việc. Xã miền núi được thêm 10 ngày.",
        ),
    ],
)
def test_a_time_is_read_only_from_one_plain_figure(text, amount, unit, note):
    time = parse_time(text)
    assert (time.amount, time.unit, time.note) == (amount, unit, note)


@pytest.mark.parametrize(
    ("text", "amount", "note"),
    [
        ("500000 VNĐ (đồng/lần)", 500_000, "đồng/lần"),
        ("500000 VNĐ ()", 500_000, ""),
        ("1,000,000 Việt Nam Đồng(Phí thẩm định)", 1_000_000, "Phí thẩm định"),
        ("Phí : 2.000.000 Đồng (Thẩm định (lần đầu))", 2_000_000, "Thẩm định (lần đầu)"),
        ("0 VNĐ ()", None, ""),
        ("Phí : 0 Đồng", None, ""),
        ("Không có thông tin", None, ""),
        ("0 VNĐ (Theo quy định của Bộ Tài chính)", None, "Theo quy định của Bộ Tài chính"),
        ("0 VNĐ (Không quy định)", None, "Không quy định"),
        ("0 VNĐ (Miễn phí)", 0, "Miễn phí"),
        ("0 VNĐ (Không thu lệ phí)", 0, "Không thu lệ phí"),
        ("0 VNĐ (Không có.)", 0, "Không có."),
        ("Phí : Không Đồng", 0, "Không"),
        ("Miễn phí", 0, "Miễn phí"),
        ("0 VNĐ (Miễn lệ phí (Thông tư số 47/2019/TT-BTC))", 0, None),
        ("0 VNĐ (Miễn phí đối với người khuyết tật)", None, "Miễn phí đối với người khuyết tật"),
        ("165 VNĐ (Thẻ 10 năm: 165 USD)", None, "165 VNĐ (Thẻ 10 năm: 165 USD)"),
        ("8000 VNĐ () | 8000 VNĐ ()", 8_000, ""),
        ("6000000 VNĐ (rộng) | 3500000 VNĐ (hẹp)", None, "6.000.000 đồng (rộng); 3.500.000 đồng (hẹp)"),
        ("50000 VNĐ (một bản) | 0 VNĐ (theo quy định)", None, "50.000 đồng (một bản); theo quy định"),
        ("Phí : 0.5 USD (trẻ em)\nLệ phí : 01 USD", None, "Phí : 0.5 USD (trẻ em); Lệ phí : 01 USD"),
    ],
)  # fmt: skip
def test_a_fee_is_a_sum_or_free_only_where_the_record_says_so(text, amount, note):
    fee = parse_fee(text)
    assert fee.amount == amount
    if note is not None:
        assert fee.note == note


def test_ways_keep_time_fee_and_description_apart():
    ways, left = parse_ways(
        "* Hình thức nộp: ONLINE\n  Thời hạn giải quyết: 5 WORKING_DAY\n  Phí, lệ phí: 7000 VNĐ (lượt)\n"
        "  Mô tả: Nộp qua cổng.\nThời hạn giải quyết: như trên.\n"
        "* Hình thức nộp: DIRECT\n  Thời hạn giải quyết: 1 OTHER\n  Phí, lệ phí: 0 VNĐ ()\n"
        "  Mô tả: Trong thời hạn 05 ngày\n"
        "* Hình thức nộp: PIGEON\n  Thời hạn giải quyết: 1 ngày"
    )
    online, counter = ways
    assert (online.kind, online.time_amount, online.fee_amount) == (WayKind.ONLINE, 5, 7000)
    assert online.note == "Nộp qua cổng.\nThời hạn giải quyết: như trên."
    assert counter.kind is WayKind.IN_PERSON
    assert (counter.time_amount, counter.time_note) == (None, "Trong thời hạn 05 ngày")
    assert (counter.note, counter.fee_amount) == ("", None)
    assert "PIGEON" in left


@pytest.mark.parametrize("time", ["0 Giờ", "Theo mô tả OTHER", "OTHER", ""])
def test_a_time_that_is_told_in_the_description_is_taken_from_there(time):
    ways, _ = parse_ways(
        f"* Hình thức nộp: DIRECT\n  Thời hạn giải quyết: {time}\n  Mô tả: Ngay sau khi nhận hồ sơ"
    )
    assert (ways[0].time_amount, ways[0].time_note, ways[0].note) == (
        None,
        "Ngay sau khi nhận hồ sơ",
        "",
    )


def test_a_description_of_the_manner_is_not_taken_for_a_time():
    ways, _ = parse_ways(
        "* Hình thức nộp: DIRECT\n  Thời hạn giải quyết: OTHER\n  Mô tả: Nộp tại quầy số 3."
    )
    assert (ways[0].time_note, ways[0].note) == ("", "Nộp tại quầy số 3.")


def test_papers_have_counts_cases_and_forms_and_stand_in_their_own_order():
    read = parse_papers(
        "[ 1. Cấp lại: ]\n  - b) Ảnh chân dung (nếu có)\n    Số lượng: Bản chính: 2, Bản sao: 0\n"
        "  - a) Tờ khai theo Mẫu số 05;\n    Số lượng: Bản chính: 1, Bản sao: 1\n"
        "[ Thành phần hồ sơ: ]\n  - Tờ khai CT01 (mẫu CT01)\n    Số lượng: Bản chính: 1, Bản sao: 0\n"
    )
    form, photo, ct01 = read.papers
    assert (form.name, form.originals, form.copies) == ("a) Tờ khai theo Mẫu số 05", 1, 1)
    assert (form.group, form.form, form.required) == ("1. Cấp lại", "Mẫu số 05", True)
    assert (photo.originals, photo.required) == (2, False)
    assert (ct01.group, ct01.form) == ("", "CT01")
    assert not read.notes
    assert not read.unparsed


@pytest.mark.parametrize(
    ("name", "required"),
    [
        ("Giấy ủy quyền (nếu có), bản chính", False),
        ("Hợp đồng thuê nhà, có công chứng (nếu có);", False),
        ("Bộ tài liệu gồm: hợp đồng; giấy ủy quyền (nếu có); bản vẽ", True),
    ],
)
def test_a_paper_is_optional_where_if_there_is_one_is_said_of_the_whole(name, required):
    (paper,) = parse_papers(f"- {name}\n  Số lượng: Bản chính: 1, Bản sao: 0").papers
    assert paper.required is required


def test_notes_that_stand_among_papers_are_told_from_papers():
    read = parse_papers(
        "[ * Lưu ý: ]\n"
        "  - Người tiếp nhận có trách nhiệm kiểm tra.\n    Số lượng: Bản chính: 1, Bản sao: 0\n"
        "  - Tờ khai theo mẫu\n    Số lượng: Bản chính: 1, Bản sao: 0\n"
        "[ Số lượng hồ sơ: 01 bộ ]\n"
        "  - Trường hợp đã có dữ liệu thì không phải nộp.\n    Số lượng: Bản chính: 0, Bản sao: 0\n"
        "  - Trường hợp ủy quyền: văn bản ủy quyền\n    Số lượng: Bản chính: 1, Bản sao: 0\n"
        "  - Giấy tờ phải nộp:\n    Số lượng: Bản chính: 0, Bản sao: 0\n"
        "[ Cơ quan giải quyết tự tra cứu dữ liệu. ]"
    )
    assert [paper.name for paper in read.papers] == [
        "Tờ khai theo mẫu",
        "Trường hợp ủy quyền: văn bản ủy quyền",
    ]
    assert len(read.notes) == 5


def test_a_paper_without_a_name_is_reported_and_not_made_up():
    read = parse_papers("-\n  Số lượng: Bản chính: 1, Bản sao: 0")
    assert not read.papers
    assert read.unparsed


@pytest.mark.parametrize(
    ("text", "number", "title"),
    [
        ("* Luật Cư trú (68/2020/QH14)", "68/2020/QH14", "Luật Cư trú"),
        ("* Sửa đổi (Nghị định số 146/2025/NĐ-CP)", "146/2025/NĐ-CP", "Sửa đổi"),
        ("Nghị quyết (66.13/2026/NQ-CP)", "66.13/2026/NQ-CP", "Nghị quyết"),
        ("Công bố (4472/QĐ-BTC)", "4472/QĐ-BTC", "Công bố"),
        ("Quy chế (12/2021/QĐ-TTg)", "12/2021/QĐ-TTg", "Quy chế"),
        ("Về lệ phí (53 /2025/NQ-HĐND)", "53/2025/NQ-HĐND", "Về lệ phí"),
        ("Thông tư 37/2018/TT-BCT", "37/2018/TT-BCT", "Thông tư 37/2018/TT-BCT"),
        ("Bộ luật Hàng hải (54)", "", "Bộ luật Hàng hải (54)"),
        ("Sửa 1/2020/NĐ-CP và 2/2021/NĐ-CP", "", "Sửa 1/2020/NĐ-CP và 2/2021/NĐ-CP"),
    ],
)
def test_a_legal_basis_has_a_number_only_where_one_is_named(text, number, title):
    basis = parse_legal_basis(text)
    assert basis is not None
    assert (basis.number, basis.title) == (number, title)


def test_a_wrapped_legal_basis_is_one():
    bases = parse_legal_bases(
        "* Nghị định về\nmột cửa\nliên thông (118/2025/NĐ-CP)\n* Luật (1/2020/QH14)"
    )
    assert [basis.title for basis in bases] == ["Nghị định về một cửa liên thông", "Luật"]


def test_applicants_with_commas_inside_of_their_names_stay_whole():
    assert parse_applicants(
        "Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX), Cán bộ, công chức, viên chức"
    ) == [
        "Công dân Việt Nam",
        "Tổ chức (không bao gồm doanh nghiệp, HTX)",
        "Cán bộ, công chức, viên chức",
    ]


def test_the_tier_nearest_the_citizen_counts():
    assert parse_tier("Cấp Bộ, Cấp Tỉnh, Cấp Xã") is Tier.COMMUNE
    assert parse_tier("Cấp Bộ/Trung ương") is Tier.MINISTRY
    assert parse_tier("Cơ quan khác") is None


def test_a_decision_number_is_told_without_its_kind():
    assert parse_decision_number("Quyết định số 6225/QĐ-BQP") == "6225/QĐ-BQP"
    assert parse_decision_number("111/QĐ-UBND.") == "111/QĐ-UBND"


def test_steps_are_split_at_their_numbers_on_lines_and_within_one():
    assert steps("* Bước 1. Nộp\n  - tại xã\n* Bước 2. Nhận") == [
        "Bước 1. Nộp\n- tại xã",
        "Bước 2. Nhận",
    ]
    assert steps("Bước 1: Nộp hồ sơ. Bước 2: Nhận theo Bước 1") == [
        "Bước 1: Nộp hồ sơ.",
        "Bước 2: Nhận theo Bước 1",
    ]
    assert steps("- Nộp;\n- Nhận.") == ["Nộp;", "Nhận."]


def test_items_join_wrapped_and_nested_lines():
    assert items("- Có nhà\nở hợp pháp\n+ một\n+ hai\na) Đủ tuổi") == [
        "Có nhà ở hợp pháp\n+ một\n+ hai",
        "a) Đủ tuổi",
    ]


def test_no_conditions_are_no_conditions():
    assert all(map(asks_nothing, ("Không", "Không có.", "không quy định", "- Không quy định.")))
    assert not asks_nothing("Không thuộc diện cấm xuất cảnh")


def test_run_together_tables_come_apart_or_stay_text():
    ways = crawled.parse_ways(
        "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tuyến7 Ngày làm việcMiễn phíTrực tiếp15 Ngày"
        "200,000 VNĐ(lần)Nộp tại sở.Dịch vụ bưu chính1Miễn phí(Phí: theo Thông tư)"
    )
    assert [(way.kind, way.time_amount, way.fee_amount) for way in ways] == [
        (WayKind.ONLINE, 7, 0),
        (WayKind.IN_PERSON, 15, 200_000),
        (WayKind.POST, None, None),
    ]
    assert ways[1].note == "Nộp tại sở."
    bases = crawled.parse_legal_bases(
        "Tên văn bản pháp lýMã văn bảnNghị định 85/2020/NĐ-CP85/2020/NĐ-CPLuật Thú y79/2015/QH13"
    )
    assert [(basis.number, basis.title) for basis in bases] == [
        ("85/2020/NĐ-CP", "Nghị định 85/2020/NĐ-CP"),
        ("79/2015/QH13", "Luật Thú y"),
    ]
    date_runs_into_number = "Tên văn bản pháp lýMã văn bảnLuật thuế ngày 03/06/200813/2008/QH12"
    assert crawled.parse_legal_bases(date_runs_into_number) == []
    papers = crawled.parse_papers(
        "--Tên giấy tờMẫu đơn, tờ khaiSố lượngĐơn đề nghịMau 01.docx1 bản chính"
        "Hợp đồng: 01 bản chính;0 bản chính,1 bản sao"
    ).papers
    assert [(paper.name, paper.originals, paper.copies, paper.form) for paper in papers] == [
        ("Đơn đề nghị", 1, 0, "Mau 01.docx"),
        ("Hợp đồng: 01 bản chính", 0, 1, ""),
    ]
    assert crawled.parse_results("Thẻ căn cướcMã: KQ.G01.000123Từ khóaKhông có thông tin") == [
        "Thẻ căn cước"
    ]


@given(TEXTS)
def test_no_parser_raises_on_any_text(text):
    for parse in (
        parse_time, parse_fee, parse_ways, parse_papers, parse_legal_bases, parse_legal_basis,
        parse_decision_number, parse_applicants, parse_keywords, parse_tier, steps, items,
        crawled.parse_ways, crawled.parse_papers, crawled.parse_legal_bases, crawled.parse_results,
    ):  # fmt: skip
        parse(text)


@given(TEXTS)
def test_a_time_or_a_fee_loses_no_word(text):
    time, fee = parse_time(text), parse_fee(text)
    if time.amount is None and not re.fullmatch(r"[\W\d]*OTHER\W*", tidy(text)):
        assert words(text) <= words(time.note)
    if fee.amount is None:
        kept = words(fee.note)
        assert {word for word in words(text) if not re.fullmatch(r"0+", word)} <= kept | words(
            "Không"
        )


@given(TEXTS)
def test_ways_lose_no_word(text):
    ways, left = parse_ways(text)
    kept = words(left)
    for way in ways:
        kept |= words(" ".join([way.time_note, way.fee_note, way.note]))
    lost = words(text) - kept
    figures = {
        f"{figure:g}" for way in ways for figure in (way.time_amount, way.fee_amount) if figure
    }
    units = words("ngày làm việc tháng năm giờ Không")
    assert {word.lstrip("0") for word in lost} <= figures | units | {"", "1", "10", "500000"}


@given(TEXTS)
def test_papers_lose_no_word(text):
    read = parse_papers(text)
    kept = words("\n".join([*read.notes, *read.unparsed]))
    for paper in read.papers:
        kept |= words(f"{paper.name} {paper.group}")
    counts = re.findall(r"Bản (?:chính|sao): ?(\d+)", tidy(text))
    assert words(text) - kept <= set(counts)


@given(TEXTS)
def test_steps_items_and_legal_bases_lose_no_word(text):
    assert words(text) == words("\n".join(steps(text)))
    assert words(text) == words("\n".join(items(text)))
    bases = parse_legal_bases(text)
    kept = words(" ".join(f"{basis.title} {basis.number}" for basis in bases))
    assert words(text) <= kept | words("Luật")
