"""Make once what every process of a run needs: the first that asks makes it, the others wait and copy."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder that `make` filled, in this process or another of the same run."""
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            fresh = shared.with_suffix(".new")
            fresh.mkdir(mode=0o700)
            make(fresh)
            fresh.rename(shared)
    return shared


def prepare_tables(folder: Path) -> None:
    """Put the desk's SQLite files there, empty; Django's connections must be allowed."""
    from anxin.desk.boot.program import prepare_database

    prepare_database()
    for alias in connections:
        connections[alias].close()
        made = Path(connections[alias].settings_dict["NAME"])
        shutil.move(made, folder / made.name)
