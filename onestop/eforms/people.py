"""A person's name, citizen ID, telephone and e-mail, as typed in a chat."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import phonenumbers
from vn_ident import parse_cccd

from onestop.eforms import numerals
from onestop.eforms.answers import Refusal, Value
from onestop.eforms.names import is_remark
from onestop.eforms.words import fold

# "tôi tên là", "họ và tên của cháu bé là", "em là": what stands before a name, with accents or with
# none, so that "Ánh" is not taken for "anh". A lone "la" stays: Lã and La are family names.
_WHO = (
    r"(?:tôi|em|mình|tui|cháu|con|bé|anh|chị|ông|bà|bố|ba|mẹ|cha|vợ|chồng|chủ hộ|người yêu cầu|của|trai|gái"
    r"|toi|minh|chau|be|chi|ong|bo|me|vo|chong|chu ho|nguoi yeu cau|cua|gai)"
)
_NAME_LEAD = re.compile(
    rf"^(?:(?:{_WHO}\s+)*(?:họ\s+(?:và\s+|chữ đệm\s+)?tên|ho\s+(?:va\s+|chu dem\s+)?ten"
    r"|(?:tên|ten)(?:\s+(?:đầy đủ|khai sinh|day du))?)"
    rf"(?:\s+{_WHO}\b)*\s*(?:\b(?:là|la)\b|:|=)?\s*|(?:{_WHO}\s+)+(?:\b(?:là|la)\b|:)\s*)",
    re.IGNORECASE,
)
# "ông Nguyễn Văn Bảy": Ông is a family name too, so it goes only before another family name.
_HONORIFIC = re.compile(
    r"^(?:ông|bà|anh|chị|em|cháu|bé|cụ|chú|bác|cô|ong|chi|chau)\s+(?=\w+\s+\w)", re.IGNORECASE
)
_FAMILY_NAME = re.compile(
    r"(?:nguyen|tran|le|pham|hoang|huynh|phan|vu|vo|dang|bui|do|ho|ngo|duong|ly|dao|doan|trinh|dinh|lam|mai"
    r"|truong|luong|ha|cao|ta|to|tong)\b"
)
_SPOKEN_ALONE = re.compile(r"^(?:toi|tôi|mình|em|tui)\s+", re.IGNORECASE)
_NAME_END = re.compile(r"[,;:!?()\n]|\.(?=\s|$)|\bsinh\s+(?:nam|ngay)\b|\bsn\s*\d|\s-\s|\d")
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*\.?")
_MAX_NAME_WORDS = 8

_ID_LENGTH, _OLD_ID_LENGTH = 12, 9
_OLDEST_AGE = 130
_DIGIT_RUNS = re.compile(r"\d+")

_VIET_NAM = 84

_EMAIL = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9._%+\-]{0,62}[A-Za-z0-9_%+\-])?"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
# Slips that nobody owns as a mail domain of their own.
_MAIL_SLIPS = {
    "gmail.con": "gmail.com", "gmail.cm": "gmail.com", "gmail.vn": "gmail.com",
    "gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmal.com": "gmail.com",
    "gamil.com": "gmail.com", "gmail.com.vn": "gmail.com", "gmaill.com": "gmail.com",
    "yahoo.con": "yahoo.com", "yaho.com": "yahoo.com", "hotmail.con": "hotmail.com",
    "outlook.con": "outlook.com",
}  # fmt: skip


def read_name(text: str) -> Value:
    """A person's name; accents as typed, each word capitalised. An unlikely one is taken (`names.doubt`).

    Raises:
        Refusal: name_missing, name_incomplete (one letter, or one word that is no name), name_too_long,
            name_unclear (a question or a remark) or name_letters (something that is no letter).
    """
    lead = _NAME_LEAD.match(text)
    name = text[lead.end() :] if lead else text
    if alone := _SPOKEN_ALONE.match(name):
        name = name[alone.end() :]
    if honorific := _HONORIFIC.match(name):
        rest = name[honorific.end() :]
        name = rest if _FAMILY_NAME.match(fold(rest)) else name
    if end := _NAME_END.search(fold(name)):
        if end.group()[-1].isdigit() and not end.group().startswith("s"):
            raise Refusal("name_letters")
        name = name[: end.start()]
    words = name.split()
    if not words:
        raise Refusal("name_missing")
    remark = is_remark(" ".join(words))
    if len(words) == 1 and (remark or len(words[0]) == 1):
        raise Refusal("name_incomplete", name=_capitalise(words[0]))
    if remark:
        raise Refusal("name_unclear")
    if not all(_NAME_WORD.fullmatch(word) for word in words):
        raise Refusal("name_letters")
    if len(words) > _MAX_NAME_WORDS:
        raise Refusal("name_too_long")
    full = " ".join(map(_capitalise, words))
    return Value(value=full, display=full)


def _capitalise(word: str) -> str:
    """Capital first letters; a word in mixed case ("H'Hen", "McDonald") stays as its owner wrote it."""
    if not (word.islower() or word.isupper()):
        return word
    return re.sub(r"(^|['’\-])([^\W\d_])", lambda match: match[1] + match[2].upper(), word.lower())


def read_citizen_id(text: str, today: date) -> Value:
    """A 12-digit citizen ID (số định danh cá nhân).

    Its structure is public: three digits of the place of birth registration, one of century and
    sex, two of the year of birth, six at random; there is no check digit. (Nghị định 137/2015/NĐ-CP
    Điều 13, codes in Thông tư 07/2016/TT-BCA and 59/2021/TT-BCA; kept by Luật Căn cước 2023.)

    Raises:
        Refusal: citizen_id_missing, citizen_id_old (nine digits), citizen_id_length,
            citizen_id_province or citizen_id_birth_year.
    """
    found = list(_numbers(text))
    number = next((run for run in found if len(run) == _ID_LENGTH), None)
    if number is None:
        if not found:
            raise Refusal("citizen_id_missing")
        if any(len(run) == _OLD_ID_LENGTH for run in found):
            raise Refusal("citizen_id_old")
        raise Refusal("citizen_id_length", count=len(max(found, key=len)))
    card = parse_cccd(number)
    if card is None:
        raise Refusal("citizen_id_province", province=number[:3])
    if not today.year - _OLDEST_AGE <= card.birth_year <= today.year:
        raise Refusal("citizen_id_birth_year", year=card.birth_year)
    return Value(value=number, display=number)


def citizen_id_facts(number: str) -> tuple[int, str]:
    """Year of birth and sex (male, female) that a valid citizen ID tells."""
    card = parse_cccd(number)
    if card is None:
        raise ValueError("not a citizen ID")
    return card.birth_year, str(card.gender)


def _numbers(text: str) -> Iterator[str]:
    """Runs of digits, joined over single spaces, dots and dashes: "036 090 012 345" is one number.

    A joined run of the wrong length is also tried in parts: "036090012345 12" holds an ID.
    """
    folded = fold(text)
    digits_only = re.sub(r"(?<=\d)o|o(?=\d)", "0", folded)  # the letter o for the digit zero
    if not _DIGIT_RUNS.search(digits_only):
        digits_only = numerals.digits(folded)
    parts = [
        (match.group(), match.start(), match.end()) for match in _DIGIT_RUNS.finditer(digits_only)
    ]
    groups: list[list[str]] = []
    end = -1
    for digits, start, stop in parts:
        if groups and re.fullmatch(r"[ .\-]{1,3}", digits_only[end:start]):
            groups[-1].append(digits)
        else:
            groups.append([digits])
        end = stop
    for group in groups:
        joined = "".join(group)
        yield joined
        if len(joined) > _ID_LENGTH:
            for first in range(len(group)):
                for last in range(first + 1, len(group) + 1):
                    if len(part := "".join(group[first:last])) == _ID_LENGTH:
                        yield part


def read_phone(text: str) -> Value:
    """A telephone number that exists in the numbering plan (Viet Nam unless it starts with +).

    The value is digits as dialled in Viet Nam ("0912345678"), or E.164 for other countries.

    Raises:
        Refusal: phone_missing, phone_old_prefix (an 11-digit mobile number of before 2018),
            phone_length, phone_several or phone_unknown.
    """
    found = [run for run in _numbers(text) if len(run) >= 3]
    if not found:
        raise Refusal("phone_missing")
    numbers = {run: number for run in found if (number := _dialable(run, "+" in text)) is not None}
    if len({number.national_number for number in numbers.values()}) > 1:
        raise Refusal("phone_several")
    if not numbers:
        raise _phone_fault(max(found, key=len))
    number = next(iter(numbers.values()))
    if number.country_code == _VIET_NAM:
        shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
        return Value(value=re.sub(r"\D", "", shown), display=shown)
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    dialled = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Value(value=dialled, display=shown)


def _dialable(run: str, plus: bool) -> phonenumbers.PhoneNumber | None:
    international = plus or (run.startswith(("84", "0084")) and len(run) >= 11)
    try:
        number = phonenumbers.parse(f"+{run.removeprefix('00')}" if international else run, "VN")
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None


def _phone_fault(run: str) -> Refusal:
    # Mobile numbers of 11 digits became 10 in 2018 (Quyết định 798/QĐ-BTTTT).
    if len(run) == 11 and run.startswith("01"):
        return Refusal("phone_old_prefix")
    return Refusal("phone_unknown") if len(run) == 10 else Refusal("phone_length", count=len(run))


def read_email(text: str) -> Value:
    """An e-mail address, also dictated ("an chấm nguyen a còng gmail chấm com").

    Raises:
        Refusal: email_missing, email_several or email_slip (a known mistyped domain).
    """
    written = fold(text) if not text.isascii() else text
    written = re.sub(r"\s*(?:\ba\s*cong\b|\(at\)|\[at\])\s*", "@", written, flags=re.IGNORECASE)
    if "@" in written:
        written = re.sub(r"\s*\bcham\b\s*", ".", written, flags=re.IGNORECASE)
        written = re.sub(r"\s*@\s*", "@", written)
        written = re.sub(r"(?<=@)(\S+?)\s*\.\s*(?=\w)", r"\1.", written)
    found = {
        match.group().lower() for match in _EMAIL.finditer(written) if ".." not in match.group()
    }
    if not found:
        raise Refusal("email_missing")
    if len(found) > 1:
        raise Refusal("email_several")
    address = found.pop()
    local, domain = address.split("@")
    if domain in _MAIL_SLIPS:
        raise Refusal("email_slip", suggestion=f"{local}@{_MAIL_SLIPS[domain]}")
    return Value(value=address, display=address)
