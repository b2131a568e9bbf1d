"""A decision log is harmed on disk: `anxin log verify` names the place, and no gateway goes on over what is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from anxin.cli.main import root
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.segment import SEAL_SIZE
from anxin.engine.log.writer import LogWriter
from anxin.gateway.intake import submission
from anxin.gateway.journal import JOURNAL
from anxin.gateway.tests.test_intake import Collected, login, open_organisation
from tests.journeys.shop import POLICY

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


async def decide_three(data: Path) -> None:
    """Leave what a cleanly stopped gateway leaves: three decisions, and a snapshot that knows them."""
    shop, waiter = open_organisation(data, policy=POLICY), Collected()
    for number in range(3):
        shop.intake.take(submission(login(f"e{number}"), caller="k"), waiter)
    await waiter.wait_for(3)
    shop.stop()


def start(data: Path) -> Result:
    words = ["gateway", "--data", str(data), "--policy", str(POLICY), "--gateway-port", "0"]
    return CliRunner().invoke(root(), words, env={"ANXIN_ORGANISATION": SHOP})


def cut_the_last_record(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: -SEAL_SIZE - 20])


@pytest.mark.parametrize(
    ("harm", "zh", "en"),
    [
        (flip_a_byte, "记录校验和不符", "the frame's checksum is wrong"),
        (cut_the_last_record, "快照证明这条及以后的记录曾经存盘", "a snapshot proves that this record and later ones"),
    ],
)
def test_a_gateway_does_not_start_over_acknowledged_records_that_are_harmed(
    tmp_path: Path, harm: Callable[[Path], None], zh: str, en: str
) -> None:
    asyncio.run(decide_three(tmp_path))
    (path,) = segments(tmp_path)
    harm(path)
    result = start(tmp_path)
    said = " ".join(result.output.split())
    assert (result.exit_code, "log.damaged" in said, zh in said, en in said) == (DAMAGED, True, True, True), said


def test_a_tail_that_was_cut_is_repaired_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asyncio.run(decide_three(tmp_path))
    (path,) = segments(tmp_path)
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-10])
    monkeypatch.setattr(JOURNAL, "propagate", True)
    asyncio.run(decide_three(tmp_path))
    told = [vars(each)["facts"] for each in caplog.records if each.getMessage() == "log.repaired"]
    assert told[0] == {
        "organisation": SHOP,
        "file": path.name,
        "offset": whole - SEAL_SIZE,
        "cut": SEAL_SIZE - 10,
        "fault": "tail_cut",
        "zh": "文件比创建时短",
        "en": "the file is shorter than it was made",
    }
