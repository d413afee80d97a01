from __future__ import annotations

import io

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from common.settings import Settings
from onestop.dossiers.codes import make_code
from onestop.payments.base import squeeze
from onestop.payments.contrib import vietqr
from onestop.payments.contrib.vietqr import crc16, payload

ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def fields(text: str) -> dict[str, str]:
    """A reader of EMVCo's tag, length, value, of our own."""
    found = {}
    while text:
        tag, length = text[:2], int(text[2:4])
        assert tag not in found
        found[tag], text = text[4 : 4 + length], text[4 + length :]
        assert len(found[tag]) == length
    return found


@pytest.mark.parametrize(
    ("data", "crc"), [(b"123456789", 0x29B1), (b"", 0xFFFF), (b"A", 0xB915), (bytes(1), 0xE1F0)]
)
def test_the_checksum_has_the_published_values(data: bytes, crc: int) -> None:
    assert crc16(data) == crc


@given(st.binary(max_size=64))
def test_the_checksum_over_data_and_its_own_checksum_is_nought(data: bytes) -> None:
    assert crc16(data + crc16(data).to_bytes(2)) == 0


@given(
    st.from_regex(r"[0-9]{6}", fullmatch=True),
    st.text("0123456789", min_size=1, max_size=19),
    st.integers(1, 10**12),
    st.text(ALNUM, min_size=1, max_size=25),
)
def test_what_goes_in_is_read_out_again(bank: str, account: str, amount: int, note: str) -> None:
    text = payload(bank, account, amount, note)
    found = fields(text)
    receiver = fields(found["38"])
    assert (found["00"], found["01"], found["53"], found["58"]) == ("01", "12", "704", "VN")
    assert (receiver["00"], receiver["02"]) == ("A000000727", "QRIBFTTA")
    assert fields(receiver["01"]) == {"00": bank, "01": account}
    assert int(found["54"]) == amount
    assert fields(found["62"]) == {"08": note}
    assert found["63"] == f"{crc16(text[:-4].encode()):04X}"
    assert list(found) == sorted(found)


@pytest.mark.parametrize(
    ("bank", "account", "amount", "note"),
    [
        ("97041", "1", 1, "A"),
        ("970415", "", 1, "A"),
        ("970415", "1" * 20, 1, "A"),
        ("970415", "1", 0, "A"),
        ("970415", "1", 1, ""),
        ("970415", "1", 1, "A" * 26),
        ("970415", "1", 1, "H25-1"),
        ("９７０４１５", "1", 1, "A"),
    ],
)
def test_what_banks_would_not_take_is_refused(
    bank: str, account: str, amount: int, note: str
) -> None:
    with pytest.raises(ValueError, match="no "):
        payload(bank, account, amount, note)


def test_the_picture_holds_the_text() -> None:
    text = payload("970415", "113366668888", 15_000, "H25202611240000001")
    with Image.open(io.BytesIO(vietqr.png(text))) as picture:
        found = zxingcpp.read_barcodes(picture.convert("L"))
    assert [one.text for one in found] == [text]


@given(
    st.from_regex(r"[A-Z][0-9]{2}(\.[0-9]{1,3}){0,2}", fullmatch=True),
    st.dates(),
    st.integers(1, 9_999_999),
)
def test_a_squeezed_code_fits_and_keeps_its_letters_and_digits(
    agency: str, day: object, running: int
) -> None:
    code = make_code(agency, day, running)  # type: ignore[arg-type]
    assert squeeze(code) == code.replace("-", "").replace(".", "")


@pytest.mark.parametrize("code", ["", "---", "H25" + "1" * 30])
def test_what_does_not_fit_a_note_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="note"):
        squeeze(code)


def test_without_an_account_it_is_not_offered() -> None:
    assert vietqr.create(Settings(bank_bin="970415")) is None
    assert vietqr.create(Settings(bank_bin="970415", bank_account="1133")) is not None
