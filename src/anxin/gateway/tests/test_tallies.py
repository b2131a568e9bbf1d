from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from anxin.engine.log.disk import Disk
from anxin.gateway.signature_orders import CircleRefused, read_circles
from anxin.gateway.tallies import TallyFile


def test_tallies_outlive_the_process(tmp_path: Path) -> None:
    first = TallyFile(tmp_path)
    first.count(("A",), 5)
    first.count((), 6)
    first.correct("A", "false_positive")
    first.keep()
    again = TallyFile(tmp_path).tallies
    assert (again.checks, again.hit_rate("A"), again.of("A").false_positives) == (2, 0.5, 1)


def test_a_damaged_file_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "signature_tallies.json").write_bytes(b"{")
    assert TallyFile(tmp_path).tallies.checks == 0


def test_what_finds_no_room_waits_for_the_next_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    tallies = TallyFile(tmp_path)
    tallies.count(("A",), 5)
    with monkeypatch.context() as full:
        full.setattr(Disk, "write", refuse)
        tallies.keep()
    assert list(tmp_path.iterdir()) == []
    tallies.keep()
    assert TallyFile(tmp_path).tallies.checks == 1


def test_nothing_is_written_without_a_change(tmp_path: Path) -> None:
    TallyFile(tmp_path).keep()
    assert list(tmp_path.iterdir()) == []


def test_the_secret_of_a_circle_is_for_its_owner_only(tmp_path: Path) -> None:
    assert read_circles(tmp_path / "none") == {}
    secret = tmp_path / "shops.key"
    secret.write_bytes(b"a secret of two platforms\n")
    secret.chmod(0o600)
    assert read_circles(tmp_path) == {"shops": b"a secret of two platforms"}
    secret.chmod(0o644)
    with pytest.raises(CircleRefused):
        read_circles(tmp_path)
