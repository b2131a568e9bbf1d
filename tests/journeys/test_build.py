"""Where no compiler works the installation goes on, and says which kernel is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SETUP = Path(__file__).parents[2] / "setup.py"


def test_without_a_compiler_the_reference_serves(tmp_path: Path) -> None:
    shutil.copy(SETUP, tmp_path)
    source = tmp_path / "src" / "small" / "kernel.pyx"
    source.parent.mkdir(parents=True)
    source.write_text("def one():\n    return 1\n", encoding="utf-8")
    command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    environment = {**os.environ, "CC": "/nowhere/cc", "CXX": "/nowhere/cc"}
    built = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert built.returncode == 0, built.stderr
    assert "anxin: small.kernel was not compiled (" in built.stderr
    assert "the pure-Python reference will serve." in built.stderr
    assert list(tmp_path.rglob("*.so")) == []
