"""Whoever asks for what was decided before is answered, also when the log cannot be read there."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from anxin.engine.log.reader import LogReader
from anxin.gateway.intake import submission
from anxin.gateway.labels import take_label
from anxin.gateway.organisation import Organisation
from anxin.gateway.problems import CallFailed, EventNotFound, RecordUnreadable
from anxin.gateway.tests.test_intake import Collected, in_loop, login, open_organisation

ASKING: list[Callable[[Organisation, Collected, str], None]] = [
    lambda shop, waiter, event_id: shop.stored.answer(event_id, waiter),
    lambda shop, waiter, event_id: shop.intake.take(submission(login(event_id), caller="k"), waiter),
    lambda shop, waiter, event_id: take_label(shop, _label_on(event_id), waiter, caller="k"),
]
WAYS = pytest.mark.parametrize("ask", ASKING, ids=["its answer", "the event again", "a label on it"])


def _label_on(event_id: str) -> bytes:
    return b'{"event_id":"%b","label":"fraud","source":"manual"}' % event_id.encode()


async def _hear(waiter: Collected) -> None:
    async with asyncio.timeout(300):
        while not waiter.refusals:
            await asyncio.sleep(0.002)


async def _decided_before(data: Path) -> Organisation:
    """Return an organisation that decided ten events before its last start."""
    shop, waiter = open_organisation(data), Collected()
    for number in range(10):
        shop.intake.take(submission(login(f"e{number}"), caller="k"), waiter)
    await waiter.wait_for(10)
    shop.stop()
    return open_organisation(data)


@WAYS
@in_loop
async def test_a_damaged_record_is_said_to_be_unreadable(
    tmp_path: Path, ask: Callable[[Organisation, Collected, str], None]
) -> None:
    shop, waiter = await _decided_before(tmp_path), Collected()
    first = min(shop.folders.log.glob("*.seg*"))
    content = bytearray(first.read_bytes())
    content[400] ^= 1
    first.write_bytes(content)
    seq = shop.writer.last_seq
    ask(shop, waiter, "e7")
    await _hear(waiter)
    assert [type(each) for each in waiter.refusals] == [RecordUnreadable]
    assert (waiter.answers, shop.writer.last_seq) == ([], seq)
    shop.stop()


def _flip(content: bytearray, place: int) -> None:
    content[place] ^= 1


def _wipe(content: bytearray, place: int) -> None:
    content[place:] = bytes(len(content) - place)


@pytest.mark.parametrize("event_id", ["e7", "e9"])
@pytest.mark.parametrize("harm", [_flip, _wipe])
@pytest.mark.parametrize("ask", [ASKING[0], ASKING[2]], ids=["its answer", "a label on it"])
@in_loop
async def test_a_damaged_record_of_the_segment_being_written_is_said_to_be_unreadable(
    tmp_path: Path,
    ask: Callable[[Organisation, Collected, str], None],
    harm: Callable[[bytearray, int], None],
    event_id: str,
) -> None:
    shop, waiter = open_organisation(tmp_path), Collected()
    ends = []
    for number in range(10):
        shop.intake.take(submission(login(f"e{number}"), caller="k"), waiter)
        await waiter.wait_for(number + 1)
        (live,) = shop.folders.log.glob("*.seg")
        ends.append(len(live.read_bytes().rstrip(b"\0")))
    content = bytearray(live.read_bytes())
    harm(content, ends[int(event_id[1:])] - 40)
    live.write_bytes(content)
    seq = shop.writer.last_seq
    ask(shop, waiter, event_id)
    await _hear(waiter)
    assert [type(each) for each in waiter.refusals] == [RecordUnreadable]
    assert (len(waiter.answers), shop.writer.last_seq) == (10, seq)
    shop.stop()


@WAYS
@in_loop
async def test_a_fault_in_reading_is_answered_and_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ask: Callable[[Organisation, Collected, str], None]
) -> None:
    shop, waiter = await _decided_before(tmp_path), Collected()
    with monkeypatch.context() as patched:
        patched.setattr(LogReader, "read", lambda *_: 1 // 0)
        ask(shop, waiter, "e7")
        await _hear(waiter)
    assert [type(each) for each in waiter.refusals] == [CallFailed]
    shop.stored.answer("e7", waiter)
    await waiter.wait_for(1)
    assert waiter.answers[0]["event_id"] == "e7"
    shop.stop()


@in_loop
async def test_an_unknown_event_is_not_found(tmp_path: Path) -> None:
    shop, waiter = await _decided_before(tmp_path), Collected()
    shop.stored.answer("other", waiter)
    await _hear(waiter)
    assert [type(each) for each in waiter.refusals] == [EventNotFound]
    shop.stop()
