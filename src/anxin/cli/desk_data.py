"""The desk's stored data, opened for a command that only looks: nothing is made where there is none."""

from __future__ import annotations

import os
from pathlib import Path

import typer
from rich.console import Console

from anxin.cli.desk import DatabaseUnusable
from anxin.cli.refusals import tell_refusal
from anxin.desk.boot import program
from anxin.desk.boot.config import load_desk_config
from anxin.engine.errors import EngineError

REFUSED = 3


def open_desk(data: Path | None, database_url: str | None = None) -> None:
    """Load the desk on a folder's data; a wrong call where there is none, exit 3 where it cannot be used."""
    given = {"ANXIN_DESK_DATA": data, "ANXIN_DESK_DATABASE_URL": database_url}
    os.environ.update({name: str(value) for name, value in given.items() if value is not None})
    try:
        config = load_desk_config(os.environ)
        if not config.database_url and not (config.data / "desk.sqlite3").is_file():
            told = f"{config.data} 中没有工作台的数据库。There is no database of the desk in {config.data}."
            raise typer.BadParameter(told, param_hint="--data")
        program.set_up()
        _require_tables()
    except EngineError as refusal:
        tell_refusal(Console(stderr=True), refusal)
        raise typer.Exit(REFUSED) from None


def _require_tables() -> None:
    """Raise DatabaseUnusable when it cannot be asked, or was never prepared."""
    from django.db import DatabaseError, connection

    try:
        tables = connection.introspection.table_names()
    except DatabaseError as fault:
        raise DatabaseUnusable(reason=str(fault).partition("\n")[0]) from None
    if "organisations_organisation" not in tables:
        raise DatabaseUnusable(
            reason_zh="其中没有数据表，请先运行 anxin desk prepare", reason="it has no tables; run anxin desk prepare"
        )
