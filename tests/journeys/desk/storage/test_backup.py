"""Everything is copied while people and traffic go on, brought back elsewhere, and works there."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.journeys.desk.installation import Installation
from tests.journeys.desk.storage.conftest import Restored, Worked, restore


def test_a_backup_made_at_work_is_restored_and_works(worked: Worked, restored: Restored) -> None:
    data = restored.installation.data
    assert "verified" in restored.said
    assert restored.digests[0] == restored.digests[1]
    assert restored.stored >= worked.stored_before
    right, wrong = restored.signed_in
    assert right.headers["location"] != "/accounts/login/"
    assert wrong.status_code == 200
    assert (data / "demo.key").stat().st_mode & 0o077 == 0
    given = {"ANXIN_DESK_DATA": str(data), "ANXIN_DESK_DATABASE_URL": restored.installation.database_url}
    second = Installation(data, settings=given)
    verified = second.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    assert second.command("log", "verify", "--data", str(data)).returncode == 0
    evidence = second.command("evidence", "check")
    assert evidence.returncode == 0, evidence.stdout
    contents = [path for path in (data / "evidence").rglob("*.*") if path.name.count(".") == 1]
    assert len(contents) == 4
    contents[0].unlink()
    assert second.command("evidence", "check").returncode == 3


def test_no_key_stands_in_the_archive_in_clear(worked: Worked, tmp_path: Path) -> None:
    secrets = [
        path.read_bytes().strip()
        for path in (
            worked.source.data / "master.key",
            worked.source.data / "desk.secret",
            worked.source.data / "demo.key",
            worked.source.data / "demo.platform",
        )
    ]
    secrets += [path.read_bytes() for path in (worked.source.data / "keys").glob("*.pem")]
    with zipfile.ZipFile(worked.archive) as archive:
        everything = [archive.read(name) for name in archive.namelist()]
    assert [secret for secret in secrets for part in everything if secret in part] == []
    assert worked.archive.stat().st_mode & 0o077 == 0


def _cut(archive: Path) -> None:
    with archive.open("r+b") as file:
        file.truncate(archive.stat().st_size // 2)


def _flip(archive: Path) -> None:
    with archive.open("r+b") as file:
        file.seek(archive.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))


@pytest.mark.parametrize("harm", [_cut, _flip])
def test_a_damaged_archive_is_refused_and_nothing_is_left(
    worked: Worked, tmp_path: Path, target_url: str, harm
) -> None:
    harmed = Path(shutil.copy(worked.archive, tmp_path / "harmed"))
    harm(harmed)
    done = restore(worked, tmp_path / "elsewhere", target_url, archive=harmed)
    assert done.returncode == 3, done.stderr
    assert "Nothing was restored" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["harmed"]


def test_a_wrong_passphrase_is_refused_and_nothing_is_left(worked: Worked, tmp_path: Path, target_url: str) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the passphrase", encoding="utf-8")
    wrong.chmod(0o600)
    done = restore(worked, tmp_path / "elsewhere", target_url, passphrase=wrong)
    assert done.returncode == 4, done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["wrong"]


def test_a_folder_with_something_in_it_is_refused(worked: Worked, tmp_path: Path, target_url: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("kept")
    done = restore(worked, tmp_path / "full", target_url)
    assert done.returncode == 3, done.stderr
    assert (tmp_path / "full" / "mine").read_text() == "kept"
    assert [each.name for each in tmp_path.iterdir()] == ["full"]
