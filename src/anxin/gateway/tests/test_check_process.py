from __future__ import annotations

import asyncio
import os
import signal

import msgspec
import pytest

from anxin.gateway import check_process
from anxin.gateway.check_messages import Answered, RunCheck
from anxin.gateway.check_process import CheckProcess
from anxin.gateway.tests.test_intake import in_loop


class Answers(list[Answered | None]):
    """Keeps what is heard."""

    async def wait_for(self, count: int) -> None:
        async with asyncio.timeout(300):
            while len(self) < count:
                await asyncio.sleep(0.005)


def ask(process: CheckProcess, text: str, answers: Answers) -> None:
    process.ask_call(RunCheck(process.new_number(), "shop", "text", text, 1), answers.append)


@in_loop
async def test_questions_wait_for_the_start_and_are_answered_in_order() -> None:
    process, answers = CheckProcess(asyncio.get_running_loop(), load=lambda loaded: loaded()), Answers()
    for number in range(10):
        ask(process, "加微信 abc123 " * number, answers)
    assert (process.standing, process.waiting) == ("starting", 10)
    await answers.wait_for(10)
    assert [each.number for each in answers if each is not None] == list(range(1, 11))
    found = [msgspec.json.decode(each.body)["kind"] for each in answers if each is not None]
    assert (found, process.waiting, process.standing) == (["text"] * 10, 0, "ready")
    process.stop()
    assert process.pid is None


@in_loop
async def test_a_worker_that_hangs_is_replaced() -> None:
    process, answers = CheckProcess(asyncio.get_running_loop(), load=lambda loaded: loaded()), Answers()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(check_process, "_MODULE", "anxin.gateway.tests.quick_worker")
        patched.setattr(check_process, "_PAUSE_SECONDS", 0.0)
        ask(process, "你好", answers)
        await answers.wait_for(1)
        first = process.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)
        with patched.context() as impatient:
            impatient.setattr(check_process, "_HUNG_SECONDS", 0.05)
            ask(process, "你好", answers)
            await asyncio.sleep(0.1)
            process.tick()
            await answers.wait_for(2)
        assert answers[1] is None
        ask(process, "你好", answers)
        await answers.wait_for(3)
    assert answers[2] is not None
    assert (process.pid != first, process.starts) == (True, 2)
    process.stop()


@in_loop
async def test_beyond_what_can_wait_is_refused_at_once() -> None:
    process, answers = CheckProcess(asyncio.get_running_loop(), load=lambda loaded: None), Answers()
    for _ in range(70):
        ask(process, "你好", answers)
    assert answers == [None] * 6
    process.stop()
