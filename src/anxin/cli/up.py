"""`anxin up`: start the gateway; with `--demo` also simulated traffic and the live view."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from anxin.cli.board import Board
from anxin.cli.feed import Feed, demonstration
from anxin.cli.gateway import (
    REFUSED,
    ConfigOption,
    DatabaseOption,
    DataOption,
    HostOption,
    PolicyOption,
    PortOption,
    announce_on,
    now_ms,
    render_curl,
    serve,
)
from anxin.cli.watch import Watch
from anxin.engine.errors import EngineError
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.reader import LogReader
from anxin.gateway.config import GatewayConfig, load_config
from anxin.gateway.control import open_control
from anxin.gateway.keys import SCOPES, KeyBook
from anxin.gateway.server import control_url, master_key_path
from anxin.simulator.simulator import Simulator
from anxin.starter.folder import starter_folder

READY_SECONDS = 120.0
STOP_SECONDS = 20.0
SEED = 7
COMMAND = (sys.executable, "-m", "anxin.cli", "gateway")
LAST_WORDS = 4
LINES_OF_INTRODUCTION = 5
FAILED = 1


def up(
    data: DataOption = None,
    policy: PolicyOption = None,
    port: PortOption = None,
    host: HostOption = None,
    config_file: ConfigOption = None,
    *,
    database_url: DatabaseOption = None,
    demo: Annotated[bool, typer.Option(help="add simulated traffic and a live view")] = False,
    language: Annotated[Literal["zh", "en"], typer.Option(help="language of the live view")] = "zh",
) -> None:
    """Start everything on this machine; Ctrl-C stops it cleanly."""
    console = Console()
    try:
        config = load_config(
            config_file, os.environ, data=data, policy=policy, port=port, host=host, control_url=database_url
        )
        config = config if config.policy is not None else _with_starter(config)
        if demo:
            Demonstration(config, console, language=language).run()
        else:
            serve(config, announce=lambda where: announce_on(console, where))
    except EngineError as refusal:
        console.print(f"[bold red]{refusal.code}[/]  {refusal.sentence('zh')}\n{refusal.sentence('en')}")
        raise typer.Exit(REFUSED) from None


def _with_starter(config: GatewayConfig) -> GatewayConfig:
    return load_config(None, {}, **{**_fields(config), "policy": starter_folder()})


def _fields(config: GatewayConfig) -> dict[str, object]:
    return {name: getattr(config, name) for name in config.__struct_fields__}


class Demonstration:
    """A gateway in a process of its own, traffic sent to it over HTTP, and the live view of what it decides."""

    def __init__(self, config: GatewayConfig, console: Console, *, language: str) -> None:
        self.config = config
        self.console = console
        self.language = language
        self._is_stopping = False

    def run(self) -> None:
        """Run until interrupted; exit 1 when the gateway did not start or ended by itself."""
        self.config.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = demonstration_key(self.config)
        journal = self.config.data / "gateway.log"
        signal.signal(signal.SIGTERM, self._ask_to_stop)
        signal.signal(signal.SIGINT, self._ask_to_stop)
        with journal.open("ab") as out:
            server = subprocess.Popen(COMMAND, stdout=out, stderr=out, start_new_session=True, env=self._environment())
        try:
            if not self._wait_until_ready(server):
                self._tell_failure(journal)
                raise typer.Exit(FAILED)
            self._show(server, key)
        finally:
            self._stop(server)
        self.console.print("已安全停止，数据已保存。Stopped cleanly; the data is kept.")

    def _tell_failure(self, journal: Path) -> None:
        self.console.print("[bold red]网关未能启动。[/]The gateway did not start. Its last words:", soft_wrap=True)
        for line in journal.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]:
            self.console.print(line, style="dim", markup=False, highlight=False, soft_wrap=True)
        self.console.print(f"日志 journal: {journal}", soft_wrap=True, highlight=False)

    def _environment(self) -> dict[str, str]:
        """Return an environment that names every setting, so that the gateway's process has exactly these."""
        settings = {name: value for name, value in _fields(self.config).items() if value is not None and name != "demo"}
        words = {name: _word(value) for name, value in settings.items()}
        return dict(os.environ) | {f"ANXIN_{name.upper()}": word for name, word in words.items()}

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._is_stopping = True

    def _wait_until_ready(self, server: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + READY_SECONDS
        with self.console.status("网关启动中 … The gateway is starting …"):
            while time.monotonic() < deadline and server.poll() is None and not self._is_stopping:
                if is_ready(self.config.port):
                    return True
                time.sleep(0.1)
        return False

    def _show(self, server: subprocess.Popen[bytes], key: str) -> None:
        address = f"http://{self.config.host}:{self.config.port}"
        self.console.print(f"[bold green]Anxin 安心[/]  网关 gateway  {address}   Ctrl-C 停止 stops")
        self.console.print(f"访问密钥 API key  {key}", soft_wrap=True, highlight=False)
        self.console.print("发送一个您自己的事件 Send an event of your own:", style="dim")
        curl = render_curl(address, key)
        self.console.print(curl, soft_wrap=True, markup=False, highlight=False)
        lines_above = LINES_OF_INTRODUCTION + -(-len(curl) // self.console.width)
        simulator = demonstration(SEED, now_ms())
        self._exempt(simulator)
        feed = Feed(self.config.port, key, simulator)
        folder = self.config.data / "organisations" / self.config.organisation / "log"
        reader = LogReader(folder, FileKeyRing(master_key_path(self.config)), organisation=self.config.organisation)
        board = Board(self.language, ZoneInfo("Asia/Shanghai"))
        feed.start()
        try:
            Watch(board, reader, self.config.port).follow(
                self.console, is_over=self._rounds(server), lines_above=lines_above
            )
        finally:
            feed.stop()

    def _exempt(self, simulator: Simulator) -> None:
        """Order what the simulated shop honestly shares (dormitories, family cards) onto the starter's exempt lists."""
        marker = self.config.data / "demo.exempt"
        if marker.exists():
            return
        organisation, at = self.config.organisation, now_ms()
        reason = "simulated shop"
        orders = [
            (organisation, at, "list.put", json.dumps({"list": name, "entry": {"value": value, "reason": reason}}))
            for name, values in simulator.world.exemptions().lists().items()
            for value in values
        ]
        open_control(control_url(self.config)).append(orders)
        marker.touch()

    def _rounds(self, server: subprocess.Popen[bytes]) -> Iterator[bool]:
        while not self._is_stopping:
            if server.poll() is not None:
                self.console.print("[bold red]网关已退出。The gateway ended by itself.[/]")
                raise typer.Exit(FAILED)
            yield False
        yield True

    def _stop(self, server: subprocess.Popen[bytes]) -> None:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
            try:
                server.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _word(value: object) -> str:
    """Return a setting as its environment variable holds it."""
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def is_ready(port: int) -> bool:
    """Return whether the gateway on this port of loopback says that it is ready."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        connection.request("GET", "/readyz")
        status = connection.getresponse().status
        connection.close()
    except (OSError, http.client.HTTPException):
        return False
    return status == http.HTTPStatus.OK


def demonstration_key(config: GatewayConfig) -> str:
    """Return the demonstration's API key, made at its first start and kept in a private file beside the data."""
    path: Path = config.data / "demo.key"
    if path.exists():
        return path.read_text(encoding="utf-8").strip()
    book = KeyBook(config.data / "keys.json", clock=now_ms)
    key = book.issue(organisation=config.organisation, scopes=SCOPES)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(key + "\n")
    return key
