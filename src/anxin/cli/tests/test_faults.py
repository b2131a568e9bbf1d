"""What nobody caught is told by kind and places, wherever it was, and never by its sentence."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import threading
from collections.abc import Callable

import pytest

from anxin.cli.kernels import keep_remedy
from anxin.desk.boot.journal import LoopFaults, PlacesOnly, watch_faults
from anxin.faults import catch_uncaught
from anxin.gateway.journal import JOURNAL, start_journal

PHONE = "13800138000"


@pytest.fixture(autouse=True)
def _hooks_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, hook, getattr(module, hook))


def fail() -> None:
    raise RuntimeError(f"the caller said {PHONE}")


class Leaving:
    """Fails where nobody can hear of it."""

    def __del__(self) -> None:
        fail()


def in_thread() -> None:
    thread = threading.Thread(target=fail, name="sender")
    thread.start()
    thread.join()


def in_program() -> None:
    try:
        fail()
    except RuntimeError as fault:
        sys.excepthook(type(fault), fault, fault.__traceback__)


def in_finalizer() -> None:
    Leaving()


WAYS: dict[str, Callable[[], None]] = {
    "thread sender ended by a fault": in_thread,
    "the program ended by a fault": in_program,
    "a fault that nobody hears of": in_finalizer,
}


@pytest.mark.parametrize(("where", "way"), WAYS.items(), ids=WAYS)
def test_it_is_told_without_its_sentence(
    where: str, way: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    catch_uncaught()
    keep_remedy()
    way()
    # A misfit of an older kernel would be told first; this is none.
    first, kind, *places = capsys.readouterr().err.splitlines()
    assert (first, kind) == (where, "builtins.RuntimeError")
    assert places[-1] == f"  {__file__}:{fail.__code__.co_firstlineno + 1} fail"
    assert not any(PHONE in each for each in places)


def test_the_gateway_tells_it_as_a_line_of_its_journal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for logger in (JOURNAL, logging.getLogger()):
        monkeypatch.setattr(logger, "handlers", logger.handlers)
        monkeypatch.setattr(logger, "propagate", logger.propagate)
    start_journal()
    in_thread()
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["fault"], line["where"]) == (
        "critical",
        "RuntimeError",
        "thread sender ended by a fault",
    )
    assert PHONE not in str(line)


def test_the_desk_tells_it_in_its_journal(caplog: pytest.LogCaptureFixture) -> None:
    watch_faults()
    in_thread()
    said = PlacesOnly().format(caplog.records[-1])
    assert said.startswith("thread sender ended by a fault\nbuiltins.RuntimeError\n")
    assert PHONE not in said


@pytest.mark.parametrize("is_task", [True, False], ids=["task", "callback"])
def test_a_fault_of_the_event_loop_is_told_without_its_values(is_task: bool) -> None:
    said, journal = io.StringIO(), logging.getLogger("asyncio")
    writer, clean = logging.StreamHandler(said), LoopFaults()
    writer.setFormatter(PlacesOnly())
    journal.addHandler(writer)
    journal.addFilter(clean)

    def call(_words: str) -> None:
        fail()

    async def task(words: str) -> None:
        call(words)

    async def run() -> None:
        if is_task:
            forgotten = asyncio.ensure_future(task(PHONE))
            await asyncio.sleep(0)
            del forgotten
        else:
            asyncio.get_running_loop().call_soon(call, PHONE)
            await asyncio.sleep(0)

    try:
        asyncio.run(run())
    finally:
        journal.removeHandler(writer)
        journal.removeFilter(clean)
    assert said.getvalue().startswith("a fault in the event loop\nbuiltins.RuntimeError\n")
    assert PHONE not in said.getvalue()
