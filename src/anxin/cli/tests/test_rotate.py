"""`anxin keys rotate` begins new keys; what the old ones sealed is still read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.main import root


def run(data: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANXIN_", "DJANGO_"))}
    environment |= {"ANXIN_DESK_DATA": str(data), "ANXIN_DATA": str(data)}
    done = subprocess.run(
        [sys.executable, "-m", "anxin.cli", *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("made", [False, True])
def test_a_folder_without_an_installation_gets_no_keys(tmp_path: Path, made: bool) -> None:
    data = tmp_path / "dta"
    if made:
        data.mkdir()
    result = CliRunner().invoke(root(), ["keys", "rotate", "--data", str(data)])
    assert result.exit_code == 2
    assert result.stderr.splitlines()[-2] == f"✗ --data：{data} 中没有可轮换的密钥。"
    assert result.stderr.splitlines()[-1] == f"  --data: There are no keys to rotate in {data}."
    assert (list(data.iterdir()) if made else data.exists()) in ([], False)


def test_rotation_from_the_command_line(tmp_path: Path, tables: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(tables, data)
    (data / "projection.sqlite3").unlink()
    first, second = run(data, "keys", "rotate"), run(data, "keys", "rotate")
    assert re.search(r"master key\s+[0-9a-f]{16}", first)
    assert first != second
    assert sorted(path.name for path in data.glob("master.key*")) == ["master.key", "master.key.2", "master.key.3"]
    assert len(list((data / "keys").glob("kek-*.pem"))) == 2
    assert (data / "projection.sqlite3").stat().st_size > 0
