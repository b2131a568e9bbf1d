from __future__ import annotations

import stat
from pathlib import Path

import pytest

from anxin.engine.log.closing import Closing
from anxin.engine.log.errors import KeyMissing, KeyRefused
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.tests.logs import SHOP, expected, make_log, records, ring_of, segments
from anxin.engine.log.verify import verify_log

DATA_KEY = bytes(range(32))


def test_a_missing_key_is_created_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "master.key"
    ring = FileKeyRing(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
    assert [each.name for each in path.parent.iterdir()] == ["master.key"]
    assert FileKeyRing(path).key_ids == ring.key_ids


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    ring_of(tmp_path)
    (tmp_path / "master.key").chmod(mode)
    with pytest.raises(KeyRefused):
        ring_of(tmp_path)


@pytest.mark.parametrize("size", [0, 16, 31, 33, 64])
def test_a_key_of_the_wrong_size_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "master.key"
    path.touch(0o600)
    path.write_bytes(bytes(size))
    with pytest.raises(KeyRefused):
        ring_of(tmp_path)


def test_a_data_key_opens_only_for_its_organisation_and_master(tmp_path: Path) -> None:
    ring = ring_of(tmp_path)
    key_id, wrapped = ring.wrap(SHOP, DATA_KEY)
    assert len(key_id) == 8
    assert len(wrapped) == 40
    assert ring.unwrap(SHOP, key_id, wrapped) == DATA_KEY
    other = ring_of(tmp_path / "other")
    for opener, organisation, wanted in (
        (ring, "other", key_id),
        (other, SHOP, key_id),
        (other, SHOP, other.key_ids[0]),
    ):
        with pytest.raises(KeyMissing):
            opener.unwrap(organisation, wanted, wrapped)


def test_rotation_wraps_anew_and_still_opens_the_old(tmp_path: Path) -> None:
    ring = ring_of(tmp_path)
    old_id, wrapped = ring.wrap(SHOP, DATA_KEY)
    new_id = ring.rotate()
    assert ring.wrap(SHOP, DATA_KEY)[0] == new_id != old_id
    assert ring_of(tmp_path).key_ids == (old_id, new_id)
    assert ring.unwrap(SHOP, old_id, wrapped) == DATA_KEY


def test_a_running_ring_sees_a_rotation_by_another_process(tmp_path: Path) -> None:
    ring = ring_of(tmp_path)
    new_id = ring_of(tmp_path).rotate()
    assert ring.wrap(SHOP, DATA_KEY)[0] == new_id


def test_derived_secrets_differ_by_purpose_and_organisation_and_survive_rotation(tmp_path: Path) -> None:
    ring = ring_of(tmp_path)
    index, windows, other = (
        ring.derive(SHOP, "index", 32),
        ring.derive(SHOP, "windows", 16),
        ring.derive("b", "index", 32),
    )
    assert (len(index), len(windows)) == (32, 16)
    assert len({index, other, windows + windows, index[:16], windows}) == 5
    ring.rotate()
    assert ring_of(tmp_path).derive(SHOP, "index", 32) == index


def test_a_log_lives_through_a_rotation_and_compression_moves_it_to_the_new_key(tmp_path: Path) -> None:
    make_log(tmp_path, 200)
    new_id = ring_of(tmp_path).rotate()
    make_log(tmp_path, 200)
    ring = ring_of(tmp_path)
    Closing(tmp_path / "log", SHOP, ring).compress()
    assert records(tmp_path) == expected(1, 400)
    assert verify_log(tmp_path / "log", ring).damages == []
    assert all(new_id in path.read_bytes()[:256] for path in segments(tmp_path))


def test_the_files_show_nothing_of_the_records(tmp_path: Path) -> None:
    make_log(tmp_path, 200)
    Closing(tmp_path / "log", SHOP, ring_of(tmp_path)).compress(limit=1)
    assert not any(b"record" in path.read_bytes() for path in segments(tmp_path))
