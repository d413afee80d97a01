"""Finding and opening the files of records: folders or files, JSON lines or JSON, plain or gzip."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

SUFFIXES = (".jsonl", ".jsonl.gz", ".json", ".json.gz")


class UnreadableFileError(OSError):
    """A file that cannot be opened, unpacked or decoded; the message names it and says why."""


@dataclass(frozen=True)
class Raw:
    """A record as it stands in a file: its line (in a list, its number) from 1, and the JSON.

    `of` is the number of lines or records in the file; `fault` says why there is no JSON.
    """

    line: int
    of: int
    record: object = None
    fault: str = ""


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files named by `paths`: themselves, or all JSON files under a folder, in order of name.

    Raises:
        UnreadableFileError: if a path does not exist.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(sorted(file for file in path.rglob("*") if file.name.endswith(SUFFIXES)))
        elif path.is_file():
            found.append(path)
        else:
            raise UnreadableFileError(f"{path}: no such file or folder")
    return list(dict.fromkeys(found))


def read_raw(path: Path) -> Iterator[Raw]:
    """Yield the records of a file one by one.

    Raises:
        UnreadableFileError: if the file cannot be opened, unpacked or decoded.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"{path}: {error}") from error
    yield from read_content(content, str(path))


def read_content(content: bytes, name: str, most: int | None = None) -> Iterator[Raw]:
    """Yield the records of a file's content one by one.

    Args:
        content: the bytes, packed or not.
        name: for messages.
        most: how many bytes it may be unpacked; None: any number.

    Raises:
        UnreadableFileError: if it cannot be unpacked or decoded, or is larger.
    """
    try:
        if content[:2] == b"\x1f\x8b":
            with gzip.open(io.BytesIO(content)) as packed:
                content = packed.read(-1 if most is None else most + 1)
        if most is not None and len(content) > most:
            raise UnreadableFileError(f"{name}: larger than {most} bytes")
        text = content.decode("utf-8-sig")
    except UnreadableFileError:
        raise
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise UnreadableFileError(f"{name}: {error}") from error
    lines = text.split("\n")
    if _is_one_document(lines):
        yield from _read_document(text)
        return
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _decode(number, len(lines), line)


def _is_one_document(lines: list[str]) -> bool:
    """Whether the lines are one JSON document: a list, or an object spread over several lines."""
    first = next((line.strip() for line in lines if line.strip()), "")
    return first.startswith("[") or first == "{"


def _read_document(text: str) -> Iterator[Raw]:
    whole = _decode(1, 1, text)
    if whole.fault or not isinstance(whole.record, list):
        yield whole
        return
    for number, record in enumerate(whole.record, 1):
        yield Raw(number, len(whole.record), record)


def _decode(line: int, of: int, text: str) -> Raw:
    try:
        return Raw(line, of, json.loads(text))
    except (ValueError, RecursionError) as error:
        return Raw(line, of, fault=f"not JSON: {error}")
