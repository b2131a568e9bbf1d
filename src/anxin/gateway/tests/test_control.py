import asyncio
import functools
import sqlite3
from collections.abc import Callable, Coroutine
from pathlib import Path

import pytest

from anxin.gateway.control import (
    LONGEST_BODY,
    START,
    ControlOversized,
    ControlRow,
    ControlTable,
    ControlUnreachable,
    ControlWriter,
    SqliteControl,
)
from anxin.gateway.control_feed import ControlFeed, ControlPlace


def in_loop(test: Callable[..., Coroutine[None, None, None]]) -> Callable[..., None]:
    """Run a test inside an event loop of its own."""

    @functools.wraps(test)
    def run(**fixtures: object) -> None:
        asyncio.run(test(**fixtures))

    return run


class Reading:
    """A feed over one file, with all it says."""

    def __init__(
        self,
        path: Path,
        place: ControlPlace | None = None,
        open_table: Callable[[Path], ControlTable] = SqliteControl,
    ) -> None:
        self.rows: list[ControlRow] = []
        self.states: list[str] = []
        self.feed = ControlFeed(
            lambda: open_table(path),
            {"shop": place or ControlPlace()},
            loop=asyncio.get_running_loop(),
            prepare=lambda row: None,
            deliver=self._take,
            state=self.states.append,
        )
        self.feed.start()

    def _take(self, rows: list[ControlRow], taken: Callable[[], None]) -> None:
        self.rows += rows
        taken()

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(300):
            while not condition():
                await asyncio.sleep(0.005)


def write(path: Path, *names: str, organisation: str = "shop") -> list[int]:
    table = SqliteControl(path)
    try:
        writer = ControlWriter(table)
        return [writer.append(organisation, "list.put", {"list": name}, at=5) for name in names]
    finally:
        table.close()


def chain(rows: list[ControlRow]) -> bytes:
    value = START
    for row in rows:
        value = row.chain(value)
    return value


def test_rows_are_numbered_from_one_without_gaps(tmp_path: Path) -> None:
    path = tmp_path / "control.sqlite3"
    assert write(path, "a", "b") == [1, 2]
    assert write(path, "c") == [3]
    table = SqliteControl(path)
    assert table.rows_after(1, 10) == [
        ControlRow(2, "shop", 5, "list.put", '{"list":"b"}'),
        ControlRow(3, "shop", 5, "list.put", '{"list":"c"}'),
    ]
    table.close()


def test_a_new_stream_waits_for_another_program_that_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(tmp_path / "control.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    pauses: list[float] = []

    def make_way(seconds: float) -> None:
        pauses.append(seconds)
        if other.in_transaction:
            other.execute("COMMIT")

    monkeypatch.setattr("anxin.gateway.control.time.sleep", make_way)
    table = SqliteControl(tmp_path / "control.sqlite3")
    assert table.append([("shop", 1, "a", "{}")]) == [1]
    assert len(pauses) == 1
    table.close()
    other.close()


def test_a_stream_that_others_keep_locked_is_out_of_reach(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anxin.gateway.control._BUSY_SECONDS", 0.0)
    other = sqlite3.connect(tmp_path / "control.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ControlUnreachable, match="locked"):
        SqliteControl(tmp_path / "control.sqlite3")
    other.close()


def test_rows_of_one_kind_are_read_page_by_page(tmp_path: Path) -> None:
    table = SqliteControl(tmp_path / "control.sqlite3")
    table.append([(name, 1, kind, "{}") for kind in ("a", "b", "a") for name in ("shop", "bank")])
    assert [row.seq for row in table.rows_of("shop", "a", 0, 10)] == [1, 5]
    assert [row.seq for row in table.rows_of("shop", "a", 0, 1)] == [1]
    assert [row.seq for row in table.rows_of("shop", "a", 1, 10)] == [5]
    assert table.rows_of("nobody", "a", 0, 10) == []
    table.close()


def test_a_refused_batch_leaves_nothing(tmp_path: Path) -> None:
    table = SqliteControl(tmp_path / "control.sqlite3")
    with pytest.raises(ControlUnreachable):
        table.append([("shop", 1, "x", "{}"), ("shop", 1, "x", None)])
    assert table.rows_after(0, 10) == []
    assert table.append([("shop", 1, "x", "{}")]) == [1]
    table.close()


@in_loop
async def test_rows_of_another_process_arrive_in_order(tmp_path: Path) -> None:
    path = tmp_path / "control.sqlite3"
    write(path, "a")
    reading = Reading(path)
    await reading.wait_for(lambda: len(reading.rows) == 1)
    write(path, "b", "c")
    await reading.wait_for(lambda: len(reading.rows) == 3)
    assert [row.seq for row in reading.rows] == [1, 2, 3]
    assert reading.states == ["ok"]
    await asyncio.to_thread(reading.feed.stop)


@in_loop
async def test_reading_goes_on_behind_what_is_known(tmp_path: Path) -> None:
    path = tmp_path / "control.sqlite3"
    write(path, "a", "b")
    table = SqliteControl(path)
    known = table.rows_through("shop", 1)
    table.close()
    reading = Reading(path, ControlPlace(1, chain(known)))
    await reading.wait_for(lambda: bool(reading.rows))
    assert [row.seq for row in reading.rows] == [2]
    await asyncio.to_thread(reading.feed.stop)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM control_stream WHERE seq = 2",
        "UPDATE control_stream SET body = '{}' WHERE seq = 1",
        "UPDATE control_stream SET organisation = 'stall' WHERE seq = 2",
        "DELETE FROM control_stream",
    ],
)
@in_loop
async def test_a_stream_that_changed_its_past_is_not_read_on(tmp_path: Path, change: str) -> None:
    path = tmp_path / "control.sqlite3"
    write(path, "a", "b")
    table = SqliteControl(path)
    place = ControlPlace(2, chain(table.rows_through("shop", 2)))
    table.close()
    with sqlite3.connect(path) as connection:
        connection.execute(change)
    connection.close()
    write(path, "new", "newer")
    reading = Reading(path, place)
    await reading.wait_for(lambda: bool(reading.states))
    assert (reading.states, reading.rows) == (["control_diverged"], [])
    await asyncio.to_thread(reading.feed.stop)


@in_loop
async def test_going_back_under_way_is_seen_and_healing_too(tmp_path: Path) -> None:
    path = tmp_path / "control.sqlite3"
    write(path, "a", "b")
    reading = Reading(path)
    await reading.wait_for(lambda: len(reading.rows) == 2)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM control_stream WHERE seq = 2")
    connection.close()
    await reading.wait_for(lambda: reading.states == ["ok", "control_diverged"])
    write(path, "b", "c")
    await reading.wait_for(lambda: len(reading.rows) == 3)
    assert [row.body for row in reading.rows] == ['{"list":"a"}', '{"list":"b"}', '{"list":"c"}']
    assert reading.states == ["ok", "control_diverged", "ok"]
    await asyncio.to_thread(reading.feed.stop)


@in_loop
async def test_a_replaced_file_is_opened_anew_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "control.sqlite3"
    write(path, "a", "b")
    reading = Reading(path)
    await reading.wait_for(lambda: len(reading.rows) == 2)
    other = tmp_path / "other.sqlite3"
    write(other, "z")
    other.replace(path)
    await reading.wait_for(lambda: "control_diverged" in reading.states)
    assert len(reading.rows) == 2
    await asyncio.to_thread(reading.feed.stop)


def test_an_order_too_long_for_the_log_is_refused_by_the_writer(tmp_path: Path) -> None:
    table = SqliteControl(tmp_path / "control.sqlite3")
    with pytest.raises(ControlOversized):
        ControlWriter(table).append("shop", "policy.publish", "x" * LONGEST_BODY, at=1)
    assert table.rows_after(0, 1) == []
    table.close()


@in_loop
async def test_reading_stops_before_an_order_too_long_for_the_log(tmp_path: Path) -> None:
    path = tmp_path / "control.sqlite3"
    table = SqliteControl(path)
    table.append([("shop", 1, "a", "{}"), ("shop", 1, "b", " " * (LONGEST_BODY + 1)), ("shop", 1, "c", "{}")])
    table.close()
    reading = Reading(path)
    await reading.wait_for(lambda: "control_oversized" in reading.states)
    assert [row.kind for row in reading.rows] == ["a"]
    await asyncio.to_thread(reading.feed.stop)


@in_loop
async def test_a_fault_in_reading_is_told_and_reading_goes_on(tmp_path: Path) -> None:
    path, tries = tmp_path / "control.sqlite3", [0]
    write(path, "a")

    def open_table(path: Path) -> ControlTable:
        tries[0] += 1
        if tries[0] == 1:
            raise ValueError("13800138000")
        return SqliteControl(path)

    reading = Reading(path, open_table=open_table)
    await reading.wait_for(lambda: len(reading.rows) == 1)
    assert reading.states == ["control_unreachable", "ok"]
    await asyncio.to_thread(reading.feed.stop)
