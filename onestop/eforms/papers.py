"""Papers: uploaded files, or the wish to hand the paper in later."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from onestop.eforms.answers import Answers, Refusal, Value
from onestop.eforms.definition import Field
from onestop.eforms.texts import word
from onestop.eforms.words import fold

MOST_FILES = 10

_LATER = re.compile(
    r"\b(?:(?:nop|bo sung|gui|dua|cung cap)\s+(?:\w+\s+){0,3}?(?:sau|truc tiep|tai quay|tan noi)"
    r"|de sau|sau nhe|nop ban giay|ban giay|(?:mang|dem)\s+(?:\w+\s+){0,3}?(?:den|toi|len|ra|theo)"
    r"|chua co|chua chup|khong co san|chua kip)\b"
)


# One file as the one-stop service took it in: file_id, name, content_type, size (bytes).
UploadedFile = Mapping[str, Any]


def read_files(field: Field, files: Sequence[UploadedFile]) -> Value:
    """Uploaded files as the answer to a paper field.

    Raises:
        Refusal: paper_expected (no file), paper_too_many, paper_empty or paper_type.
    """
    if not files:
        raise Refusal("paper_expected")
    if len(files) > MOST_FILES:
        raise Refusal("paper_too_many", max=MOST_FILES)
    for file in files:
        if file["size"] <= 0:
            raise Refusal("paper_empty", name=file["name"])
        if file["content_type"] not in field.accept:
            raise Refusal(
                "paper_type", name=file["name"], accept=[_suffix(m) for m in field.accept]
            )
    value = {"files": [dict(file) for file in files]}
    return Value(value=value, display=", ".join(file["name"] for file in files))


def file_ids(answers: Answers) -> set[str]:
    """The files that the answers refer to."""
    return {str(file["file_id"]) for file in _files(answers)}


def check_weight(answers: Answers, most_bytes: int) -> None:
    """Whether the files of all papers together are not too heavy.

    Raises:
        Refusal: paper_total_too_large.
    """
    if sum(file["size"] for file in _files(answers)) > most_bytes:
        raise Refusal("paper_total_too_large", megabytes=most_bytes // 1024**2)


def _files(answers: Answers) -> Iterator[UploadedFile]:
    for answer in answers.values():
        if isinstance(answer.value, dict):
            yield from answer.value.get("files", [])


def read_later(field: Field, text: str) -> Value:
    """What was typed instead of a file: the paper comes later, if the field allows it.

    Raises:
        Refusal: paper_now (it may not come later) or paper_expected (something else was typed).
    """
    if not _LATER.search(fold(text)):
        raise Refusal("paper_expected")
    return later(field)


def later(field: Field) -> Value:
    """The answer "this paper comes later".

    Raises:
        Refusal: paper_now, if the paper may not come later.
    """
    if not field.later_allowed:
        raise Refusal("paper_now")
    return Value(value={"later": True}, display=word("paper_later"))


def _suffix(mime_type: str) -> str:
    """What people call a type of file: application/pdf → PDF."""
    return mime_type.rsplit("/", 1)[-1].upper().replace("JPEG", "JPG")
