"""How long the pages of transcripts take with a million messages stored, on SQLite and on PostgreSQL.

`python -m benchmarks.transcripts [--messages 1000000] [--keep DIRECTORY]`: loads synthetic conversations (half
of the messages are citizens', half replies), then asks for each page several times, and prints one JSON line a
database: milliseconds of the median and of the slowest, with the median's processor time in this process. For
PostgreSQL too: `bash scripts/postgres.sh .venv/bin/python -m benchmarks.transcripts`. `--groups 20000` times
instead the grouping of so many misunderstood messages.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from common.database import Database
from common.migrations import downgrade, upgrade
from common.settings import settings
from onestop.catalogue.search import lexicon
from onestop.staff.scope import Scope
from onestop.transcripts import listing, reviewing, words
from onestop.transcripts.clustering import Message
from onestop.transcripts.clustering.near import clusters
from onestop.transcripts.models import Conversation, Turn
from onestop.transcripts.schemas import Filter

TIMES = 7
BATCH = 5_000
LONGEST = 1_000
ALL = Scope()
START = datetime(2026, 1, 1, tzinfo=UTC)
INTENTS = [f"ask_{n}" for n in range(40)]
SUBJECTS = (
    "đăng ký khai sinh", "cấp lại giấy phép lái xe", "đăng ký tạm trú", "lý lịch tư pháp",
    "đăng ký kết hôn", "cấp đổi căn cước", "đăng ký hộ kinh doanh", "sang tên xe",
)  # fmt: skip
ASKING = ("lệ phí {} bao nhiêu", "làm {} ở đâu", "{} cần giấy tờ gì", "cho em hỏi {} mất mấy ngày")


def vocabulary() -> tuple[list[str], list[float]]:
    """Thousands of syllable-like words with the frequencies of a language (Zipf)."""
    onsets = ["", *"bcdđghklmnpqrstvx", "th", "tr", "ch", "ph", "nh", "kh", "gi"]
    vowels = [*"aăâeêioôơuưy", "ai", "ao", "au", "oi", "ươi", "iê", "uô"]
    ends = ["", "n", "m", "ng", "t", "c", "p", "nh"]
    made = [onset + vowel + end for onset in onsets for vowel in vowels for end in ends]
    return made, list(accumulate(1 / rank for rank in range(1, len(made) + 1)))


def sentences(
    chance: random.Random, pattern: str, counts: tuple[int, int], size: int
) -> list[tuple[str, str]]:
    """Sentences about the subjects, each with its words as they are indexed."""
    known, weights = vocabulary()
    made = []
    for _ in range(size):
        count = chance.randint(*counts)
        said = " ".join(chance.choices(known, cum_weights=weights, k=count))
        sentence = f"{pattern.format(chance.choice(SUBJECTS))} {said}"
        made.append((sentence, words.words(sentence)))
    return made


def conversations(turns: int) -> Iterator[tuple[list[Any], list[list[Any]], list[list[Any]]]]:
    """Rows of conversations, turns and index as the tables have them; one has `LONGEST` turns, most a few."""
    chance = random.Random(7)
    asked = [one for pattern in ASKING for one in sentences(chance, pattern, (2, 8), 5_000)]
    replied = sentences(chance, "Dạ, thủ tục {}:", (35, 35), 5_000)
    clear = settings().cipher().encrypt(b'{"text": "x", "reply": "x", "entities": []}')
    intents = '[{"name": "ask_1", "confidence": 0.1}, {"name": "ask_2", "confidence": 0.05}]'
    found = '[{"code": "1.004194", "name": "Khai sinh", "score": 0.9}]'
    turn, conversation, left = 0, 0, turns
    while left > 0:
        conversation += 1
        length = LONGEST if conversation == 10 else min(left, 1 + int(chance.expovariate(1 / 6)))
        left -= length
        at = START + timedelta(seconds=conversation * 300)
        made, indexed, fallbacks, lowest = [], [], 0, 1.0
        for number in range(1, length + 1):
            turn += 1
            (text_, of_text), (reply, of_reply) = chance.choice(asked), chance.choice(replied)
            doubt = chance.random()
            fallbacks, lowest = fallbacks + (doubt > 0.95), min(lowest, 1 - doubt / 2)
            judged = doubt > 0.99
            understood = [chance.random() < 0.6, chance.choice(INTENTS), 1 - doubt / 2, intents]
            came = ["[]", found, '["action_explain"]', "", doubt > 0.95, 40]
            lot = [doubt, chance.randint(0, 2**31 - 1), True if judged else None, judged, "", None]
            said = [turn, conversation, number, at + timedelta(seconds=20 * number), text_, reply]
            made.append([*said, clear, *understood, *came, *lot])
            indexed.append([turn, f"{of_text} {of_reply}"])
        channel = chance.choice(("web", "web", "zalo", "messenger"))
        outcome = chance.choice(("asked", "asked", "started", "submitted"))
        field, stars = chance.choice(("", "name", "birth_date")), chance.choice((None, None, 5, 1))
        row = [conversation, f"web:{conversation}", 0, channel, at, made[-1][3], length, fallbacks]
        row += [lowest, f"1.{conversation % 2000:06}", outcome, field, stars]
        yield [*row, chance.random() < 0.03, "", "", None], made, indexed


def _as_sqlite(value: Any) -> Any:
    """A value as SQLAlchemy keeps it in SQLite."""
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value


def load(database: Database, turns: int) -> None:
    """Fill an empty database in batches with the driver's own statements: an hour less than with models."""
    postgres = database.engine.dialect.name == "postgresql"
    mark = "%s" if postgres else "?"

    def insert(table: str, rows: list[list[Any]], values: str = "") -> None:
        values = values or ", ".join([mark] * len(rows[0]))
        told = rows if postgres else [[_as_sqlite(value) for value in row] for row in rows]
        cursor.executemany(f"INSERT INTO {table} VALUES ({values})", told)

    columns = [
        [column.name for column in model.__table__.columns] for model in (Conversation, Turn)
    ]
    tables = [
        f"{name} ({', '.join(names)})"
        for name, names in zip(("conversations", "turns"), columns, strict=True)
    ]
    index = "turn_words (turn_id, words)" if postgres else "turn_words (rowid, words)"
    raw = database.engine.raw_connection()
    cursor = raw.cursor()
    if not postgres:
        cursor.execute("BEGIN")
    batch: list[list[list[Any]]] = [[], [], []]

    def flush() -> None:
        insert(tables[0], batch[0])
        insert("conversation_procedures (code, conversation_id)", [[r[9], r[0]] for r in batch[0]])
        labelled = [["khó hiểu", r[0]] for r in batch[0] if r[0] % 500 == 0]
        if labelled:
            insert("conversation_labels (label, conversation_id)", labelled)
        insert(tables[1], batch[1])
        insert(index, batch[2], f"{mark}, to_tsvector('simple', {mark})" if postgres else "")
        for one in batch:
            one.clear()

    for conversation, made, indexed in conversations(turns):
        batch[0].append(conversation)
        batch[1] += made
        batch[2] += indexed
        if len(batch[1]) >= BATCH:
            flush()
    if batch[0]:
        flush()
    raw.commit()
    raw.close()
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def pages(database: Database, turns: int) -> dict[str, Callable[[Session], Any]]:
    """The pages that are timed, by name."""
    rare = vocabulary()[0][-1]
    middle = turns // 2

    def listed(before: int | None = None, **wanted: Any) -> Callable[[Session], Any]:
        return lambda session: listing.page(session, ALL, Filter.model_validate(wanted), before)

    with database.sessions() as session:
        last = session.scalar(select(Conversation.id).order_by(Conversation.id.desc()).limit(1))
    day = START.date() + timedelta(days=30)
    return {
        "list": listed(),
        "list, in the middle": listed((last or 0) // 2),
        "list of a day": listed(since=day, until=day),
        "list by a rare label": listed(label="khó hiểu"),
        "list by intent": listed(intent=INTENTS[3]),
        "list by procedure": listed(procedure="1.000777"),
        "list by four filters": listed(
            channel="zalo", outcome="left", fallback=True, reviewed=False, field="birth_date"
        ),
        "list that finds nothing": listed(channel="web", stars=2),
        "search, common words": listed(q="khai sinh"),
        "search, common words, in the middle": listed(middle, q="khai sinh"),
        "search, a phrase": listed(q='"giấy phép lái xe"'),
        "search, a rare word": listed(q=rare),
        "search and filters": listed(q="khai sinh", channel="zalo", stars=1),
        "search and a rare filter": listed(q="khai sinh", label="khó hiểu"),
        "conversation": lambda session: listing.part(session, ALL, 5),
        "long conversation, its end": lambda session: listing.part(session, ALL, 10, LONGEST - 40),
        "queue": lambda session: reviewing.uncertain(session, ALL),
        "sample": lambda session: reviewing.sample(session, ALL),
        "quality": lambda session: reviewing.quality(session, ALL),
    }


def measure(database: Database, turns: int) -> dict[str, dict[str, float]]:
    """Milliseconds of each page."""
    figures = {}
    for name, work in pages(database, turns).items():
        walls, cpus = [], []
        for _ in range(TIMES):
            started, cpu = time.perf_counter(), time.thread_time()
            database.query(work)
            walls.append((time.perf_counter() - started) * 1000)
            cpus.append((time.thread_time() - cpu) * 1000)
        figures[name] = {
            "median": round(statistics.median(walls), 1),
            "slowest": round(max(walls), 1),
            "cpu": round(statistics.median(cpus), 1),
        }
    return figures


def grouped(count: int) -> dict[str, float]:
    """Seconds and memory for grouping messages: half about the subjects in other words, half about anything."""
    chance = random.Random(5)
    made = [one for pattern in ASKING for one, _ in sentences(chance, pattern, (1, 4), count // 8)]
    known, weights = vocabulary()
    made += [
        " ".join(chance.choices(known, cum_weights=weights, k=chance.randint(3, 9)))
        for _ in range(count - len(made))
    ]
    messages = [Message(number, number, text) for number, text in enumerate(made)]
    started = time.perf_counter()
    found = clusters(messages, lexicon.shipped())
    return {
        "grouped_messages": count,
        "seconds": round(time.perf_counter() - started, 1),
        "groups": len(found),
        "in_groups": sum(len(one.members) for one in found),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Measure on every database that is there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="keep the SQLite database here and use it again")
    parser.add_argument("--groups", type=int, metavar="MESSAGES", help="time the grouping instead")
    options = parser.parse_args()
    if options.groups:
        print(json.dumps(grouped(options.groups)))
        return
    turns = options.messages // 2
    postgres = os.environ.get("MOTCUA_TEST_POSTGRES_URL")
    with TemporaryDirectory() as scratch:
        directory = options.keep or Path(scratch)
        for url in (f"sqlite:///{directory}/transcripts.db", *([postgres] if postgres else [])):
            upgrade("onestop", url)
            database = Database(url)
            filled = database.query(lambda session: session.scalar(select(Turn.id).limit(1)))
            started = time.perf_counter()
            if filled is None:
                load(database, turns)
            loaded = round(time.perf_counter() - started)
            figures = measure(database, turns)
            slowest = max(one["median"] for one in figures.values())
            told = {"database": database.engine.dialect.name, "messages": turns * 2}
            print(
                json.dumps({**told, "load_s": loaded, "slowest_median_ms": slowest, "ms": figures})
            )
            database.close()
            if url == postgres:
                downgrade("onestop", url)


if __name__ == "__main__":
    main()
