"""What Prometheus is shown, and to whom."""

from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from common.database import Database
from gateway import inbox, queue
from tests.gateway.fakes import Client, Connect, open_session, until
from tests.platforms import zalo

TOKEN = "a-token-of-prometheus"
Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def scraped(client: Client) -> Figures:
    async with client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        families = text_string_to_metric_families(await response.text())
    return {
        (
            sample.name.removeprefix("motcua_gateway_"),
            tuple(sorted(sample.labels.items())),
        ): sample.value
        for family in families
        for sample in family.samples
    }


def on(channel: str, **labels: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({"channel": channel, **labels}.items()))


@pytest.mark.parametrize(
    ("setting", "shown"),
    [("", ""), ("", "Bearer "), (TOKEN, ""), (TOKEN, "Bearer x"), (TOKEN, "Bearer đ")],
)
async def test_without_the_token_there_is_nothing(
    connect: Connect, setting: str, shown: str
) -> None:
    client = await connect(metrics_token=setting)
    async with client.get("/metrics", headers={"Authorization": shown}) as response:
        assert response.status == 404
        assert "motcua_gateway" not in await response.text()


async def test_turns_webhooks_and_refusals_are_counted_and_measured(connect_zalo: Connect) -> None:
    client = await connect_zalo(metrics_token=TOKEN)
    headers = await open_session(client)
    async with client.post("/api/chat/messages", json={"text": "chào"}, headers=headers):
        pass
    await zalo.tell(client.post, zalo.text("chào"))
    async with client.post("/webhooks/zalo", data=b'{"forged": 1}'):
        pass

    # An answer is kept, and may be on its way, a moment before its turn is counted.
    wanted = {
        ("turn_seconds_count", on("web")),
        ("turn_seconds_count", on("zalo")),
        ("send_seconds_count", on("zalo")),
    }

    async def counted() -> Figures | None:
        figures = await scraped(client)
        return figures if wanted <= figures.keys() else None

    figures = await until(counted)
    assert figures["sessions_opened_total", on("web", reason="")] == 1
    assert figures["turn_seconds_count", on("web")] == 1
    assert figures["turn_seconds_count", on("zalo")] == 1
    assert figures["webhook_seconds_count", on("zalo")] == 2
    assert figures["events_kept_total", on("zalo", reason="")] == 1
    assert figures["webhooks_refused_total", on("zalo", reason="forged")] == 1
    assert any(name == "process_resident_memory_bytes" for name, _ in figures)


def test_what_is_on_its_way_is_told_by_channel_and_state(gateway_database: Database) -> None:
    body = {"text": "a", "payload": None, "attachments": []}
    for number in range(3):
        gateway_database.transact(inbox.keep, f"zalo:{number}", "zalo", "k", body, 9)
    (turn,) = gateway_database.transact(inbox.claim, "worker", 1, 60)
    gateway_database.transact(inbox.fail, turn, {"text": "b"})
    gateway_database.transact(inbox.claim, "worker", 1, 60)
    depths = gateway_database.query(queue.depths)
    assert {(one.channel, one.state, one.count) for one in depths} == {
        ("zalo", "waiting", 1),
        ("zalo", "processing", 1),
        ("zalo", "unsent", 1),
        ("zalo", "failed", 1),
    }
    assert all(0 <= one.oldest_seconds < 60 for one in depths)


# PostgreSQL chooses by its statistics.
@pytest.mark.parametrize("gateway_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("states", queue.ON_THE_WAY)
def test_it_is_read_from_indexes_however_long_the_history_is(
    gateway_database: Database, states: str
) -> None:
    asked = f"EXPLAIN QUERY PLAN SELECT channel, count(*) FROM messages WHERE state {states}"
    plan = gateway_database.query(lambda session: session.execute(text(asked)).all())
    assert "USING INDEX" in str(plan)
