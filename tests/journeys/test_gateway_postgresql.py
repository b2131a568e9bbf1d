from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from benchmarks.serving import serve_gateway

from anxin.gateway.control import START, ControlRow, ControlUnreachable, ControlWriter, open_control
from anxin.gateway.control_feed import ControlFeed, ControlPlace
from tests.journeys.patience import PATIENCE_SECONDS, wait_until
from tests.journeys.shop import POLICY, Shop, payment
from tests.postgresql import postgresql


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with postgresql() as address:
        yield address


@pytest.fixture(autouse=True)
def empty(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS control_stream")


def write(url: str, *kinds: str, organisation: str = "demo", body: object = None) -> list[int]:
    table = open_control(url)
    try:
        return [ControlWriter(table).append(organisation, kind, body or {}, at=5) for kind in kinds]
    finally:
        table.close()


def test_rows_are_numbered_and_read_as_they_were_written(url: str) -> None:
    assert write(url, "a", "b") == [1, 2]
    table = open_control(url)
    assert table.rows_after(1, 10) == [ControlRow(2, "demo", 5, "b", "{}")]
    assert table.rows_through("demo", 1) == [table.row(1)]
    assert table.rows_of("demo", "b", 0, 10) == [table.row(2)]
    assert table.rows_of("demo", "b", 2, 10) == table.rows_of("other", "b", 0, 10) == []
    assert table.row(3) is None
    table.close()


def test_an_order_reaches_a_running_gateway(url: str, tmp_path: Path) -> None:
    with serve_gateway(tmp_path / "data", POLICY, control_url=url) as served:
        shop = Shop(served)
        hold = {"entity_kind": "user", "entity_id": "pg-1", "verdict": "block", "measure": "m"}
        write(url, "hold.place", body=hold)
        wait_until(lambda: shop.get("/v1/holds/user/pg-1").json["verdict"] == "block")
        assert shop.decide(payment("pg-1"))["verdict"] == "block"


def test_a_changed_past_is_seen(url: str) -> None:
    write(url, "a", "b")
    states: list[str] = []

    async def scenario() -> None:
        feed = ControlFeed(
            lambda: open_control(url),
            {"demo": ControlPlace(2, START)},
            loop=asyncio.get_running_loop(),
            prepare=lambda row: None,
            deliver=lambda rows, taken: taken(),
            state=states.append,
        )
        feed.start()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not states:
                await asyncio.sleep(0.01)
        await asyncio.to_thread(feed.stop)

    asyncio.run(scenario())
    assert states == ["control_diverged"]


def test_a_table_out_of_reach_is_told_as_such() -> None:
    with pytest.raises(ControlUnreachable):
        open_control("postgresql://127.0.0.1:1/none?connect_timeout=1")
