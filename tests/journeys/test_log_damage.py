"""A decision log is harmed on disk, and `anxin log verify` names the place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from anxin.cli.main import root
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.writer import LogWriter

SHOP = "shop"
INTACT, USAGE, DAMAGED, NOT_ALLOWED = 0, 2, 3, 4


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Keep a log of 300 records in closed segments of 4 KiB."""
    ring = FileKeyRing(tmp_path / "master.key")
    writer = LogWriter.open(tmp_path / "organisations" / SHOP / "log", SHOP, ring, 1_000, capacity=4096)
    for seq in range(1, 301):
        writer.append(1, b"decision %d" % seq, 1_000 + seq)
    writer.close()
    return tmp_path


def segments(data: Path) -> list[Path]:
    return sorted((data / "organisations" / SHOP / "log").glob("*.seg"))


def run(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(root(), ["log", "verify", "--data", str(data), *arguments], env={"COLUMNS": "200"})


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[1_000] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1_000])


def test_an_intact_log_exits_zero_and_is_counted(data: Path) -> None:
    result = run(data)
    assert result.exit_code == INTACT
    assert "完好 intact" in result.stdout
    (report,) = msgspec.json.decode(run(data, "-o", "json").stdout)
    assert (report["records"], report["last_seq"], report["intact"], report["damages"]) == (300, 300, True, [])


@pytest.mark.parametrize(
    ("harm", "zh", "en"),
    [
        (flip_a_byte, "记录校验和不符", "the frame's checksum is wrong"),
        (cut, "记录被截断", "the frame is cut off"),
    ],
)
def test_harm_is_named_in_both_languages(data: Path, harm: Callable[[Path], None], zh: str, en: str) -> None:
    path = segments(data)[1]
    harm(path)
    result = run(data, "--organisation", SHOP)
    assert result.exit_code == DAMAGED
    assert path.name in result.stdout
    assert zh in result.stdout
    assert en in result.stdout


def test_a_removed_segment_is_named(data: Path) -> None:
    gone, after = segments(data)[1:3]
    gone.unlink()
    result = run(data, "-o", "json")
    assert result.exit_code == DAMAGED
    (report,) = msgspec.json.decode(result.stdout)
    assert report["damages"][0] == {
        "file": after.name,
        "offset": 0,
        "seq": int(gone.stem),
        "fault": "records_missing",
        "torn_tail": False,
    }


def test_a_cut_end_is_found_by_a_number_known_from_elsewhere(data: Path) -> None:
    segments(data)[-1].unlink()
    assert run(data).exit_code == INTACT
    assert run(data, "--at-least", "300").exit_code == DAMAGED


def test_a_missing_or_another_key_is_refused_and_none_is_made(data: Path) -> None:
    (data / "master.key").unlink()
    assert run(data).exit_code == NOT_ALLOWED
    assert not (data / "master.key").exists()
    FileKeyRing(data / "master.key")
    assert run(data).exit_code == NOT_ALLOWED


def test_a_folder_without_a_log_is_a_wrong_call(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.exit_code == USAGE
    assert "no decision log" in result.stderr
