"""No test leaves this machine; the desk's tests get their databases; what takes long begins first."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

DESK = Path(__file__).parent / "src" / "anxin" / "desk"
JOURNEYS = Path(__file__).parent / "tests" / "journeys"
CHROMIUM = Path("/usr/bin/chromium")

# The same examples each time, however slow the machine; `--hypothesis-profile wandering` looks for others.
settings.register_profile("wandering", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", settings.get_profile("wandering"), derandomize=True)
settings.load_profile("steady")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test of the desk its databases; let long journeys begin first."""
    items[:] = _long_first(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    for item in items:
        if DESK in item.path.parents and not any(item.iter_markers("django_db")):
            item.add_marker(pytest.mark.django_db(databases="__all__"))


def _long_first(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """Return the tests so that the first of several processes begins with the journeys that share desk and browser.

    The second begins with the other journeys. Each process starts with an equal part of the list.
    """
    journeys = [each for each in items if JOURNEYS in each.path.parents]
    if processes == 1 or not journeys:
        return items
    others = [each for each in items if JOURNEYS not in each.path.parents]
    sharing = [each for each in journeys if {"desk", "browser"} & set(getattr(each, "fixturenames", ()))]
    alone = [each for each in journeys if each not in set(sharing)]
    place = max(0, len(items) // processes - len(sharing))
    return sharing + others[:place] + alone + others[place:]


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
