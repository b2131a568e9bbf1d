"""The thread that commits never ends in silence."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from anxin.engine.log.errors import LogFailed
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.writer import LogWriter
from anxin.gateway.commits import Committer
from anxin.gateway.tests.test_intake import in_loop


@in_loop
async def test_a_fault_in_committing_is_told_like_a_failed_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: LogWriter) -> int:
        raise ValueError("13800138000")

    failures: list[LogFailed] = []
    writer = LogWriter.open(tmp_path / "log", "shop", FileKeyRing(tmp_path / "master.key"), 1)
    committer = Committer(
        writer,
        loop=asyncio.get_running_loop(),
        on_durable=lambda durable: None,
        on_full=lambda: None,
        on_failed=failures.append,
    )
    with monkeypatch.context() as patched:
        patched.setattr(LogWriter, "commit", fail)
        committer.start()
        committer.kick()
        async with asyncio.timeout(300):
            while not failures:
                await asyncio.sleep(0.002)
        committer.stop()
    assert [each.details["reason"] for each in failures] == ["ValueError"]
    writer.close()
