"""Commands that look into the desk's data name what is not there, and make nothing."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.main import root

CALLS = [["audit", "verify"], ["audit", "export", "demo"], ["sla", "replay"], ["evidence", "check"]]


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_a_folder_without_a_desk_is_named_and_stays_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: list[str]
) -> None:
    # What the command writes into the environment for Django goes with the test.
    monkeypatch.setattr(os, "environ", {**os.environ, "ANXIN_DESK_DATABASE_URL": ""})
    result = CliRunner().invoke(root(), [*call, "--data", str(tmp_path)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.splitlines()[-2:] == [
        f"✗ --data：{tmp_path} 中没有工作台的数据库。",
        f"  --data: There is no database of the desk in {tmp_path}.",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_was_never_prepared_is_told(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "desk.sqlite3").close()
    (tmp_path / "desk.sqlite3").touch()
    command = [sys.executable, "-m", "anxin.cli", "audit", "verify", "--data", str(tmp_path)]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("ANXIN_", "DJANGO_"))}
    shown = subprocess.run(command, capture_output=True, text=True, check=False, env=plain)
    assert (shown.returncode, shown.stdout) == (3, "")
    zh, en = shown.stderr.splitlines()
    assert zh.endswith("其中没有数据表，请先运行 anxin desk prepare")
    assert en.endswith("it has no tables; run anxin desk prepare")
