from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote_plus, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.settings import Settings
from onestop.payments.base import BadSignature, Order, Outcome
from onestop.payments.contrib import vnpay as module
from onestop.payments.contrib.vnpay import VNPay, sign
from tests.onestop.payments.conftest import SECRET, told

AT = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)  # half past midnight in Vietnam
ORDER = Order("H2520261124000000100AB12CD", "H25202611240000001", 15_000, AT, "key")


def by_hand(parameters: dict[str, str], secret: str) -> str:
    """As the documentation's samples do it: one string, each key and value encoded, joined in order."""
    data = ""
    for key in sorted(parameters):
        if key not in ("vnp_SecureHash", "vnp_SecureHashType") and parameters[key]:
            data += ("&" if data else "") + quote_plus(key) + "=" + quote_plus(parameters[key])
    return hmac.new(secret.encode(), data.encode(), hashlib.sha512).hexdigest()


def test_the_signature_is_that_of_the_string_written_out() -> None:
    # Sorted, blanks as "+", everything else percent-encoded; an empty value is not signed.
    signed = "vnp_Amount=1500000&vnp_OrderInfo=Phi+A%26B%3A+10%25&vnp_TxnRef=X1"
    expected = hmac.new(b"secret", signed.encode(), hashlib.sha512).hexdigest()
    parameters = {
        "vnp_TxnRef": "X1",
        "vnp_Amount": "1500000",
        "vnp_OrderInfo": "Phi A&B: 10%",
        "vnp_BankCode": "",
        "vnp_SecureHashType": "HmacSHA512",
        "other": "not theirs",
    }
    assert sign(parameters, "secret") == expected


values = st.dictionaries(
    st.from_regex(r"vnp_[A-Za-z]{1,12}", fullmatch=True), st.text(max_size=30), max_size=12
)


@given(values, st.text(min_size=1, max_size=40))
def test_it_is_the_documented_one_for_any_parameters(
    parameters: dict[str, str], secret: str
) -> None:
    assert sign(parameters, secret) == by_hand(parameters, secret)


def test_the_link_carries_what_vnpay_asks_for_in_vietnamese_time(vnpay: VNPay) -> None:
    link = vnpay.begin(ORDER)
    assert link.url is not None
    said = dict(parse_qsl(urlsplit(link.url).query, strict_parsing=True))
    assert said["vnp_SecureHash"] == by_hand(said, SECRET)
    assert (said["vnp_Version"], said["vnp_Command"], said["vnp_CurrCode"]) == (
        *("2.1.0", "pay", "VND"),
    )
    assert said["vnp_Amount"] == "1500000"
    assert said["vnp_TxnRef"] == ORDER.txn_ref
    assert (said["vnp_CreateDate"], said["vnp_ExpireDate"]) == ("20261125003000", "20261125004500")


def test_a_notice_is_read(vnpay: VNPay) -> None:
    notice = vnpay.read(told("REF"))
    assert (notice.txn_ref, notice.amount, notice.succeeded) == ("REF", 15_000, True)


@pytest.mark.parametrize("code", ["vnp_ResponseCode", "vnp_TransactionStatus"])
def test_it_is_paid_only_if_both_codes_say_so(vnpay: VNPay, code: str) -> None:
    assert not vnpay.read(told("REF", **{code: "24"})).succeeded


def test_a_signature_in_capitals_is_one(vnpay: VNPay) -> None:
    notice = told("REF")
    notice["vnp_SecureHash"] = notice["vnp_SecureHash"].upper()
    assert vnpay.read(notice).succeeded


@given(st.sampled_from(sorted(told("REF"))), st.text(max_size=12))
def test_any_change_breaks_the_signature(name: str, value: str) -> None:
    vnpay = VNPay("https://pay.example", "MOTCUA01", SECRET, "")
    notice = told("REF")
    if value == notice[name]:
        return
    with pytest.raises(BadSignature):
        vnpay.read({**notice, name: value})


@pytest.mark.parametrize(
    "notice", [{}, told("REF", secret="another"), told("REF", vnp_TmnCode="X")]
)
def test_what_another_signed_is_not_vnpays(vnpay: VNPay, notice: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        vnpay.read(notice)


@pytest.mark.parametrize("amount", ["", "1500050", "-1500000", "15e5", "１５００"])
def test_an_amount_that_is_no_whole_dong_is_none(vnpay: VNPay, amount: str) -> None:
    assert vnpay.read(told("REF", vnp_Amount=amount)).amount is None


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.PAID, "00"),
        (Outcome.FAILED, "00"),
        (Outcome.UNKNOWN, "01"),
        (Outcome.ALREADY, "02"),
        (Outcome.WRONG_AMOUNT, "04"),
        (Outcome.BAD_SIGNATURE, "97"),
        (Outcome.PENDING, "99"),
    ],
)
def test_the_answers_are_the_documented_codes(vnpay: VNPay, outcome: Outcome, code: str) -> None:
    assert vnpay.reply(outcome)["RspCode"] == code


def test_without_code_or_secret_it_is_not_offered() -> None:
    assert module.create(Settings()) is None
    assert module.create(Settings(vnpay_tmn_code="MOTCUA01")) is None
    offered = module.create(Settings(vnpay_tmn_code="MOTCUA01", vnpay_hash_secret="x"))
    assert isinstance(offered, VNPay)
