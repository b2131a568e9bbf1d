"""A whole installation as `anxin up` runs it: gateway, desk, worker, with the demonstration's people and traffic."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from benchmarks.serving import free_port

from tests.architecture.source import ROOT
from tests.journeys.patience import PATIENCE_SECONDS, wait_until

FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Installation:
    """Start, kill and start again; ports stay the same."""

    data: Path
    database_url: str = ""
    is_demo: bool = True
    port: int = field(default_factory=free_port)
    desk_port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    tables: Path | None = None
    """SQLite files with empty tables: an installation that begins with them has none to make."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def desk_url(self) -> str:
        return f"http://localhost:{self.desk_port}"

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANXIN_", "DJANGO_"))}
        return kept | {"PYTHONPATH": str(ROOT / "src"), "COLUMNS": "160"} | self.settings

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the house's commands to its end."""
        return subprocess.run(
            [sys.executable, "-m", "anxin.cli", *words],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    @property
    def output(self) -> str:
        return self.data.with_name(f"{self.data.name}.out").read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        if self.tables is not None and not self.data.exists():
            shutil.copytree(self.tables, self.data)
        words = ["up", "--data", str(self.data), "--gateway-port", str(self.port), "--desk-port", str(self.desk_port)]
        words += ["--demo", "--demo-minutes", "0"] if self.is_demo else []
        words += ["--database-url", self.database_url] if self.database_url else []
        with self.data.with_name(f"{self.data.name}.out").open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "anxin.cli", *words], env=self.environment(), stdout=out, stderr=out
            )
        self.wait_for(r"Ctrl-C")

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until the terminal shows something."""
        assert self.process is not None
        until = time.monotonic() + PATIENCE_SECONDS
        while not (found := re.search(pattern, self.output)):
            assert self.process.poll() is None, self.output
            assert time.monotonic() < until, self.output
            time.sleep(0.05)
        return found

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)

    def children(self) -> dict[str, int]:
        """Return the programs' process ids by name."""
        assert self.process is not None
        found = {}
        for each in Path("/proc").glob("[0-9]*/stat"):
            try:
                words = each.read_text().rpartition(")")[2].split()
                line = each.with_name("cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if int(words[1]) == self.process.pid and b"anxin.cli" in line:
                found[line[line.index(b"anxin.cli") + 1 :][-2].decode()] = int(each.parent.name)
        return found

    def stored(self) -> int:
        """Return the last sequence number of the log."""
        _, text = self._ask("GET", "/metrics")
        return max(int(float(each)) for each in re.findall(r"^anxin_log_seq(?:\{.*\})? (\S+)", text, re.MULTILINE))

    def _ask(self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] = {}) -> tuple[int, str]:
        """Return the gateway's answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        with closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def decide(self, event_id: str) -> bool:
        """Send an event as a platform does; return whether it was decided."""
        event = {"event_id": event_id, "event_type": "account.login", "occurred_at": int(time.time() * 1000)}
        key = (self.data / "demo.key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        body = json.dumps(event | {"actor_id": "u-sent", "device_id": "d-sent"})
        return self._ask("POST", "/v1/decisions", body, headers)[0] == http.HTTPStatus.OK

    def wait_for_traffic(self, more: int) -> None:
        wanted = self.stored() + more
        wait_until(lambda: self.stored() >= wanted)

    def sign_in(self, username: str, password: str) -> httpx.Response:
        """Sign in by form; return the page that follows."""
        with httpx.Client(base_url=f"http://127.0.0.1:{self.desk_port}", timeout=PATIENCE_SECONDS) as browser:
            page = browser.get("/accounts/login/")
            found = FIELD.search(page.text)
            assert found, page.text
            typed = {"login": username, "password": password, "csrfmiddlewaretoken": found[1]}
            return browser.post("/accounts/login/", data=typed)


@contextmanager
def installed(data: Path, **given: object) -> Iterator[Installation]:
    """Run an installation for the time of a block."""
    installation = Installation(data, **given)  # type: ignore[arg-type]
    try:
        installation.start()
        yield installation
    finally:
        installation.stop()
