"""A gateway in a process of its own, for benchmarks and crash runs."""

from __future__ import annotations

import atexit
import contextlib
import http.client
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_MAIN = "from anxin.cli.main import main; main()"
_PLACES = contextlib.ExitStack()
atexit.register(_PLACES.close)
_KEY = re.compile(r"ax_[0-9a-f]{12}_[0-9a-f]{64}")


@dataclass
class Served:
    """A running gateway: where, as which process, and the key of its first organisation."""

    process: subprocess.Popen[bytes]
    port: int
    key: str

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 300.0) -> int:
        """Ask it to stop and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)


def free_port() -> int:
    """Return a loopback port that is free now, and that chance gives to nobody else while this process lives."""
    place = _PLACES.enter_context(socket.socket())
    # Bound but never listening: a server that allows reuse, as servers do, may still take the port.
    place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    place.bind(("127.0.0.1", 0))
    return int(place.getsockname()[1])


def start_gateway(data: Path, policy: Path, *, cpu: int | None = None, **settings: object) -> Served:
    """Start a gateway and wait until it is ready; `settings` are its own, by name. Raise RuntimeError when it ends."""
    served, output = launch_gateway(data, policy, cpu=cpu, **settings)
    _wait_until_ready(served.process, served.port, output, scheme="https" if "tls_certificate" in settings else "http")
    found = _KEY.search(output.read_text(encoding="utf-8"))
    return replace(served, key=found[0] if found else "")


def launch_gateway(data: Path, policy: Path, *, cpu: int | None = None, **settings: object) -> tuple[Served, Path]:
    """Start a gateway, and return it without a key, and the file of what it says."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    port = free_port()
    environment = {**os.environ, "PYTHONPATH": _python_path(), "OMP_NUM_THREADS": "1"}
    environment.update({f"ANXIN_{name.upper()}": str(value) for name, value in settings.items()})
    command = [sys.executable, "-c", _MAIN, "gateway", "--data", str(data), "--policy", str(policy)]
    output = data / "output.txt"
    with output.open("ab") as file:
        process = subprocess.Popen([*command, "--gateway-port", str(port)], stdout=file, stderr=file, env=environment)
    if cpu is not None:
        os.sched_setaffinity(process.pid, {cpu})
    return Served(process, port, ""), output


def _trusting() -> ssl.SSLContext:
    """Return a context that trusts any certificate: only readiness is asked for, over loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _python_path() -> str:
    return os.pathsep.join([str(_ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, output: Path, *, scheme: str) -> None:
    until = time.monotonic() + 120
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    if scheme == "https":
        asked = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=_trusting())
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(output.read_text(encoding="utf-8"))
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(asked):
            asked.request("GET", "/readyz")
            if asked.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.02)
    process.kill()
    raise RuntimeError("the gateway is not ready after two minutes")


@contextlib.contextmanager
def serve_gateway(data: Path, policy: Path, *, cpu: int | None = None, **settings: object) -> Iterator[Served]:
    """Run a gateway for the time of a block."""
    served = start_gateway(data, policy, cpu=cpu, **settings)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.stop()
