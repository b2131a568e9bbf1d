"""No test leaves this machine; the desk's tests get their databases; what takes long begins first."""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest
import pytest_socket
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from pytest_django import DjangoDbBlocker
from tests.journeys.chromium import found_browser
from tests.once import made_once, prepare_tables

DESK = Path(__file__).parent / "src" / "anxin" / "desk"
JOURNEYS = Path(__file__).parent / "tests" / "journeys"
SECOND_BROWSER = {"test_sign_in", "test_entities", "test_decisions", "test_keys", "test_storm", "test_style_guide"}
"""Journeys that a second browser makes beside the first, at a desk of its own."""
LONG = {"test_up", "test_hundred_thousand"}
"""What takes long alone and shares nothing."""

IDLE = {
    "_dj_autoclear_mailbox",
    "_django_clear_site_cache",
    "_django_isolate_apps",
    "_django_set_urlconf",
    "_django_setup_unittest",
    "_template_string_if_invalid_marker",
}
"""What pytest-django does around each test for mails, sites, marks and classes that no test here has."""
MARKED = "_django_db_marker"
"""What it does for a test marked to have databases."""

# The same examples each time, however slow the machine; `--hypothesis-profile wandering` looks for others.
settings.register_profile("wandering", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("steady", settings.get_profile("wandering"), derandomize=True)
settings.load_profile("steady")
# Else they are also made of the constants of whatever other tests loaded by then.
providers.is_local_module_file = lambda _: False


def pytest_configure() -> None:
    """Let sockets of this process reach loopback only, once for all tests."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection() -> None:
    """Search for no garbage while tests are collected: all of it is kept."""
    gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test of the desk its databases; let long journeys begin first."""
    items[:] = _long_first(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
    for item in items:
        has_databases = any(item.iter_markers("django_db"))
        if _is_of_the_desk(item.path) and not has_databases:
            item.add_marker(pytest.mark.django_db(databases="__all__"))
            has_databases = True
        _leave_out_idle(getattr(item, "fixturenames", []), has_databases=has_databases)


def _leave_out_idle(fixtures: list[str], *, has_databases: bool) -> None:
    """Take from a test's fixtures, which all its examples share, those that would do nothing for it."""
    if MARKED in fixtures and not has_databases:
        fixtures.remove(MARKED)
    if IDLE & set(fixtures):
        fixtures[:] = [name for name in fixtures if name not in IDLE]


@pytest.fixture
def _template_string_if_invalid_marker() -> None:
    """Stand for pytest-django's own, for which every test would get a `monkeypatch`."""


def _long_first(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """Return the tests so that each of several processes begins with one lane of what takes long.

    The first two have a browser, those of a folder beside each other as they share what they started. Each process
    begins with an equal part of the list and takes from the end of another's when its own is done.
    """
    lanes: list[list[pytest.Item]] = [[] for _ in range(processes)]
    short = []
    for item in items:
        lane = _lane(item)
        (short if lane is None else lanes[lane % processes]).append(item)
    if processes == 1:
        return items
    ordered: list[pytest.Item] = []
    for place, lane in enumerate(lanes):
        lane.sort(key=_folder)
        fill = (len(items) - len(ordered)) // (processes - place) - len(lane)
        ordered += lane + short[: max(0, fill)]
        del short[: max(0, fill)]
    return ordered


def _lane(item: pytest.Item) -> int | None:
    """Return which lane of long tests one is in, None for a short one."""
    lane = _lane_of(item.path)
    if lane is not None and {"desk", "tabs", "night"} & set(getattr(item, "fixturenames", ())):
        return int(item.path.stem in SECOND_BROWSER)
    return lane


@cache
def _lane_of(path: Path) -> int | None:
    """Return the lane of what has no browser."""
    if path.is_relative_to(JOURNEYS / "desk") or path.stem in LONG:
        return 2
    return 3 if path.is_relative_to(JOURNEYS) else None


@cache
def _is_of_the_desk(path: Path) -> bool:
    return path.is_relative_to(DESK)


def _folder(item: pytest.Item) -> tuple[bool, bool, str]:
    """Put the folders below the desk's journeys first, each as one; the one without a browser before all."""
    has_browser = "night" in getattr(item, "fixturenames", ())
    return (item.path.parent.parent != JOURNEYS / "desk", has_browser, str(item.path.parent))


@pytest.fixture(scope="session")
def tables(django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the desk's SQLite files, empty, as the product's own preparation leaves them."""
    with django_db_blocker.unblock():
        return made_once(tmp_path_factory, "tables", prepare_tables)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Give this process its databases: those of SQLite lie in memory, as copies of tables made once for a run."""
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            made = setup_databases(verbosity=0, interactive=False)
        else:
            made = _copied_into_memory(request.getfixturevalue("tables"))
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


def _copied_into_memory(tables: Path) -> list[tuple[BaseDatabaseWrapper, str, bool]]:
    """Return what was there before, as Django's own set-up does."""
    made = []
    for alias in connections:
        here = connections[alias]
        before = here.settings_dict["NAME"]
        here.settings_dict["NAME"] = f"file:memory_{alias}?mode=memory&cache=shared"
        here.ensure_connection()
        # Nobody writes there; a file read as one that may change gets others beside it, which are gone for who copies.
        still = f"{(tables / Path(before).name).as_uri()}?immutable=1"
        with closing(sqlite3.connect(still, uri=True)) as source:
            source.backup(here.connection)
        made.append((here, before, True))
    return made


def pytest_collection_finish() -> None:
    """Keep the thousands of collected tests, and all that was imported, out of every search for garbage.

    Few of a test's objects are in circles: searching a hundredth as often finds them as well.
    """
    gc.freeze()
    gc.set_threshold(70_000, 20, 100)
    gc.enable()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly what could not be seen without a browser."""
    if found_browser() is None:
        terminalreporter.section("NOT RUN: no browser", sep="!")
        terminalreporter.write_line("The journeys in tests/journeys/desk need chromium; `make browser` installs it.")
