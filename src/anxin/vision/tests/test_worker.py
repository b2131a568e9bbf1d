"""A worker outlives whatever its pictures do to the reading process."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from msgspec.structs import replace

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.images.tests.pictures import bomb
from anxin.checkers.screenshots.tests.rendering import chat, encoded
from anxin.vision.errors import WorkerRefused
from anxin.vision.limits import Limits
from anxin.vision.tests.stub import DIE, EAT, FAULT, HANG, REFUSE, SERVE, TELL, WAIT, order
from anxin.vision.worker import ScreenshotWorker

STUB = "anxin.vision.tests.stub"
LIMITS = Limits(seconds_per_picture=120.0, seconds_to_start=300.0, backlog=2)


@pytest.fixture(scope="module")
def worker() -> Iterator[ScreenshotWorker]:
    with ScreenshotWorker(LIMITS, reader=STUB) as made:
        yield made


def served_by(worker: ScreenshotWorker) -> int:
    return int(worker.scan(order(TELL)).page.text.partition(" ")[0])


def cause(worker: ScreenshotWorker, data: bytes) -> str:
    with pytest.raises(WorkerRefused) as refused:
        worker.check(data)
    assert (bool(refused.value.zh), bool(refused.value.en)) == (True, True)
    return refused.value.code


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


def test_one_process_serves_many_pictures(worker: ScreenshotWorker) -> None:
    first = served_by(worker)
    assert (served_by(worker), worker.pid, first == os.getpid()) == (first, first, False)


def test_the_answer_is_judged_and_comes_with_the_copy(worker: ScreenshotWorker) -> None:
    answer = worker.check(order(SERVE))
    assert (answer.checked.kind, answer.redacted) == ("image", order(SERVE))


@pytest.mark.parametrize(
    ("what", "code"),
    [(DIE, "vision.died"), (FAULT, "vision.died"), (EAT, "vision.out_of_memory")],
    ids=["die", "fault", "eat"],
)
def test_a_picture_that_ends_the_process_is_refused_and_the_next_is_served(
    worker: ScreenshotWorker, what: int, code: str
) -> None:
    before = served_by(worker)
    assert cause(worker, order(what)) == code
    assert served_by(worker) != before
    assert not is_running(before)


def test_a_picture_over_time_is_given_up_and_the_next_is_served(
    worker: ScreenshotWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = served_by(worker)
    monkeypatch.setattr(worker, "limits", replace(LIMITS, seconds_per_picture=0.5))
    assert cause(worker, order(HANG)) == "vision.too_slow"
    monkeypatch.undo()
    assert not is_running(before)
    assert served_by(worker) != before


def test_a_process_killed_in_the_middle_is_replaced(worker: ScreenshotWorker, tmp_path: Path) -> None:
    before, begun = served_by(worker), tmp_path / "begun"
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(cause, worker, order(HANG, begun=begun))
        while not begun.exists():
            time.sleep(0.01)
        os.kill(before, signal.SIGKILL)
        assert under_way.result() == "vision.died"
    assert served_by(worker) != before


def test_a_process_killed_while_idle_costs_nothing(worker: ScreenshotWorker) -> None:
    before = served_by(worker)
    os.kill(before, signal.SIGKILL)
    while worker.is_alive:
        time.sleep(0.01)
    assert served_by(worker) != before


def test_a_full_backlog_refuses_at_once(worker: ScreenshotWorker, tmp_path: Path) -> None:
    served_by(worker)
    gate = tmp_path / "gate"

    def ask() -> str:
        try:
            worker.scan(order(WAIT, gate=gate))
        except WorkerRefused as refused:
            return refused.code
        return "served"

    with ThreadPoolExecutor(LIMITS.backlog + 2) as pool:
        asked = [pool.submit(ask) for _ in range(LIMITS.backlog + 2)]
        done, _ = wait(asked, return_when=FIRST_COMPLETED)
        assert [each.result() for each in done] == ["vision.backlog_full"]
        gate.touch()
    assert sorted(each.result() for each in asked) == ["served"] * (LIMITS.backlog + 1) + ["vision.backlog_full"]
    assert served_by(worker) == worker.pid


def test_what_is_no_picture_never_reaches_the_process() -> None:
    with ScreenshotWorker(LIMITS, reader=STUB) as worker:
        for data in (b"", b"zip", bomb(20_000, 20_000)):
            with pytest.raises(PictureRefused):
                worker.check(data)
        assert worker.pid is None


def test_a_picture_that_the_reader_refuses_keeps_the_process(worker: ScreenshotWorker) -> None:
    before = served_by(worker)
    with pytest.raises(PictureRefused) as refused:
        worker.check(order(REFUSE))
    assert (refused.value.code, served_by(worker)) == ("image.broken", before)


def test_an_old_process_is_replaced() -> None:
    with ScreenshotWorker(replace(LIMITS, pictures_per_process=2), reader=STUB) as worker:
        first, second, third = (served_by(worker) for _ in range(3))
    assert first == second != third


def test_the_process_knows_no_secrets(worker: ScreenshotWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANXIN_SECRET", "x")
    assert cause(worker, order(DIE)) == "vision.died"
    assert "ANXIN_SECRET" not in worker.scan(order(TELL)).page.text


def test_the_caller_needs_no_decoder() -> None:
    """The extra is needed in the child alone, so that its absence is a refusal and not a fault."""
    heavy = "{'PIL', 'numpy', 'onnxruntime', 'rapidocr', 'zxingcpp', 'cv2'}"
    program = f"import sys, anxin.vision.worker; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_reader_that_is_not_installed_is_named() -> None:
    with ScreenshotWorker(LIMITS, reader="no_such_reader") as worker, pytest.raises(WorkerRefused) as refused:
        worker.start()
    assert (refused.value.code, refused.value.detail) == ("vision.extra_missing", "no_such_reader")


def test_a_process_without_memory_to_start_is_told() -> None:
    with ScreenshotWorker(replace(LIMITS, memory_bytes=1 << 20), reader=STUB) as worker:
        assert cause(worker, order(SERVE)) == "vision.out_of_memory"


def test_a_process_that_starts_too_slowly_is_told() -> None:
    with ScreenshotWorker(Limits(seconds_to_start=0.001), reader=STUB) as worker:
        assert cause(worker, order(SERVE)) == "vision.not_started"


def test_a_closed_worker_leaves_no_process() -> None:
    worker = ScreenshotWorker(LIMITS, reader=STUB)
    pid = served_by(worker)
    worker.close()
    assert (is_running(pid), cause(worker, order(SERVE))) == (False, "vision.closed")


def test_an_event_loop_is_not_held_up(worker: ScreenshotWorker, tmp_path: Path) -> None:
    gate = tmp_path / "gate"

    async def both() -> list[str]:
        finished = []

        async def picture() -> None:
            await worker.check_async(order(WAIT, gate=gate))
            finished.append("picture")

        async def other() -> None:
            await asyncio.sleep(0)
            finished.append("other")
            gate.touch()

        await asyncio.gather(picture(), other())
        return finished

    assert asyncio.run(both()) == ["other", "picture"]


def test_a_real_screenshot_is_read_within_the_memory_limit() -> None:
    with ScreenshotWorker(Limits(seconds_per_picture=300.0, seconds_to_start=300.0)) as worker:
        answer = worker.check(encoded(chat("把钱转到安全账户，电话13812345678", height=700)))
        large = worker.check(encoded(chat("电话13812345678", height=700).resize((4000, 2600)), "JPEG"))
    assert (answer.checked.level, "13812345678" in answer.text) == ("suspicious", False)
    assert (large.checked.facts["width"], "138****5678" in large.text) == ("4000", True)
