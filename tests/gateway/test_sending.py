"""The sender: in order, within the rate, tried again or given up by what the platform says.

The names say which row of the shared facts ("errors", "rate", "window") a test pins.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from common.database import Database, now
from gateway import inbox, outbox, queue, sending
from gateway.channels.errors import NotSentError, Remedy
from gateway.channels.limits import limits_of
from gateway.channels.manner import Manner
from gateway.channels.platform import Platform
from gateway.metrics import Metrics
from gateway.models import Direction, Message, State
from gateway.rendering import Part
from gateway.sending import Sender
from tests.gateway.fakes import until

CITIZEN = "zalo:1"


class FakePlatform(Platform):
    """Takes messages, or fails as planned."""

    name = "zalo"

    def __init__(self, *faults: NotSentError | None, per_second: float = 1_000) -> None:
        limits = limits_of("zalo")
        assert limits
        self.limits = limits.model_copy(update={"per_second": per_second, "text": 30})
        self.faults = list(faults)
        self.sent: list[tuple[str, Part, Manner]] = []
        self.hang = False

    async def send(self, user: str, part: Part, manner: Manner) -> None:
        if self.hang:
            await asyncio.sleep(60)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        self.sent.append((user, part, manner))

    @property
    def texts(self) -> list[str]:
        return [part.text for _, part, _ in self.sent]


# The rest of a platform is not sending's business.
FakePlatform.__abstractmethods__ = frozenset()  # type: ignore[misc]


def failure(remedy: Remedy) -> NotSentError:
    return NotSentError(remedy, "zalo -1")


def say(database: Database, *texts: str, sender: str = CITIZEN, heard: bool = True) -> list[int]:
    """The citizen writes (unless not `heard`), and these replies are to be sent."""
    if heard:
        body = {"text": "chào", "payload": None, "attachments": []}
        database.transact(inbox.keep, sender, "zalo", texts[0], body, 1_000)
    bodies: list[dict[str, Any]] = [{"text": one} for one in texts]
    return [row.id for row in database.transact(outbox.put, sender, "zalo", bodies)]


def row(database: Database, number: int) -> Message:
    with database.sessions() as session:
        return session.get_one(Message, number)


def worker(database: Database, platform: Platform, **options: Any) -> Sender:
    options = {"retry_seconds": (0.0, 0.0), **options}
    return Sender(database, platform, "https://a.vn", Metrics(), **options)


async def work(database: Database, *senders: Sender) -> None:
    """Let senders work until nothing waits."""
    tasks = [asyncio.create_task(one.run()) for one in senders]
    open_ones = select(Message.id).where(Message.state.in_((State.UNSENT, State.SENDING)))

    async def idle() -> bool:
        return not await database.read(lambda session: session.scalars(open_ones).all())

    try:
        await until(idle)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_replies_arrive_in_order_each_once_from_two_workers(
    gateway_database: Database,
) -> None:
    platform = FakePlatform()
    for sender in ("zalo:1", "zalo:2", "zalo:3"):
        say(gateway_database, *(f"{sender} {n}" for n in range(8)), sender=sender)
    await work(gateway_database, *(worker(gateway_database, platform) for _ in range(2)))
    for user in "123":
        texts = [part.text for one, part, _ in platform.sent if one == user]
        assert texts == [f"zalo:{user} {n}" for n in range(8)]


async def test_a_passing_fault_is_tried_again_and_then_seen_by_staff(
    gateway_database: Database,
) -> None:
    platform = FakePlatform(failure(Remedy.RETRY), None, *[failure(Remedy.RETRY)] * 3)
    first, second = say(gateway_database, "một", "hai")
    await work(gateway_database, worker(gateway_database, platform))
    assert platform.texts == ["một"]
    assert row(gateway_database, first).state == State.SENT
    assert (row(gateway_database, second).state, row(gateway_database, second).reason) == (
        State.FAILED,
        "zalo -1",
    )
    assert row(gateway_database, second).attempts == 3


@pytest.mark.parametrize(
    ("remedy", "state"),
    [
        (Remedy.UNREACHABLE, State.FAILED),
        (Remedy.GIVE_UP, State.FAILED),
        (Remedy.CLOSED, State.HELD),
    ],
)
async def test_row_errors_what_trying_again_cannot_help_is_not_tried_again(
    gateway_database: Database, remedy: Remedy, state: State
) -> None:
    platform = FakePlatform(failure(remedy))
    first = say(gateway_database, "một", "hai")[0]
    await work(gateway_database, worker(gateway_database, platform))
    assert row(gateway_database, first).state == state
    assert platform.texts == ["hai"]


async def test_row_rate_32_rests_the_whole_channel_and_loses_no_try(
    gateway_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "SLOW_DOWN_SECONDS", (0.5,))
    platform = FakePlatform(*[failure(Remedy.SLOW_DOWN)] * 4)
    for user in range(6):
        say(gateway_database, "chào", sender=f"zalo:{user}")
    begun = time.monotonic()
    await work(gateway_database, worker(gateway_database, platform))
    assert len(platform.sent) == 6
    assert time.monotonic() - begun >= 0.5
    with gateway_database.sessions() as session:
        sent = select(Message).where(Message.direction == Direction.OUTGOING)
        assert {one.attempts for one in session.scalars(sent)} == {1}


async def test_row_errors_234_at_night_waits_an_hour_and_loses_no_try(
    gateway_database: Database,
) -> None:
    platform = FakePlatform(failure(Remedy.WAIT))
    (number,) = say(gateway_database, "chào")
    task = asyncio.create_task(worker(gateway_database, platform).run())

    async def put_off() -> bool:
        found = row(gateway_database, number)
        return found.state == State.UNSENT and found.reason is not None

    await until(put_off)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    found = row(gateway_database, number)
    assert found.due_at is not None
    assert found.due_at > now() + timedelta(minutes=55)
    assert found.attempts == 0


async def test_row_rate_messages_keep_their_distance(gateway_database: Database) -> None:
    platform = FakePlatform(per_second=20)
    for user in range(10):
        say(gateway_database, "chào", sender=f"zalo:{user}")
    begun = time.monotonic()
    await work(gateway_database, worker(gateway_database, platform))
    assert time.monotonic() - begun >= 9 / 20


async def test_a_worker_that_takes_over_goes_on_with_the_next_part(
    gateway_database: Database,
) -> None:
    text = "Câu một có hai mươi chữ số. Câu hai cũng dài như thế."
    (number,) = say(gateway_database, text)
    platform = FakePlatform(None, failure(Remedy.RETRY))
    await work(gateway_database, worker(gateway_database, platform))
    assert platform.texts == ["Câu một có hai mươi chữ số.", "Câu hai cũng dài như thế."]
    assert row(gateway_database, number).parts_sent == 2


async def test_a_dead_workers_message_is_taken_over_and_its_note_refused(
    gateway_database: Database,
) -> None:
    (number,) = say(gateway_database, "chào")
    taken = gateway_database.transact(queue.claim, queue.SENDING, "dead", 5, 60.0)
    assert [one.id for one in taken] == [number]
    past = now() - timedelta(seconds=1)
    with gateway_database.sessions.begin() as session:
        session.execute(update(Message).where(Message.id == number).values(lease_until=past))
    platform = FakePlatform()
    await work(gateway_database, worker(gateway_database, platform))
    assert platform.texts == ["chào"]
    with pytest.raises(queue.ClaimLostError):
        gateway_database.transact(queue.hold, queue.SENDING, number, "dead", 1, state=State.SENT)


async def test_a_worker_that_is_stopped_frees_its_message_without_counting_the_try(
    gateway_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.worker.STOP_SECONDS", 0.05)
    (number,) = say(gateway_database, "chào")
    platform = FakePlatform()
    platform.hang = True
    task = asyncio.create_task(worker(gateway_database, platform).run())

    async def sending_it() -> bool:
        return row(gateway_database, number).state == State.SENDING

    await until(sending_it)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    found = row(gateway_database, number)
    assert (found.state, found.attempts) == (State.UNSENT, 0)


async def test_row_window_an_answer_after_48_hours_is_held_for_the_next_visit(
    gateway_database: Database,
) -> None:
    (number,) = say(gateway_database, "tin mới")
    long_ago = now() - timedelta(hours=48, minutes=1)
    with gateway_database.sessions.begin() as session:
        session.execute(
            update(Message)
            .where(Message.direction == Direction.INCOMING)
            .values(created_at=long_ago)
        )
    platform = FakePlatform()
    await work(gateway_database, worker(gateway_database, platform))
    assert (row(gateway_database, number).state, platform.sent) == (State.HELD, [])
    with gateway_database.sessions.begin() as session:
        month_ago = now() - timedelta(days=30)
        session.execute(update(Message).where(Message.id == number).values(created_at=month_ago))
    # The citizen comes back.
    say(gateway_database, "chào lại")
    gateway_database.transact(outbox.resume, CITIZEN)
    await work(gateway_database, worker(gateway_database, platform))
    assert platform.texts == ["tin mới", "chào lại"]


async def test_nobody_is_written_to_who_never_wrote(gateway_database: Database) -> None:
    (number,) = say(gateway_database, "tin mới", heard=False)
    platform = FakePlatform()
    await work(gateway_database, worker(gateway_database, platform))
    assert (row(gateway_database, number).state, platform.sent) == (State.HELD, [])


async def test_row_images_a_refused_picture_goes_as_its_address(
    gateway_database: Database,
) -> None:
    say(gateway_database, "x")
    body = {"text": "Quét mã này.", "image": "/q.png"}
    gateway_database.transact(outbox.put, CITIZEN, "zalo", [body])
    platform = FakePlatform(None, failure(Remedy.GIVE_UP))
    await work(gateway_database, worker(gateway_database, platform))
    assert "https://a.vn/q.png" in platform.texts[1]
    assert platform.texts[2] == "Quét mã này."
