"""`anxin config`: check the configuration before anything starts."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from anxin.cli.gateway import ConfigOption
from anxin.gateway.config import ConfigInvalid, GatewayConfig, find_unknown, find_unsafe, load_config

UNSAFE = 3


def check(
    config_file: ConfigOption = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="print problems only")] = False,
) -> None:
    """Read file and environment, print the settings in force, refuse unsafe ones; exit 3 when something is wrong.

    Variables that look like settings and are none are told as warnings.
    """
    console = Console(stderr=True)
    for each in find_unknown(os.environ):
        console.print(f"[bold yellow]![/] {each}", highlight=False, soft_wrap=True)
    try:
        config = load_config(config_file, os.environ)
    except ConfigInvalid as problem:
        console.print(f"[bold red]✗[/] {problem.sentence('zh')}\n  {problem.sentence('en')}")
        raise typer.Exit(UNSAFE) from None
    if not quiet:
        Console().print(_settings_table(config))
    unsafe = find_unsafe(config)
    for each in unsafe:
        console.print(f"[bold red]✗[/] {each}", highlight=False)
    if unsafe:
        raise typer.Exit(UNSAFE)
    if not quiet:
        console.print("[green]✓[/] 配置可用 the configuration is safe")


def _settings_table(config: GatewayConfig) -> Table:
    table = Table(box=None, header_style="dim")
    for heading in ("设置 setting", "值 value"):
        table.add_column(heading)
    for name in config.__struct_fields__:
        value = getattr(config, name)
        # A database address may hold a password.
        table.add_row(name, "•••" if name == "control_url" and "@" in str(value) else str(value))
    return table
