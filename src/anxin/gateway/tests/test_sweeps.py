"""A fault in one thing that is looked after stops neither it for ever nor the others."""

from __future__ import annotations

import errno
import os

import pytest

from anxin.gateway.sweeps import REST_MS, Sweep


def test_what_failed_rests_and_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    now, calls, fault = [1_000], [0], [True]

    def tick() -> None:
        calls[0] += 1
        if fault[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "13800138000")

    sweep = Sweep("shop", tick, clock=lambda: now[0])
    sweep.run()
    assert (calls[0], sweep.has_failed) == (1, True)
    now[0] += REST_MS - 1
    sweep.run()
    assert calls[0] == 1
    fault[0] = False
    now[0] += 1
    sweep.run()
    assert (calls[0], sweep.has_failed) == (2, False)
    sweep.run()
    assert calls[0] == 3
    assert [(each.getMessage(), each.facts) for each in caplog.records] == [("upkeep.failed", {"of": "shop"})]  # type: ignore[attr-defined]


def test_a_clock_that_was_set_back_does_not_let_it_rest_for_ever() -> None:
    now, calls = [1_000_000], [0]

    def tick() -> None:
        calls[0] += 1
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    sweep = Sweep("shop", tick, clock=lambda: now[0])
    sweep.run()
    now[0] = 0
    sweep.run()
    assert calls[0] == 2
