"""From the last field to the receipt of the payment, on a system with VNPay and a bank account."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import urllib.request
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.conversations.conftest import SECRET
from tests.conversations.player import TIMEOUT, Citizen, Script, load_scripts
from tests.conversations.system import System

pytestmark = pytest.mark.system
FORMS = {one.name: one.steps for one in load_scripts(Path(__file__).parent / "scripts" / "shipped")}
RENEWAL = FORMS["eforms: driving licence renewal for a motorcycle"]


@pytest.fixture
def citizen(paid_system: System) -> Citizen:
    """A citizen who has just sent a dossier that costs 135,000 đồng."""
    one = Citizen(paid_system)
    one.play(Script("renewal", RENEWAL))
    found = re.search(r"Mã hồ sơ: (\S+)", one.text())
    assert found is not None
    one.remembered["code"] = found[1]
    return one


def play(citizen: Citizen, *steps: dict[str, object]) -> None:
    citizen.play(Script("paying", list(steps)))


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=TIMEOUT) as answer:
        return bytes(answer.read())


def ipn(citizen: Citizen, link: str, code: str = "00") -> str:
    """What VNPay would say of the link's order, and our answer."""
    order = dict(parse_qsl(urlsplit(link).query))
    names = ("vnp_TmnCode", "vnp_Amount", "vnp_TxnRef", "vnp_OrderInfo")
    told = {name: order[name] for name in names}
    told |= {
        "vnp_ResponseCode": code,
        "vnp_TransactionStatus": code,
        "vnp_TransactionNo": "14000001",
    }
    signed = urlencode(sorted(told.items()))
    told["vnp_SecureHash"] = hmac.new(SECRET.encode(), signed.encode(), hashlib.sha512).hexdigest()
    answer = get(f"{citizen.system.url}/payments/vnpay/ipn?{urlencode(told)}")
    return str(json.loads(answer)["RspCode"])


def test_the_receipt_offers_to_pay_and_vnpay_pays(citizen: Citizen) -> None:
    play(
        citizen,
        {"press": "Trả lệ phí ngay", "expect": ["135.000 đồng", "{code}"]},
        {"press": "Trả qua VNPay", "expect": ["135.000 đồng", "https://"], "card": "link"},
    )
    link = citizen.cards()[0]["url"]
    assert ipn(citizen, link, "24") == "00"
    play(citizen, {"say": "trả lệ phí", "expect": ["135.000 đồng"], "buttons": ["Trả qua VNPay"]})
    play(citizen, {"press": "Trả qua VNPay", "card": "link"})
    again = citizen.cards()[0]["url"]
    assert [ipn(citizen, again), ipn(citizen, again)] == ["00", "02"]
    play(
        citizen,
        {"press": "Đã nhận được tiền chưa", "expect": ["đã trả xong", "14000001", "{code}"]},
    )


def test_a_transfer_is_scanned_and_reconciled(citizen: Citizen, tmp_path: Path) -> None:
    play(
        citizen,
        {"say": "tôi muốn đóng lệ phí", "buttons": ["Quét mã VietQR"]},
        {"press": "Quét mã VietQR", "expect": ["113366668888", "Kho bạc thử nghiệm"]},
    )
    images = [reply["image"] for reply in citizen.replies if reply.get("image")]
    assert get(citizen.system.url + images[0]).startswith(b"\x89PNG")
    note = citizen.remembered["code"].replace("-", "")
    assert note in citizen.text()
    statement = tmp_path / "sao-ke.csv"
    statement.write_text(f"Ngày,Ghi có,Nội dung\n24/11/2026,135.000,MBVCB {note} chuyen tien\n")
    said = citizen.system.command("payments", "reconcile", str(statement))
    assert said.splitlines()[-1] == "1 credits: paid 1; read before 0"
    play(citizen, {"say": "trả lệ phí", "expect": ["đã trả xong"]})


def test_someone_else_pays_after_the_second_factor(citizen: Citizen) -> None:
    other = Citizen(citizen.system, remembered=dict(citizen.remembered))
    play(
        other,
        {"say": "tôi muốn nộp lệ phí", "expect": ["mã hồ sơ"]},
        {"say": "{code}", "expect": ["4 số cuối"], "reject": ["135.000"]},
        {"say": "0000", "expect": ["không tìm thấy"]},
        {"say": "{code}", "expect": ["4 số cuối"]},
        {"say": "1234", "expect": ["135.000 đồng"], "buttons": ["Trả qua VNPay"]},
        {"press": "Trả qua VNPay", "card": "link"},
    )
    assert ipn(other, other.cards()[0]["url"]) == "00"
    play(citizen, {"say": "trả lệ phí", "expect": ["đã trả xong"]})


def test_while_a_form_is_filled_it_goes_on(paid_system: System) -> None:
    play(
        Citizen(paid_system),
        {"say": "tôi muốn nộp hồ sơ đăng ký tạm trú", "expect": ["mình bắt đầu hồ sơ"]},
        {"say": "trả lệ phí", "expect": ["gửi xong hồ sơ này", "tên khai sinh"]},
    )


def test_a_dossier_that_waits_for_money_goes_on_once_it_is_paid(citizen: Citizen) -> None:
    for status in ("2", "4", "6"):
        citizen.system.command("dossier", "advance", citizen.remembered["code"], status)
    play(
        citizen,
        {"say": "kiểm tra hồ sơ {code}"},
        {"say": "1234", "expect": ["Yêu cầu thực hiện nghĩa vụ tài chính"]},
        {"say": "trả lệ phí", "buttons": ["Trả qua VNPay"]},
        {"press": "Trả qua VNPay", "card": "link"},
    )
    assert ipn(citizen, citizen.cards()[0]["url"]) == "00"
    play(
        citizen,
        {"say": "trả lệ phí", "expect": ["đã trả xong", "Số biên nhận: BN-"], "card": "link"},
        {"say": "kiểm tra hồ sơ {code}"},
        {"say": "1234", "expect": ["Đang xử lý"]},
    )


def test_the_fee_that_an_officer_states_is_told_and_paid(citizen: Citizen) -> None:
    code = citizen.remembered["code"]
    for status in (["2"], ["4"], ["6", "--fee", "250.000", "--note", "Phí thẩm định"]):
        citizen.system.command("dossier", "advance", code, *status)
    play(
        citizen,
        {"say": "kiểm tra hồ sơ {code}"},
        {"say": "1234", "expect": ["250.000 đồng. Phí thẩm định"], "buttons": ["Trả lệ phí"]},
        {"press": "Trả lệ phí", "expect": ["cần trả 250.000 đồng"]},
        {"press": "Trả qua VNPay", "card": "link"},
    )
    assert ipn(citizen, citizen.cards()[0]["url"]) == "00"
    play(citizen, {"say": "trả lệ phí", "expect": ["đã trả xong", "250.000 đồng"]})


def test_a_transfer_of_less_is_told_and_the_rest_settles_it(
    citizen: Citizen, tmp_path: Path
) -> None:
    play(citizen, {"say": "đóng lệ phí"}, {"press": "Quét mã VietQR"})
    note = citizen.remembered["code"].replace("-", "")
    lines = ["Ngày,Ghi có,Nội dung", f"24/11/2026,100.000,{note}", f"25/11/2026,35.000,{note}"]
    statement = tmp_path / "sao-ke.csv"
    statement.write_text("\n".join(lines[:2]) + "\n")
    said = citizen.system.command("payments", "reconcile", str(statement))
    assert "line 2: partly_paid 100000" in said
    play(
        citizen, {"say": "trả lệ phí", "expect": ["đã nhận 100.000 đồng", "còn thiếu 35.000 đồng"]}
    )
    statement.write_text("\n".join(lines) + "\n")
    citizen.system.command("payments", "reconcile", str(statement))
    play(citizen, {"say": "trả lệ phí", "expect": ["đã trả xong"]})
