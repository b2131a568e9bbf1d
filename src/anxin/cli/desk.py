"""`anxin desk …`: the desk's two processes, and its database."""

from __future__ import annotations

import os
from typing import NoReturn

import typer
from rich.console import Console

from anxin.cli.kernels import keep_remedy
from anxin.cli.refusals import tell_refusal
from anxin.desk.boot import program
from anxin.desk.boot.config import DeskConfig, load_desk_config
from anxin.desk.boot.journal import watch_faults
from anxin.desk.boot.safety import require_safe
from anxin.engine.errors import EngineError

REFUSED = 3


class DatabaseUnusable(EngineError):
    """The desk's database cannot be reached, or refuses to be written."""

    code = "desk.database_unusable"
    zh = "数据库无法使用，请检查地址与服务：{reason}"
    en = "The database cannot be used; look at its address and whether it runs: {reason}"


class NotPrepared(EngineError):
    """The desk's database has not the tables of this version."""

    code = "desk.not_prepared"
    zh = "数据库尚未准备，或版本落后于程序：请先运行 anxin desk prepare。"
    en = "The database was never prepared, or is behind this version: run anxin desk prepare first."


class KeysMissing(EngineError):
    """Keys that sealed values need are not in the folder; new ones would hide that, and could not open anything."""

    code = "desk.keys_missing"
    zh = "缺少密钥文件 {keys}，已加密的信息无法打开：请从备份恢复 {folder}，不要新建。"
    en = "The key files {keys} are missing, sealed values cannot be opened: bring {folder} back from a backup."


def prepare() -> None:
    """Create or upgrade the tables of the desk's database; exit 3 when it cannot be used."""
    try:
        program.set_up()
        prepare_database()
    except EngineError as refusal:
        _tell(refusal)
    Console().print("数据库已就绪。The database is ready.")


def serve() -> None:
    """Serve the desk in the foreground, until interrupted; exit 3 when it could not work."""
    try:
        require_safe(load_desk_config(os.environ))
    except EngineError as refusal:
        _tell(refusal)
    _open()
    program.serve_desk()
    raise typer.Exit(0)


def worker() -> None:
    """Run the desk's worker in the foreground, until interrupted; exit 3 when it could not work."""
    _open()
    program.run_worker()


def _open() -> None:
    """Load the desk where it can work; say once what is missing, and exit 3, where it could only fail."""
    try:
        config = load_desk_config(os.environ)
        if not config.database_url and not (config.data / "desk.sqlite3").is_file():
            raise NotPrepared
        program.set_up()
        watch_faults()
        keep_remedy()
        _require_tables_and_keys(config)
    except EngineError as refusal:
        _tell(refusal)


def _require_tables_and_keys(config: DeskConfig) -> None:
    from django.db import DatabaseError, InterfaceError

    try:
        if not program.is_prepared():
            raise NotPrepared
        missing = program.list_missing_keys()
    except (DatabaseError, InterfaceError) as fault:
        raise DatabaseUnusable(reason=_first_line(fault)) from None
    if missing:
        raise KeysMissing(keys=", ".join(missing), folder=config.data / "keys")


def prepare_database() -> None:
    """Create or upgrade the tables; raise DatabaseUnusable."""
    from django.db import OperationalError

    try:
        program.prepare_database()
    except OperationalError as fault:
        raise DatabaseUnusable(reason=_first_line(fault)) from None


def _first_line(fault: Exception) -> str:
    """Return what names the server; nothing of it is the password."""
    return str(fault).partition("\n")[0]


def _tell(refusal: EngineError) -> NoReturn:
    tell_refusal(Console(stderr=True), refusal, by_code=True)
    raise typer.Exit(REFUSED) from None
