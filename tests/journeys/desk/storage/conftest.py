"""An installation at which people worked, that was copied and killed, and another that came of the copy.

Their disks are looked at, and how they ended.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from benchmarks.crash import state_digest

from tests.journeys.desk.installation import Installation, installed
from tests.journeys.desk.storage import theft
from tests.journeys.desk.storage.killing import End, killed
from tests.postgresql import database, postgresql

PASSPHRASE = "sieben Nachtwächter am Tor"
KIND = "postgresql" if os.environ.get("ANXIN_TEST_DATABASE") == "postgresql" else "files"
"""Where the desk keeps its tables in this run: `make test` takes files, `make postgresql` the other."""


@dataclass
class Worked:
    """An installation whose gateway was killed after its work, its backup, and what a thief would have read at work."""

    source: Installation
    archive: Path
    passphrase: Path
    stored_before: int
    password: str
    sightings: list[theft.Sighting]
    end: End


@dataclass
class Restored:
    """What came of a backup: whether it was whole, what worked there, and how it ended when its worker was killed."""

    installation: Installation
    said: str
    digests: tuple[bytes, bytes]
    """Of the state: read from the log alone, and from snapshots."""
    stored: int
    signed_in: tuple[httpx.Response, httpx.Response]
    """With the right password, and with a wrong one."""
    end: End


@pytest.fixture(scope="package")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(scope="package", params=[KIND])
def worked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    folder = tmp_path_factory.mktemp("worked")
    if request.param == "files":
        yield _work(folder, "", request.getfixturevalue("tables"))
        return
    with database(request.getfixturevalue("server"), "first") as url:
        yield _work(folder, url)


def _work(folder: Path, url: str, tables: Path | None = None) -> Worked:
    """Let people and traffic come, look at the disk, copy everything while it goes on, and kill the gateway."""
    passphrase = folder / "passphrase"
    passphrase.write_text(PASSPHRASE + "\n", encoding="utf-8")
    passphrase.chmod(0o600)
    archive = folder / "night.anxin"
    with installed(folder / "data", database_url=url, tables=tables) as source:
        theft.send(source)
        theft.wait_until_projected(source)
        theft.work(source)
        source.wait_for_traffic(20)
        sightings = theft.sightings_of(source)
        before = source.stored()
        words = ["--data", str(source.data), "--to", str(archive), "--passphrase-file", str(passphrase)]
        done = source.command("backup", *words, *(["--database-url", url] if url else []))
        assert done.returncode == 0, done.stderr
        source.wait_for_traffic(10)
        password = (source.data / "demo.password").read_text().strip()
        end = killed(source, "gateway")
    return Worked(source, archive, passphrase, before, password, sightings, end)


def restore(
    worked: Worked, data: Path, url: str, *, archive: Path | None = None, passphrase: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command that brings a backup back."""
    words = [str(archive or worked.archive), "--data", str(data)]
    words += ["--passphrase-file", str(passphrase or worked.passphrase)]
    return worked.source.command("restore", *words, *(["--database-url", url] if url else []))


@pytest.fixture(scope="package")
def restored(
    worked: Worked, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Restored]:
    folder = tmp_path_factory.mktemp("restored")
    if not worked.source.database_url:
        yield _restore(worked, folder, "")
        return
    with database(request.getfixturevalue("server"), "restored") as url:
        yield _restore(worked, folder, url)


def _restore(worked: Worked, folder: Path, url: str) -> Restored:
    """Bring the backup back elsewhere, let it work, and kill its worker."""
    data = folder / "elsewhere"
    done = restore(worked, data, url)
    assert done.returncode == 0, done.stdout + done.stderr
    copy = shutil.copytree(data, folder / "copy")
    digests = tuple(state_digest(copy, use_snapshots=each)[0] for each in (False, True))
    with installed(data, database_url=url) as second:
        stored = second.stored()
        second.wait_for_traffic(10)
        signed_in = (
            second.sign_in("night-agent", worked.password),
            second.sign_in("night-agent", "wrong password here"),
        )
        end = killed(second, "worker")
    return Restored(second, done.stderr, (digests[0], digests[1]), stored, signed_in, end)


@pytest.fixture
def target_url(worked: Worked, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the same kind."""
    if not worked.source.database_url:
        yield ""
        return
    with database(request.getfixturevalue("server"), "second") as url:
        yield url
