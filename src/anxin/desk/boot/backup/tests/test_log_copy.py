"""A decision log is copied while its writer is in the middle of a batch."""

from __future__ import annotations

from pathlib import Path

import pytest

from anxin.desk.boot.backup.archive import ArchiveWriter
from anxin.desk.boot.backup.errors import BackupImpossible
from anxin.desk.boot.backup.log_copy import LogCopy
from anxin.desk.boot.backup.manifest import Part
from anxin.engine.log.tests.logs import SHOP, abandon, open_writer, ring_of, segments, tear_until_sought, write

CAPACITY = 64 * 1024


def copied(folder: Path) -> list[Part]:
    with ArchiveWriter(folder / "night.anxin") as archive:
        return LogCopy(folder / "log", SHOP, ring_of(folder), archive, lambda path: path.name).run()


def test_a_batch_that_ends_while_its_proof_is_sought_is_no_loss(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = open_writer(tmp_path, capacity=CAPACITY)
    write(writer, 30)
    (whole,) = copied(tmp_path)
    tear_until_sought(tmp_path, writer, monkeypatch)
    (part,) = copied(tmp_path)
    assert part.size > whole.size
    assert part.padded_to == CAPACITY
    abandon(writer)


def test_acknowledged_records_that_are_lost_stop_the_copy(tmp_path: Path) -> None:
    writer = open_writer(tmp_path, capacity=CAPACITY)
    write(writer, 50)
    (path,) = segments(tmp_path)
    content = bytearray(path.read_bytes())
    content[600] ^= 1
    path.write_bytes(content)
    with pytest.raises(BackupImpossible, match="anxin log verify"):
        copied(tmp_path)
    abandon(writer)
