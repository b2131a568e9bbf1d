import errno
import os
from pathlib import Path

import msgspec
import pytest

from anxin.engine.log.errors import LogDamaged
from anxin.engine.log.faults import SNAPSHOT_AHEAD
from anxin.engine.log.records import ControlRecord
from anxin.gateway.intake import submission
from anxin.gateway.journal import JOURNAL
from anxin.gateway.snapshots import FORMAT, OpenSnapshot, SnapshotHead, Snapshots, Unusable, Write
from anxin.gateway.tests.test_intake import Collected, in_loop, login, open_organisation

KEY = bytes(range(32))
BODY = os.urandom(3_000_000)


def head(seq: int, **changes: object) -> SnapshotHead:
    policy = ControlRecord(0, 5, "policy.publish", b"{}")
    first = SnapshotHead(FORMAT, "0", "shop", seq, 7, control_seq=3, control_chain=bytes(32), policies=[policy])
    return msgspec.structs.replace(first, **changes)


def dump(write: Write) -> None:
    for start in range(0, len(BODY), 70_000):
        write(BODY[start : start + 70_000])


def opened(snapshots: Snapshots, last_seq: int = 100) -> list[int | str]:
    found: list[int | str] = []
    for each in snapshots.open_each(organisation="shop", last_seq=last_seq):
        if isinstance(each, Unusable):
            found.append(each.reason)
            continue
        assert each.read(len(BODY)) == BODY
        found.append(each.head.seq)
        each.close()
    return found


def test_what_was_written_is_read(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path, key=KEY)
    snapshots.write(head(4), dump)
    (found,) = snapshots.open_each(organisation="shop", last_seq=4)
    assert isinstance(found, OpenSnapshot)
    assert (found.head, found.read(len(BODY))) == (head(4), BODY)
    found.close()


def test_a_forked_child_writes_the_same(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path, key=KEY)
    child = snapshots.start_child(head(9), dump)
    assert os.waitpid(child, 0)[1] == 0
    assert opened(snapshots) == []
    snapshots.publish(head(9))
    assert opened(snapshots) == [9]


def test_a_failing_child_leaves_nothing_that_counts(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path, key=KEY)
    child = snapshots.start_child(head(9), lambda write: write(1 // 0))
    assert os.waitpid(child, 0)[1] != 0
    snapshots.discard(head(9))
    assert list(tmp_path.iterdir()) == []


def test_the_last_two_are_kept(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path, key=KEY)
    for seq in (3, 12, 5, 20):
        snapshots.write(head(seq), dump)
    assert opened(snapshots) == [20, 12]


@pytest.mark.parametrize("place", [0, 9, 14, 200, 1_500_000, -40, -1])
def test_any_flipped_byte_makes_the_next_older_one_count(tmp_path: Path, place: int) -> None:
    snapshots = Snapshots(tmp_path, key=KEY)
    snapshots.write(head(3), dump)
    path = tmp_path / f"{8:020d}.snapshot"
    snapshots.write(head(8), dump)
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    assert opened(snapshots) == ["the file is damaged", 3]


@pytest.mark.parametrize("size", [0, 10, 2_000_000])
def test_a_cut_file_does_not_count(tmp_path: Path, size: int) -> None:
    snapshots = Snapshots(tmp_path, key=KEY)
    snapshots.write(head(3), dump)
    os.truncate(tmp_path / f"{3:020d}.snapshot", size)
    assert opened(snapshots) == ["the file is damaged"]


def test_snapshots_of_other_versions_logs_and_keys_do_not_count(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path, key=KEY)
    snapshots.write(head(3, format=FORMAT + 1), dump)
    assert opened(snapshots) == [f"its format is {FORMAT + 1}, this program reads {FORMAT}"]
    snapshots.write(head(3, organisation="stall"), dump)
    assert opened(snapshots) == ["it belongs to another log"]
    snapshots.write(head(3), dump)
    with pytest.raises(LogDamaged) as lost:
        opened(snapshots, last_seq=2)
    assert (lost.value.seq, lost.value.fault) == (3, SNAPSHOT_AHEAD)
    assert opened(Snapshots(tmp_path, key=bytes(32))) == ["the file is damaged"]


@in_loop
async def test_a_whole_snapshot_of_another_version_is_named_and_the_log_read_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    shop, waiter = open_organisation(tmp_path), Collected()
    for number in range(3):
        shop.intake.take(submission(login(f"e{number}"), caller="k"), waiter)
    await waiter.wait_for(3)
    digest = shop.state.digest()
    with monkeypatch.context() as newer:
        newer.setattr("anxin.gateway.organisation.FORMAT", FORMAT + 1)
        shop.stop()
    monkeypatch.setattr(JOURNAL, "propagate", True)
    again = open_organisation(tmp_path)
    told = [vars(each)["facts"] for each in caplog.records if each.getMessage() == "snapshot.unusable"]
    assert told[0]["reason"] == f"its format is {FORMAT + 1}, this program reads {FORMAT}"
    assert told[0]["reason_zh"] == f"格式为 {FORMAT + 1}，本程序只读 {FORMAT}"
    assert (again.snapshot_seq, again.state.digest()) == (0, digest)
    again.intake.take(submission(login("e2"), caller="k"), waiter)
    await waiter.wait_for(4)
    assert waiter.answers[3] == waiter.answers[2] | {"duplicate": True}
    again.stop()


def test_drafts_of_a_crash_are_removed(tmp_path: Path) -> None:
    (tmp_path / "00000000000000000007.new").write_bytes(b"x")
    Snapshots(tmp_path, key=KEY)
    assert list(tmp_path.iterdir()) == []


def test_a_child_that_cannot_be_forked_leaves_no_file_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> int:
        raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))

    snapshots, before = Snapshots(tmp_path, key=KEY), len(os.listdir("/proc/self/fd"))
    with monkeypatch.context() as short:
        short.setattr(os, "fork", refuse)
        with pytest.raises(OSError, match="memory"):
            snapshots.start_child(head(9), dump)
    assert len(os.listdir("/proc/self/fd")) == before
    assert opened(snapshots) == []
