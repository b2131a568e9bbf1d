"""`anxin desk …`: the desk's two processes, and its database."""

from __future__ import annotations

import os
from typing import NoReturn

import typer
from rich.console import Console

from anxin.cli.refusals import tell_refusal
from anxin.desk.boot import program
from anxin.desk.boot.config import load_desk_config
from anxin.desk.boot.safety import require_safe
from anxin.engine.errors import EngineError

REFUSED = 3


class DatabaseUnusable(EngineError):
    """The desk's database cannot be reached, or refuses to be written."""

    code = "desk.database_unusable"
    zh = "数据库无法使用，请检查地址与服务：{reason}"
    en = "The database cannot be used; look at its address and whether it runs: {reason}"


def prepare() -> None:
    """Create or upgrade the tables of the desk's database; exit 3 when it cannot be used."""
    try:
        program.set_up()
        prepare_database()
    except EngineError as refusal:
        _tell(refusal)
    Console().print("数据库已就绪。The database is ready.")


def serve() -> None:
    """Serve the desk in the foreground, until interrupted."""
    try:
        require_safe(load_desk_config(os.environ))
    except EngineError as refusal:
        _tell(refusal)
    program.set_up()
    program.serve_desk()
    raise typer.Exit(0)


def worker() -> None:
    """Run the desk's worker in the foreground, until interrupted."""
    program.set_up()
    program.run_worker()


def prepare_database() -> None:
    """Create or upgrade the tables; raise DatabaseUnusable."""
    from django.db import OperationalError

    try:
        program.prepare_database()
    except OperationalError as fault:
        # The first line names the server; nothing of it is the password.
        raise DatabaseUnusable(reason=str(fault).partition("\n")[0]) from None


def _tell(refusal: EngineError) -> NoReturn:
    tell_refusal(Console(stderr=True), refusal, by_code=True)
    raise typer.Exit(REFUSED) from None
