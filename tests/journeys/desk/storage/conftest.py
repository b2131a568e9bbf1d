"""An installation at which people worked, that was copied and stopped: its disk is looked at, and what was copied."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.desk.installation import Installation, database, installed, postgresql
from tests.journeys.desk.storage import theft

PASSPHRASE = "sieben Nachtwächter am Tor"
KIND = "postgresql" if os.environ.get("ANXIN_TEST_DATABASE") == "postgresql" else "files"
"""Where the desk keeps its tables in this run: `make test` takes files, `make postgresql` the other."""


@dataclass
class Worked:
    """An installation that was stopped after its work, its backup, and what a thief would have read of it at work."""

    source: Installation
    archive: Path
    passphrase: Path
    stored_before: int
    password: str
    sightings: list[theft.Sighting]


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
    """Let people and traffic come, look at the disk, copy everything while it goes on, and stop."""
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
    return Worked(source, archive, passphrase, before, password, sightings)


@pytest.fixture
def target_url(worked: Worked, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of the same kind."""
    if not worked.source.database_url:
        yield ""
        return
    with database(request.getfixturevalue("server"), "second") as url:
        yield url
