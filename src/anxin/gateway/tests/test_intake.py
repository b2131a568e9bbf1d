import asyncio
import functools
import json
import shutil
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from anxin.engine.decide import Decided, Engine
from anxin.engine.errors import EngineError
from anxin.engine.log.closing import Closing
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.records import Kind
from anxin.engine.policy.problems import PolicyErrors
from anxin.engine.schema.decoder import Received
from anxin.gateway.config import GatewayConfig
from anxin.gateway.intake import submission
from anxin.gateway.metrics import Counts
from anxin.gateway.opening import Opening
from anxin.gateway.organisation import Organisation, Surroundings
from anxin.gateway.problems import Busy, DecisionFailed, Draining
from anxin.starter.folder import starter_folder

NOW = 1_790_000_000_000


class Collected:
    """A waiter that keeps what it hears."""

    def __init__(self) -> None:
        self.answers: list[dict[str, object]] = []
        self.refusals: list[EngineError] = []

    def ok(self, body: bytes) -> None:
        self.answers.append(json.loads(body))

    def refuse(self, error: EngineError) -> None:
        self.refusals.append(error)

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(300):
            while len(self.answers) < count:
                await asyncio.sleep(0.002)


def in_loop(test: Callable[..., Coroutine[None, None, None]]) -> Callable[..., None]:
    """Run a test inside an event loop of its own."""

    @functools.wraps(test)
    def run(**fixtures: object) -> None:
        asyncio.run(test(**fixtures))

    return run


def open_organisation(data: Path, *, max_waiting: int = 100, policy: Path | None = None) -> Organisation:
    around = Surroundings(
        loop=asyncio.get_running_loop(),
        executor=ThreadPoolExecutor(1),
        clock=lambda: NOW,
        max_waiting=max_waiting,
        on_failed=lambda failure: None,
        on_policies=lambda: None,
        obey_key_order=lambda organisation, record: None,
    )
    config = GatewayConfig(data=data, policy=policy or starter_folder(), segment_bytes=1_048_576)
    opening = Opening("shop", config, FileKeyRing(data / "master.key"), counts=Counts(), around=around)
    for _ in opening.run():
        pass
    return opening.finish()


def login(event_id: str, user: str = "u") -> bytes:
    event = {"event_id": event_id, "event_type": "account.login", "occurred_at": NOW, "actor_id": user}
    return json.dumps(event).encode()


@in_loop
async def test_an_answer_waits_for_the_disk_and_comes_in_log_order(tmp_path: Path) -> None:
    shop, waiter = open_organisation(tmp_path), Collected()
    for number in range(50):
        shop.intake.take(submission(login(f"e{number}"), caller="k"), waiter)
    assert waiter.answers == []
    await waiter.wait_for(50)
    assert [each["event_id"] for each in waiter.answers] == [f"e{number}" for number in range(50)]
    assert shop.writer.durable_seq >= waiter.answers[-1]["seq"]
    shop.stop()


@in_loop
async def test_a_repeat_during_the_first_one_waits_with_it(tmp_path: Path) -> None:
    shop, waiter = open_organisation(tmp_path), Collected()
    for _ in range(3):
        shop.intake.take(submission(login("e"), caller="k"), waiter)
    assert waiter.answers == []
    await waiter.wait_for(3)
    assert [each.get("duplicate", False) for each in waiter.answers] == [False, True, True]
    assert len({each["seq"] for each in waiter.answers}) == 1
    shop.stop()


@in_loop
async def test_a_long_queue_refuses_and_counts_nothing(tmp_path: Path) -> None:
    shop, waiter = open_organisation(tmp_path, max_waiting=3), Collected()
    for number in range(3):
        shop.intake.take(submission(login(f"e{number}"), caller="k"), waiter)
    seq = shop.writer.last_seq
    with pytest.raises(Busy):
        shop.intake.take(submission(login("e3"), caller="k"), waiter)
    assert shop.writer.last_seq == seq
    await waiter.wait_for(3)
    shop.intake.take(submission(login("e3"), caller="k"), waiter)
    await waiter.wait_for(4)
    shop.stop()


@in_loop
async def test_a_stopping_intake_takes_nothing(tmp_path: Path) -> None:
    shop = open_organisation(tmp_path)
    shop.stop()
    with pytest.raises(Draining):
        shop.intake.take(submission(login("e"), caller="k"), Collected())


@in_loop
async def test_a_fault_of_the_engine_is_recorded_and_replayed_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Engine.decide

    def faulty(self: Engine, received: Received, *, seq: int, without: tuple[str, ...] = ()) -> Decided:
        decided = plain(self, received, seq=seq, without=without)
        if received.event.actor_id == "boom":
            raise ZeroDivisionError
        return decided

    monkeypatch.setattr(Engine, "decide", faulty)
    shop, waiter = open_organisation(tmp_path), Collected()
    shop.intake.take(submission(login("e1"), caller="k"), waiter)
    with pytest.raises(DecisionFailed):
        shop.intake.take(submission(login("e2", "boom"), caller="k"), waiter)
    shop.intake.take(submission(login("e3"), caller="k"), waiter)
    await waiter.wait_for(2)
    digest = shop.state.digest()
    shop.stop()
    for snapshot in shop.folders.snapshots.iterdir():
        snapshot.unlink()
    again = open_organisation(tmp_path)
    assert again.state.digest() == digest
    assert [kind for _, kind, _ in again.stored._reader.records()].count(Kind.SKIPPED) == 1
    again.stop()


@in_loop
async def test_a_policy_folder_that_became_unreadable_stops_no_start(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(starter_folder(), tmp_path / "policy"))
    shop = open_organisation(tmp_path / "data", policy=folder)
    before = shop.state.digest()
    shop.stop()
    (folder / "policy.yaml").write_bytes("name: 起步\n".encode("gbk"))
    again = open_organisation(tmp_path / "data", policy=folder)
    assert again.state.digest() == before
    again.stop()
    with pytest.raises(PolicyErrors, match=r"policy\.yaml:1:7: not UTF-8 text"):
        open_organisation(tmp_path / "new", policy=folder)


@in_loop
async def test_a_log_without_beginning_or_snapshot_goes_on_with_what_is_left(tmp_path: Path) -> None:
    shop, waiter = open_organisation(tmp_path, max_waiting=5_000), Collected()
    for number in range(4_000):
        shop.intake.take(submission(login(f"e{number}"), caller="k"), waiter)
    await waiter.wait_for(4_000)
    shop.stop()
    for snapshot in shop.folders.snapshots.iterdir():
        snapshot.unlink()
    assert Closing(shop.folders.log, "shop", FileKeyRing(tmp_path / "master.key")).drop(before=NOW + 1, at=NOW)
    again = open_organisation(tmp_path)
    again.intake.take(submission(login("e3999"), caller="k"), waiter)
    await waiter.wait_for(4_001)
    assert waiter.answers[-1]["duplicate"] is True
    again.stop()
