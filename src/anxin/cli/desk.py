"""`anxin desk …`: the desk's two processes, and its database."""

from __future__ import annotations

import typer
from rich.console import Console

from anxin.desk.boot import program


def prepare() -> None:
    """Create or upgrade the tables of the desk's database."""
    program.set_up()
    program.prepare_database()
    Console().print("数据库已就绪。The database is ready.")


def serve() -> None:
    """Serve the desk in the foreground, until interrupted."""
    program.set_up()
    program.serve_desk()
    raise typer.Exit(0)


def worker() -> None:
    """Run the desk's worker in the foreground, until interrupted."""
    program.set_up()
    program.run_worker()
