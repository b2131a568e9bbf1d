"""`anxin config`: check the configuration before anything starts."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from anxin.cli.drawing import draw
from anxin.cli.language import both
from anxin.cli.options import ConfigOption
from anxin.cli.refusals import tell_refusal
from anxin.desk.boot.config import DeskConfig, DeskConfigInvalid, load_desk_config
from anxin.desk.boot.safety import find_unsafe_desk
from anxin.gateway.config import ConfigInvalid, GatewayConfig, find_unknown, find_unsafe, load_config

UNSAFE = 3


def check(
    config_file: ConfigOption = None,
    *,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help=both("只说明问题", "print problems only"))] = False,
) -> None:
    """Read file and environment, print the settings in force, refuse unsafe ones; exit 3 when something is wrong.

    Variables that look like settings and are none are told as warnings.
    """
    console = Console(stderr=True)
    for each in find_unknown(os.environ):
        console.print(f"[bold yellow]![/] {escape(each)}", highlight=False, soft_wrap=True)
    try:
        config = load_config(config_file, os.environ)
        named = {} if config_file is None else {"ANXIN_CONFIG": str(config_file)}
        desk = load_desk_config(os.environ | named)
    except (ConfigInvalid, DeskConfigInvalid) as problem:
        tell_refusal(console, problem)
        raise typer.Exit(UNSAFE) from None
    if not quiet:
        draw(Console(), _settings_table("gateway", config))
        draw(Console(), _settings_table("desk", desk))
    unsafe = [f"{each.zh}。{each.en}." for each in find_unsafe(config)]
    unsafe += [f"{each.zh}。{each.en}." for each in find_unsafe_desk(desk)]
    for each in unsafe:
        console.print(f"[bold red]✗[/] {escape(each)}", highlight=False, soft_wrap=True)
    if unsafe:
        raise typer.Exit(UNSAFE)
    if not quiet:
        console.print("[green]✓[/] 配置可用 the configuration is safe")


def _settings_table(title: str, config: GatewayConfig | DeskConfig) -> Table:
    table = Table(box=None, header_style="dim", title=title, title_justify="left")
    for heading in ("设置 setting", "值 value"):
        table.add_column(heading)
    for name in config.__struct_fields__:
        value = getattr(config, name)
        table.add_row(name, "•••" if _is_secret(name, str(value)) else str(value))
    return table


def _is_secret(name: str, value: str) -> bool:
    """Return whether the value may not be shown: a secret, or a database's address that may hold a password."""
    return bool(value) and (name in ("secret_key", "oidc_client_secret") or (name.endswith("_url") and "@" in value))
