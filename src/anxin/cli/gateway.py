"""`anxin gateway`, and the gateway part of `anxin up`."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import typer

from anxin.cli.kernels import keep_remedy, which_runs
from anxin.cli.language import both
from anxin.cli.options import ConfigOption, ControlUrlOption, DataOption
from anxin.desk.boot.loading import loading
from anxin.engine.errors import EngineError
from anxin.gateway.config import GatewayConfig, load_config, require_safe

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from anxin.gateway.server import Listening

REFUSED = 3

PolicyOption = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        help=both(
            "启动时使用的策略文件夹；再次启动时省略，则沿用生效中的策略",
            "folder of the policy to start with; a later start keeps the live one when left out",
        ),
    ),
]
PortOption = Annotated[
    int | None,
    typer.Option(
        "--gateway-port",
        help=both(
            "网关监听的端口；省略则按配置，或为 8080", "port of the gateway; as configured, or 8080, when left out"
        ),
    ),
]
HostOption = Annotated[
    str | None,
    typer.Option(
        "--host",
        help=both("网关监听的地址；省略则只限本机", "address the gateway listens on; this machine only when left out"),
    ),
]


def now_ms() -> int:
    """Return the wall clock in ms UTC."""
    return time.time_ns() // 1_000_000


def gateway(
    data: DataOption = None,
    policy: PolicyOption = None,
    port: PortOption = None,
    host: HostOption = None,
    config_file: ConfigOption = None,
    *,
    database_url: ControlUrlOption = None,
) -> None:
    """Serve the gateway alone, in the foreground, until interrupted."""
    try:
        config = load_config(
            config_file, os.environ, data=data, policy=policy, port=port, host=host, control_url=database_url
        )
        serve(config, announce=announce)
    except EngineError as refusal:
        from rich.console import Console  # what draws on terminals takes a tenth of a start that is refused nothing

        from anxin.cli.refusals import tell_refusal

        tell_refusal(Console(stderr=True), refusal, by_code=True)
        raise typer.Exit(REFUSED) from None


def serve(config: GatewayConfig, *, announce: Callable[[Listening], None]) -> None:
    """Run one gateway to its end in this thread; raise ConfigInvalid when the settings are not safe."""
    require_safe(config)
    with loading():  # here, because commands that need its options only load this module, too
        import uvloop

        from anxin.gateway.journal import start_journal
        from anxin.gateway.server import Gateway
    start_journal()
    keep_remedy()
    with ReplayBar() as bar:

        def ready(where: Listening) -> None:
            bar.close()
            announce(where)

        async def run() -> None:
            await Gateway(config, clock=now_ms, announce=ready, progress=bar.show).run()

        uvloop.run(run())


class ReplayBar:
    """Progress bars of the log being read again, one an organisation; nothing where there is no terminal."""

    def __init__(self) -> None:
        self._bars = _drawn_bars() if sys.stderr.isatty() else None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> ReplayBar:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def show(self, organisation: str, share: float) -> None:
        """Show how much of an organisation's log (0–1) is done."""
        if self._bars is None:
            return
        if organisation not in self._tasks:
            self._tasks[organisation] = self._bars.add_task(f"恢复 restoring {organisation}", total=1.0)
        self._bars.update(self._tasks[organisation], completed=share)

    def close(self) -> None:
        """Take the bars away."""
        if self._bars is not None:
            self._bars.stop()


def _drawn_bars() -> Progress:
    from rich.console import Console
    from rich.progress import Progress

    return Progress(console=Console(stderr=True), transient=True)


def announce(where: Listening) -> None:
    """Print the address, the first key and a command to try."""
    address = f"http://{where.host}:{where.port}"
    if where.shortage is not None:
        for said in (where.shortage.sentence("zh"), where.shortage.sentence("en")):
            click.secho(said, fg="red", err=True)
        click.secho("腾出空间后自动恢复，无需重启。With room again it goes on by itself.", err=True)
    click.echo(f"{click.style('Anxin 安心', fg='green', bold=True)}  网关 gateway  {address}  {which_runs()}", err=True)
    if where.new_key is None:
        said = "访问密钥已在首次启动时显示。The API key was shown at the first start."
        click.secho(said, dim=True, err=True)
        return
    click.echo(f"访问密钥（仅显示一次）API key (shown once):\n{where.new_key}\n", err=True)
    click.echo(render_curl(address, where.new_key), err=True)


def render_curl(address: str, key: str) -> str:
    """Return a command line that sends one event, ready to paste."""
    event = '{"event_id":"\'$(date +%s%N)\'","event_type":"account.login","occurred_at":\'$(date +%s000)\','
    event += '"actor_id":"u1","device_id":"d1","ip":"203.0.113.7"}'
    return (
        f"curl -s {address}/v1/decisions -H 'Authorization: Bearer {key}' "
        f"-H 'Content-Type: application/json' -d '{event}'"
    )
