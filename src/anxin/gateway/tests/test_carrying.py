"""A policy published in the middle of traffic: whatever is carried over by then, a restart ends in the same state."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from anxin.engine.log.keys import FileKeyRing
from anxin.engine.tests.small_policy import FEATURES, files, rule
from anxin.gateway import organisation as organisations
from anxin.gateway.control import ControlRow
from anxin.gateway.event_index import EventIndex
from anxin.gateway.intake import submission
from anxin.gateway.organisation import Organisation, State
from anxin.gateway.policies import publish_body
from anxin.gateway.restore import Maker, Restore
from anxin.gateway.tests.test_intake import NOW, Collected, in_loop, open_organisation

FIRST = f"""{FEATURES}
  paid_2h: {{aggregate: count, of: payment.succeeded, by: user, over: 2h, text: {{zh: 次数, en: paid}}}}
"""
SECOND = f"""{FIRST}
  last: {{aggregate: last, value: device_id, of: payment.succeeded, by: user, over: 1d, text: {{zh: 设备, en: device}}}}
"""
THIRD = FIRST.replace("over: 1h", "over: 30m").replace("over: 2h", "over: 3h")
# More filters over one kind of entity than one stream takes: two take over the one there was.
MANY = FIRST + "".join(
    f"  over_{least}: {{aggregate: count, of: payment.succeeded, where: amount >= CNY({least}), by: user, over: 1h, "
    f"text: {{zh: 次数, en: paid}}}}\n"
    for least in range(1, 70)
)
USERS = 40


def policy_of(version: int, features: str) -> dict[str, str]:
    return files(rule("S1", "paid_1h >= CNY(100)", "hold"), version=str(version), features=features)


def payment(number: int) -> bytes:
    event = {
        "event_id": f"e{number}",
        "event_type": "payment.succeeded",
        "occurred_at": NOW - 1000 + number,
        "actor_id": f"u{number % USERS}",
        "device_id": f"d{number % 7}",
        "amount": 3_000,
        "currency": "CNY",
    }
    return json.dumps(event).encode()


def publish(shop: Organisation, seq: int, features: str) -> None:
    body = publish_body(policy_of(seq + 1, features)).decode()
    assert shop.take_control(ControlRow(seq, "shop", NOW, "policy.publish", body))


def restored(shop: Organisation, data: Path, *, use_snapshots: bool) -> State:
    """Return the state that a process started now would have, as if this one had been killed."""
    ring = FileKeyRing(data / "master.key")
    index = EventIndex(shop.folders.index, shop.folders.log, key=ring.derive("shop", "event-index", 32))
    restore = Restore(shop.folders, Maker("shop", ring, None, 50_000), index, last_seq=shop.writer.last_seq)
    for _ in restore.run(use_snapshots=use_snapshots):
        pass
    assert restore.tally.differing == restore.tally.refused == 0
    assert bool(restore.snapshot_seq) is use_snapshots
    assert restore.state is not None
    return restore.state


def open_small(tmp_path: Path) -> Organisation:
    folder = tmp_path / "policy"
    for name, text in policy_of(1, FIRST).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return open_organisation(tmp_path / "data", policy=folder)


@in_loop
async def test_a_restart_in_the_middle_of_an_adoption_ends_in_the_same_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So slow that everything below happens while some users lie as one of three policies kept them.
    monkeypatch.setattr(organisations, "_CARRIED_AT_ONCE", 3)
    monkeypatch.setattr(organisations, "_CARRY_PAUSE_SECONDS", 3600)
    shop, waiter = open_small(tmp_path), Collected()
    for number in range(100):
        shop.intake.take(submission(payment(number), caller="k"), waiter)
        if number == 60:
            publish(shop, 1, SECOND)
        if number == 70:
            await waiter.wait_for(71)
            shop.snapshots.write(shop.snapshot_head(), shop.state.dump)
        if number == 75:
            publish(shop, 2, THIRD)
    await waiter.wait_for(100)
    twins = [restored(shop, tmp_path / "data", use_snapshots=each).engine for each in (False, True)]
    assert shop.engine.carry(1) is True
    for number in range(100, 130):
        shop.intake.take(submission(payment(number), caller="k"), waiter)
        await waiter.wait_for(number + 1)
        for carried, twin in enumerate(twins, start=1):
            twin.carry(carried)
            decided = twin.decide(twin.parse(payment(number)), seq=shop.writer.last_seq)
            assert json.loads(decided.answer) == waiter.answers[-1]
    assert [each.digest() for each in twins] == [shop.engine.digest()] * 2
    shop.stop()


@in_loop
async def test_carrying_goes_on_between_events_until_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(organisations, "_CARRIED_AT_ONCE", 3)
    monkeypatch.setattr(organisations, "_CARRY_PAUSE_SECONDS", 0)
    shop, waiter = open_small(tmp_path), Collected()
    for number in range(USERS):
        shop.intake.take(submission(payment(number), caller="k"), waiter)
    carry, is_left = shop.engine.carry, list[bool]()

    def noted(work: int) -> bool:
        is_left.append(carry(work))
        return is_left[-1]

    monkeypatch.setattr(shop.engine, "carry", noted)
    publish(shop, 1, SECOND)
    async with asyncio.timeout(300):
        while is_left[-1]:
            await asyncio.sleep(0)
    assert len(is_left) >= USERS // 3
    assert is_left == [True] * (len(is_left) - 1) + [False]
    await waiter.wait_for(USERS)
    shop.stop()


@in_loop
async def test_a_policy_waits_until_the_one_before_it_is_carried_over_where_that_would_hold_up_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(organisations, "_CARRIED_AT_ONCE", 3)
    monkeypatch.setattr(organisations, "_CARRY_PAUSE_SECONDS", 3600)
    shop, waiter = open_small(tmp_path), Collected()
    for number in range(USERS):
        shop.intake.take(submission(payment(number), caller="k"), waiter)
    publish(shop, 1, MANY)
    body = publish_body(policy_of(3, THIRD)).decode()
    next_one = ControlRow(2, "shop", NOW, "policy.publish", body)
    seq = shop.writer.last_seq
    assert (shop.engine.must_carry, shop.take_control(next_one)) == (True, False)
    assert (shop.state.place.seq, shop.writer.last_seq, shop.engine.roster.live.version) == (1, seq, "2")
    while shop.engine.must_carry:
        shop.intake.take(submission(payment(number := number + 1), caller="k"), waiter)
        shop.engine.carry(5)
    assert shop.take_control(next_one)
    assert (shop.state.place.seq, shop.engine.roster.live.version) == (2, "3")
    await waiter.wait_for(number + 1)
    twins = [restored(shop, tmp_path / "data", use_snapshots=False).engine]
    assert [each.digest() for each in twins] == [shop.engine.digest()]
    shop.stop()
