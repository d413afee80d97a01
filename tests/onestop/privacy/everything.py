"""Everything that a database says, decrypted: what a search for somebody's traces looks through."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cryptography.fernet import InvalidToken, MultiFernet
from sqlalchemy import inspect, text

from common.database import open_engine
from common.settings import settings


def cells(url: str, cipher: MultiFernet | None = None) -> Iterator[tuple[str, str]]:
    """Table and content of every cell, read without our models; what is encrypted, in clear text."""
    cipher = cipher or settings().cipher()
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            for table in inspect(engine).get_table_names():
                quoted = engine.dialect.identifier_preparer.quote(table)
                for row in connection.execute(text(f"SELECT * FROM {quoted}")):
                    for value in row:
                        yield table, _clear(value, cipher)
    finally:
        engine.dispose()


def _clear(value: object, cipher: MultiFernet) -> str:
    if not isinstance(value, bytes | memoryview):
        return json.dumps(value, ensure_ascii=False, default=str)
    try:
        found = cipher.decrypt(bytes(value)).decode()
    except InvalidToken:
        return bytes(value).decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(found), ensure_ascii=False)
    except ValueError:
        return found


def tables_with(url: str, *traces: str) -> dict[str, set[str]]:
    """For each trace the tables that hold it."""
    found: dict[str, set[str]] = {trace: set() for trace in traces}
    for table, content in cells(url):
        for trace in traces:
            if trace in content:
                found[trace].add(table)
    return found
