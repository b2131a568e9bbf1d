"""The demonstration's secrets lie in files that are there whole or not at all, whatever a start was killed at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from anxin.cli.demonstration import (
    demonstration_key,
    demonstration_password,
    keep_platform_token,
    kept_platform_token,
)
from anxin.engine.log.disk import Disk
from anxin.gateway.config import GatewayConfig


def keep_another_token(data: Path) -> str:
    keep_platform_token(data, "second")
    return kept_platform_token(data)


@pytest.mark.parametrize(
    ("name", "make", "before"),
    [
        ("demo.password", demonstration_password, None),
        ("demo.key", lambda data: demonstration_key(GatewayConfig(data=data)), None),
        ("demo.platform", keep_another_token, "first\n"),
    ],
)
def test_a_secret_is_there_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, make: Callable[[Path], str], before: str | None
) -> None:
    path, write, seen = tmp_path / name, Disk.write, []
    if before is not None:
        keep_platform_token(tmp_path, before.strip())

    def write_half(disk: Disk, fd: int, block: bytes, offset: int) -> None:
        write(disk, fd, block[:3], offset)
        seen.append(path.read_text() if path.exists() else None)
        write(disk, fd, block[3:], offset + 3)

    monkeypatch.setattr(Disk, "write", write_half)
    made = make(tmp_path)
    assert seen == [before]
    assert (path.read_text(), path.stat().st_mode & 0o777) == (f"{made}\n", 0o600)
    assert make(tmp_path) == made
