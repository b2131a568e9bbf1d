"""What an organisation tells the journal about orders."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from anxin.engine.control import ControlRefused
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.engine.log.records import ControlRecord, Kind, decode_record
from anxin.gateway.control import ControlRow
from anxin.gateway.journal import JOURNAL
from anxin.gateway.opening import kept_organisations
from anxin.gateway.policies import publish_body
from anxin.gateway.tests.test_intake import NOW, in_loop, open_organisation

PUBLISH = ControlRow(7, "shop", NOW, "policy.publish", publish_body({"policy.yaml": "name: ["}).decode())


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(JOURNAL, "propagate", True)
    caplog.set_level(logging.INFO, JOURNAL.name)
    return caplog


@pytest.mark.parametrize(
    ("fault", "code", "reason"),
    [
        (
            ControlRefused(kind="policy.publish", reason="so"),
            "control.refused",
            "policy.publish cannot take effect: so",
        ),
        (ZeroDivisionError("13800138000"), "engine.fault", "ZeroDivisionError"),
    ],
)
@in_loop
async def test_a_fault_of_preparing_is_journaled_and_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    journal: pytest.LogCaptureFixture,
    fault: Exception,
    code: str,
    reason: str,
) -> None:
    shop = open_organisation(tmp_path)
    before = shop.state.digest()

    def fail(record: ControlRecord) -> None:
        raise fault

    monkeypatch.setattr(shop.engine, "foresee", fail)
    journal.clear()
    shop.prepare_control(PUBLISH)
    facts = [vars(each)["facts"] for each in journal.records if each.getMessage() == "control.unprepared"]
    assert [(each["organisation"], each["control_seq"], each["code"]) for each in facts] == [("shop", 7, code)]
    assert facts[0]["reason"].endswith(reason)
    assert shop.state.digest() == before
    shop.stop()


@in_loop
async def test_other_orders_and_right_policies_leave_no_line(tmp_path: Path, journal: pytest.LogCaptureFixture) -> None:
    shop = open_organisation(tmp_path)
    files = dict(shop.engine.roster.live.files)
    journal.clear()
    shop.prepare_control(ControlRow(1, "shop", NOW, "policy.publish", publish_body(files).decode()))
    shop.prepare_control(ControlRow(2, "shop", NOW, "list.put", "{}"))
    assert [each.getMessage() for each in journal.records] == []
    shop.stop()


def put(seq: int, value: str = "d1") -> ControlRow:
    return ControlRow(seq, "shop", NOW, "list.put", f'{{"list": "blocked_devices", "entry": {{"value": "{value}"}}}}')


def told(journal: pytest.LogCaptureFixture) -> list[tuple[str, object, object, object]]:
    """Return word, first and last seq, and number of the lines about control records."""
    facts = [(each.getMessage(), vars(each)["facts"]) for each in journal.records]
    return [
        (word, each["control_seq"], each.get("last_control_seq"), each.get("orders"))
        for word, each in facts
        if word.startswith("control.")
    ]


@in_loop
async def test_many_orders_of_one_kind_share_a_line(tmp_path: Path, journal: pytest.LogCaptureFixture) -> None:
    shop = open_organisation(tmp_path)
    for seq in range(1, 400):
        shop.take_control(put(seq, f"d{seq}"))
    shop.take_control(ControlRow(400, "shop", NOW, "list.put", "{}"))
    shop.take_control(put(401))
    shop.take_control(ControlRow(402, "shop", NOW, "hold.release", '{"entity_kind": "user", "entity_id": "u"}'))
    async with asyncio.timeout(300):
        while len(told(journal)) < 4:
            await asyncio.sleep(0.02)
    assert told(journal) == [
        ("control.applied", 1, 399, 399),
        ("control.rejected", 400, None, None),
        ("control.applied", 401, None, None),
        ("control.applied", 402, None, None),
    ]
    assert shop.counts.control_applied == 401
    shop.stop()


@in_loop
async def test_the_last_orders_are_told_at_the_stop(tmp_path: Path, journal: pytest.LogCaptureFixture) -> None:
    shop = open_organisation(tmp_path)
    shop.take_control(put(1))
    shop.take_control(put(2))
    shop.stop()
    assert told(journal) == [("control.applied", 1, 2, 2)]


def logged_orders(data: Path) -> list[tuple[int, str]]:
    """Return number and refusal of every order in the log."""
    reader = LogReader(data / "organisations" / "shop" / "log", FileKeyRing(data / "master.key"), organisation="shop")
    records = [decode_record(kind, payload) for _, kind, payload in reader.records(1) if kind == Kind.CONTROL]
    return [(each.control_seq, each.refusal) for each in records if isinstance(each, ControlRecord)]


@in_loop
async def test_a_refused_order_is_logged_with_its_mark_and_passed_over_after_a_restart(tmp_path: Path) -> None:
    shop = open_organisation(tmp_path)
    hold = '{"entity_kind": "user", "entity_id": "u", "verdict": "allow", "measure": "m"}'
    shop.take_control(put(1))
    shop.take_control(ControlRow(2, "shop", NOW, "hold.place", hold))
    shop.take_control(ControlRow(3, "shop", NOW, "list.put", "{}"))
    shop.take_control(put(4, ""))
    before = shop.state.digest()
    shop.stop()
    marks = [(0, ""), (1, ""), (2, "hold.invalid"), (3, "control.refused"), (4, "list.entry_invalid")]
    assert logged_orders(tmp_path) == marks
    for snapshot in (tmp_path / "organisations" / "shop" / "snapshots").iterdir():
        snapshot.unlink()
    again = open_organisation(tmp_path)
    assert again.state.digest() == before
    assert [again.engine.lists.count("blocked_devices"), again.engine.holds.has_any] == [2, False]
    again.stop()


def test_what_other_programs_leave_beside_them_is_no_organisation(tmp_path: Path) -> None:
    for folder in ("shop", "bank", ".Trash"):
        (tmp_path / folder).mkdir()
    for file in (".DS_Store", "notes.txt"):
        (tmp_path / file).touch()
    assert kept_organisations(tmp_path) == ["bank", "shop"]
