"""What the demonstration adds: an API key, simulated traffic, a platform, and the live view of what is decided."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from anxin.cli.board import Board
from anxin.cli.feed import Feed, demonstration
from anxin.cli.gateway import now_ms
from anxin.cli.platform import Platform
from anxin.cli.watch import Watch
from anxin.engine.log.disk import Disk
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.gateway.config import GatewayConfig, master_key_path
from anxin.gateway.control import open_control
from anxin.gateway.control_place import control_url
from anxin.gateway.keys import SCOPES, KeyBook
from anxin.simulator.simulator import Simulator

SEED = 7
PLATFORM_TOKEN = "demo.platform"  # noqa: S105 the name of a file


class Show:
    """The demonstration's traffic, its platform, and its view on the terminal."""

    def __init__(
        self, config: GatewayConfig, console: Console, platform: Platform, *, language: str, minutes: int
    ) -> None:
        self._config = config
        self._platform = platform
        self._console = console
        self._language = language
        self._minutes = minutes

    def run(self, rounds: Iterator[bool], *, lines_above: int) -> None:
        """Send traffic, let the platform answer, and show it until `rounds` says that it is over."""
        config = self._config
        simulator = demonstration(SEED, now_ms())
        self._exempt(simulator)
        feed = Feed(config.port, demonstration_key(config), simulator, minutes=self._minutes)
        folder = config.data / "organisations" / config.organisation / "log"
        reader = LogReader(folder, FileKeyRing(master_key_path(config)), organisation=config.organisation)
        board = Board(self._language, ZoneInfo("Asia/Shanghai"))
        feed.start()
        self._platform.start()
        try:
            Watch(board, reader, config.port).follow(self._console, is_over=rounds, lines_above=lines_above)
        finally:
            feed.stop()
            self._platform.stop()

    def _exempt(self, simulator: Simulator) -> None:
        """Order what the simulated shop honestly shares (dormitories, family cards) onto the starter's exempt lists."""
        marker = self._config.data / "demo.exempt"
        if marker.exists():
            return
        organisation, at = self._config.organisation, now_ms()
        orders = [
            (
                organisation,
                at,
                "list.put",
                json.dumps({"list": name, "entry": {"value": value, "reason": "simulated shop"}}),
            )
            for name, values in simulator.world.exemptions().lists().items()
            for value in values
        ]
        open_control(control_url(self._config)).append(orders)
        marker.touch()


def demonstration_key(config: GatewayConfig) -> str:
    """Return the demonstration's API key, made at its first start and kept in a private file beside the data."""
    path = config.data / "demo.key"
    if not path.exists():
        book = KeyBook(config.data / "keys.json", clock=now_ms)
        _keep(path, book.issue(organisation=config.organisation, scopes=SCOPES))
    return path.read_text(encoding="utf-8").strip()


def kept_platform_token(data: Path) -> str:
    """Return the token that the platform used last, "" before the first start."""
    path = data / PLATFORM_TOKEN
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def keep_platform_token(data: Path, token: str) -> None:
    """Keep the platform's token in a private file beside the data."""
    if token != kept_platform_token(data):
        _keep(data / PLATFORM_TOKEN, token)


def first_key(config: GatewayConfig) -> str | None:
    """Make the first API key of an installation and return it, None when there is one; it is kept nowhere."""
    book = KeyBook(config.data / "keys.json", clock=now_ms)
    book.refresh()
    return None if book.list_keys() else book.issue(organisation=config.organisation, scopes=SCOPES)


def demonstration_password(data: Path) -> str:
    """Return the password of the demonstration's people, made at its first start and kept in a private file."""
    path = data / "demo.password"
    if not path.exists():
        _keep(path, "-".join(secrets.token_hex(2) for _ in range(4)))
    return path.read_text(encoding="utf-8").strip()


def _keep(path: Path, secret: str) -> None:
    Disk().replace(path, f"{secret}\n".encode())
