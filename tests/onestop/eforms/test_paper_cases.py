"""Papers that only some need are known by their names, and nobody is let off a paper that all need."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.catalogue.content import Paper, Procedure
from onestop.cli.eform import DIRECTORY
from onestop.eforms import engine
from onestop.eforms.definition import Field, expand, read_eform
from onestop.eforms.paper_cases import case_of


@pytest.mark.parametrize(
    ("name", "case"),
    [
        ("Trường hợp ủy quyền thì nộp văn bản ủy quyền", "ủy quyền"),
        ("b) Đối với trường hợp tàu thuê mua: hợp đồng thuê", "tàu thuê mua"),
        ("Trong trường hợp mất giấy phải nộp bản cam đoan", "mất giấy"),
        ("Đối với tổ chức: quyết định thành lập", "tổ chức"),
        ("Giấy phép cũ (đối với trường hợp cấp lại).", "cấp lại"),
        ("Giấy phép cũ (trường hợp bị hỏng);", "bị hỏng"),
        ("Quyết định thành lập (đối với tổ chức)", "tổ chức"),
        ("Thẻ đảng viên (nếu là đảng viên)", "là đảng viên"),
        ("Báo cáo hiện trạng đối với trường hợp đang sử dụng đất", "đang sử dụng đất"),
        ("Tài liệu về quyền ưu tiên, nếu có yêu cầu hưởng quyền đó", "có yêu cầu hưởng quyền đó"),
        ("Sơ đồ khu biển trong trường hợp\n thay đổi diện tích", "thay đổi diện tích"),
    ],
)
def test_a_case_of_the_whole_paper_is_known(name: str, case: str) -> None:
    assert case_of(name) == case


@pytest.mark.parametrize(
    "name",
    [
        "Giấy phép cũ",
        "Giấy phép cũ (nếu có)",
        "Bản sao giấy khai sinh; trường hợp nộp bản chụp thì xuất trình bản chính",
        "Bản sao giấy khai sinh (trường hợp nộp bản sao thì mang bản chính để đối chiếu)",
        "Hợp đồng xây lắp (nếu chủ đầu tư tự thi công thì không cần)",
        "Giấy A hoặc giấy B trong trường hợp thuê nhà",
        "Đơn mẫu 1 (đối với trường hợp cấp mới) hoặc đơn mẫu 2 (đối với trường hợp cấp lại)",
        "Giấy chứng nhận, trừ trường hợp đã nộp trước đây",
        "Xác nhận đóng phí. Trường hợp chưa đóng nộp sau tại quầy",
        "Đề nghị cấp giấy chứng nhận đối với tổ chức",
        "Thuộc một trong các trường hợp quy định tại Điều 7",
        "Đơn đề nghị, 01 bản chính hoặc bản điện tử trong trường hợp nộp trực tuyến",
        "",
    ],
)
def test_what_all_need_is_asked_of_all(name: str) -> None:
    assert case_of(name) == ""


def asked(*names: str) -> list[Field]:
    form = read_eform(DIRECTORY / "general.yml")
    papers = [Paper(name=name) for name in names]
    made = expand(form, Procedure(code="1.000001", name="Thủ tục", papers=papers))
    return [field for field in made.fields if field.type == "paper"]


def test_the_citizen_is_asked_whether_it_is_his_case_and_may_say_no() -> None:
    (paper,) = asked("Giấy phép cũ (đối với trường hợp cấp lại)")
    assert "trong trường hợp: cấp lại." in paper.question
    assert "Anh/chị có thuộc trường hợp này không?" in paper.question
    assert not paper.required
    engine.check_skip(paper)


def test_a_paper_of_those_who_apply_at_the_counter_is_not_asked_for_online() -> None:
    assert asked("Giấy giới thiệu (trường hợp nộp trực tiếp)") != []  # how it is handed in: a doubt
    assert asked("Trường hợp nộp trực tiếp: giấy giới thiệu") == []


@given(st.text(alphabet="Trường hợpđối vinếu():;., abc", max_size=200))
def test_any_name_can_be_read(name: str) -> None:
    assert len(case_of(name)) <= 300
