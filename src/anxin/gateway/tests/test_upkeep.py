"""Upkeep is due after its time, also when the clock was set back."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from anxin.gateway.config import GatewayConfig
from anxin.gateway.organisation import Folders, Organisation
from anxin.gateway.upkeep import Upkeep

NOW = 1_790_000_000_000
DAY = 86_400_000


@pytest.mark.parametrize(
    ("passed", "is_due"), [(0, False), (299_999, False), (300_000, True), (-1, True), (-3 * DAY, True)]
)
def test_snapshots_and_closing_are_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passed: int, is_due: bool
) -> None:
    folders = Folders(tmp_path)
    folders.log.mkdir()
    for first in (1, 9):
        (folders.log / f"{first:020d}.seg").touch()
    organisation = SimpleNamespace(name="shop", snapshot_seq=0, writer=SimpleNamespace(last_seq=9), folders=folders)
    now, done = [NOW], list[str]()
    config = GatewayConfig(data=tmp_path, snapshot_seconds=300, closing_seconds=300)
    upkeep = Upkeep(cast("Organisation", organisation), config, clock=lambda: now[0])
    monkeypatch.setattr(upkeep, "start_snapshot", lambda: done.append("snapshot"))
    monkeypatch.setattr(upkeep, "_start_closing", lambda: done.append("closing"))
    now[0] += passed
    upkeep.tick()
    assert done == (["snapshot", "closing"] if is_due else [])
