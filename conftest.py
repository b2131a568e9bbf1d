"""No test leaves this machine; the desk's tests get their databases."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

DESK = Path(__file__).parent / "src" / "anxin" / "desk"
CHROMIUM = Path("/usr/bin/chromium")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test of the desk its databases."""
    for item in items:
        if DESK in item.path.parents and not any(item.iter_markers("django_db")):
            item.add_marker(pytest.mark.django_db(databases="__all__"))


def pytest_collection_finish() -> None:
    """Keep the thousands of collected tests, and all that was imported, out of every search for garbage."""
    gc.collect()
    gc.freeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let sockets reach loopback only."""
    import pytest_socket

    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what could not be seen without a browser."""
    if not CHROMIUM.exists():
        terminalreporter.section("NOT RUN: no browser", sep="!")
        terminalreporter.write_line("The journeys in tests/journeys/desk need chromium; `make browser` installs it.")
