"""A real desk in a process of its own, with its own data folder, port and log."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from tests.architecture.source import ROOT
from tests.journeys.desk.beside import DONE
from tests.journeys.patience import PATIENCE_SECONDS


@dataclass
class RunningDesk:
    """Start, kill and start again; `url` stays the same (passkeys need a name, not a number)."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    beside: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "desk.log").read_text(encoding="utf-8", errors="replace")

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ANXIN_")}
        return kept | {
            "ANXIN_DESK_DATA": str(self.folder),
            "DJANGO_SETTINGS_MODULE": "tests.journeys.desk.settings",
            "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
        }

    def run(self, *command: str) -> None:
        """Run a Python module's `main` beside the desk until it is done."""
        self.beside = self.beside or self._start_beside()
        assert self.beside.stdin is not None
        assert self.beside.stdout is not None
        self.beside.stdin.write(json.dumps(command).encode() + b"\n")
        self.beside.stdin.flush()
        assert select.select([self.beside.stdout], [], [], PATIENCE_SECONDS)[0], f"{command} does not end"
        if self.beside.stdout.readline() != DONE:
            self._end_beside()
            raise AssertionError((self.folder / "beside.log").read_text(encoding="utf-8"))

    def _start_beside(self) -> subprocess.Popen[bytes]:
        with (self.folder / "beside.log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.journeys.desk.beside"],
                env=self.environment(),
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )

    def found(self) -> None:
        """Make what tables are missing, and the people."""
        self.run("tests.journeys.desk.found")

    def start(self) -> None:
        command = ("uvicorn", "anxin.desk.boot.asgi:application", "--host", "127.0.0.1", "--log-level", "warning")
        with (self.folder / "desk.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *command, "--port", str(self.port), "--timeout-graceful-shutdown", "1"],
                env=self.environment(),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.answers():
            assert self.process.poll() is None, f"the desk ended:\n{self.log}"
            assert time.monotonic() < deadline, f"the desk did not start:\n{self.log}"
            time.sleep(0.05)

    def answers(self) -> bool:
        """Ask for a page, as the desk loads most of itself at the first one."""
        try:
            with urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=10) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    def kill(self) -> None:
        """End it without a word, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)
        self._end_beside()

    def _end_beside(self) -> None:
        if self.beside is not None:
            self.beside.communicate(timeout=PATIENCE_SECONDS)
            self.beside = None

    def _end(self, how: signal.Signals) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=PATIENCE_SECONDS)
