"""`anxin desk …`: the desk's two processes, and its database."""

from __future__ import annotations

import os

import typer
from rich.console import Console

from anxin.desk.boot import program
from anxin.desk.boot.config import load_desk_config
from anxin.desk.boot.safety import require_safe
from anxin.engine.errors import EngineError

REFUSED = 3


def prepare() -> None:
    """Create or upgrade the tables of the desk's database."""
    program.set_up()
    program.prepare_database()
    Console().print("数据库已就绪。The database is ready.")


def serve() -> None:
    """Serve the desk in the foreground, until interrupted."""
    try:
        require_safe(load_desk_config(os.environ))
    except EngineError as refusal:
        told = f"[bold red]{refusal.code}[/]  {refusal.sentence('zh')}\n{refusal.sentence('en')}"
        Console(stderr=True).print(told, soft_wrap=True)
        raise typer.Exit(REFUSED) from None
    program.set_up()
    program.serve_desk()
    raise typer.Exit(0)


def worker() -> None:
    """Run the desk's worker in the foreground, until interrupted."""
    program.set_up()
    program.run_worker()
