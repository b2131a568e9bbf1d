"""Everything is copied while people and traffic go on, brought back elsewhere, and works there."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from benchmarks.crash import state_digest

from tests.journeys.desk.installation import Installation, database, installed, postgresql

PASSPHRASE = "sieben Nachtwächter am Tor"
TYPED = "客户说 13877665544 来过电话"
"""What is kept as evidence."""


@dataclass
class Made:
    """A backup made at work, and what was there when it was made."""

    source: Installation
    archive: Path
    passphrase: Path
    stored_before: int
    password: str


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(scope="module", params=["files", "postgresql"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    folder = tmp_path_factory.mktemp("backup")
    passphrase = folder / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n", encoding="utf-8")
    passphrase.chmod(0o600)
    if request.param == "files":
        yield from _make(folder, passphrase, "")
    else:
        with database(request.getfixturevalue("server"), "first") as url:
            yield from _make(folder, passphrase, url)


def _make(folder: Path, passphrase: Path, url: str) -> Iterator[Made]:
    with installed(folder / "data", database_url=url) as source:
        source.wait_for_traffic(60)
        before = source.stored()
        source.keep_evidence(TYPED)
        words = ["--data", str(source.data), "--to", str(folder / "night.anxin"), "--passphrase-file", str(passphrase)]
        words += ["--database-url", url] if url else []
        done = source.command("backup", *words)
        assert done.returncode == 0, done.stderr
        source.wait_for_traffic(10)
        password = (source.data / "demo.password").read_text().strip()
    yield Made(source, folder / "night.anxin", passphrase, before, password)


@pytest.fixture
def target_url(made: Made, request: pytest.FixtureRequest) -> Iterator[str]:
    if not made.source.database_url:
        yield ""
        return
    with database(request.getfixturevalue("server"), "second") as url:
        yield url


def restored(
    made: Made, data: Path, url: str, *, archive: Path | None = None, passphrase: Path | None = None
) -> object:
    words = [str(archive or made.archive), "--data", str(data), "--passphrase-file", str(passphrase or made.passphrase)]
    return made.source.command("restore", *words, *(["--database-url", url] if url else []))


def test_a_backup_made_at_work_is_restored_and_works(made: Made, tmp_path: Path, target_url: str) -> None:
    data = tmp_path / "elsewhere"
    done = restored(made, data, target_url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verified" in done.stderr
    whole, _ = state_digest(shutil.copytree(data, tmp_path / "copy"), use_snapshots=False)
    assert whole == state_digest(tmp_path / "copy", use_snapshots=True)[0]
    with installed(data, database_url=target_url) as second:
        assert second.stored() >= made.stored_before
        second.wait_for_traffic(10)
        assert second.sign_in("night-agent", made.password).headers["location"] != "/accounts/login/"
        assert second.sign_in("night-agent", "wrong password here").status_code == 200
        assert (data / "demo.key").stat().st_mode & 0o077 == 0
    settings = {"ANXIN_DESK_DATA": str(data), "ANXIN_DESK_DATABASE_URL": target_url}
    second.settings = settings
    verified = second.command("audit", "verify")
    assert verified.returncode == 0, verified.stdout
    assert second.command("log", "verify", "--data", str(data)).returncode == 0
    evidence = second.command("evidence", "check")
    assert evidence.returncode == 0, evidence.stdout
    contents = [path for path in (data / "evidence").rglob("*.*") if path.name.count(".") == 1]
    assert len(contents) == 4
    contents[0].unlink()
    assert second.command("evidence", "check").returncode == 3


def test_no_key_stands_in_the_archive_in_clear(made: Made, tmp_path: Path) -> None:
    secrets = [
        path.read_bytes().strip()
        for path in (made.source.data / "master.key", made.source.data / "desk.secret", made.source.data / "demo.key")
    ]
    secrets += [path.read_bytes() for path in (made.source.data / "keys").glob("*.pem")]
    with zipfile.ZipFile(made.archive) as archive:
        everything = [archive.read(name) for name in archive.namelist()]
    assert [secret for secret in secrets for part in everything if secret in part] == []
    assert made.archive.stat().st_mode & 0o077 == 0


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
def test_a_damaged_archive_is_refused_and_nothing_is_left(made: Made, tmp_path: Path, target_url: str, harm) -> None:
    harmed = Path(shutil.copy(made.archive, tmp_path / "harmed"))
    harm(harmed)
    done = restored(made, tmp_path / "elsewhere", target_url, archive=harmed)
    assert done.returncode == 3, done.stderr
    assert "Nothing was restored" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["harmed"]


def test_a_wrong_passphrase_is_refused_and_nothing_is_left(made: Made, tmp_path: Path, target_url: str) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the passphrase", encoding="utf-8")
    wrong.chmod(0o600)
    done = restored(made, tmp_path / "elsewhere", target_url, passphrase=wrong)
    assert done.returncode == 4, done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["wrong"]


def test_a_folder_with_something_in_it_is_refused(made: Made, tmp_path: Path, target_url: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("kept")
    done = restored(made, tmp_path / "full", target_url)
    assert done.returncode == 3, done.stderr
    assert (tmp_path / "full" / "mine").read_text() == "kept"
    assert [each.name for each in tmp_path.iterdir()] == ["full"]
