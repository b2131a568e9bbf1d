"""`anxin backup` and `anxin restore`: everything of an installation in one file, and back."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from anxin.cli.language import both
from anxin.cli.options import ConfigOption, DataOption, DeskUrlOption
from anxin.cli.refusals import tell_refusal
from anxin.desk.boot.backup.back_up import Source, back_up
from anxin.desk.boot.backup.errors import PassphraseMissing, PassphraseWrong
from anxin.desk.boot.backup.manifest import Manifest
from anxin.desk.boot.backup.restore import LEAST_PASSPHRASE
from anxin.desk.boot.backup.restore import restore as bring_back
from anxin.desk.boot.config import load_desk_config
from anxin.desk.foundation.edge.clock import now
from anxin.engine.errors import EngineError
from anxin.gateway.config import load_config

REFUSED, NOT_ALLOWED = 3, 4

PassphraseOption = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help=both(
            "加密密钥所用口令的文件：仅本人可读，至少 12 个字符",
            "file with the passphrase of the keys: private, at least 12 characters",
        ),
    ),
]


def backup(
    to: Annotated[
        Path, typer.Option("--to", help=both("要写的备份文件，不能已经存在", "the file to write; it must not exist"))
    ],
    data: DataOption = None,
    passphrase_file: PassphraseOption = None,
    database_url: DeskUrlOption = None,
    config_file: ConfigOption = None,
    *,
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help=both("不放入任何密钥文件", "leave all key files out"))
    ] = False,
) -> None:
    """Copy everything into one file while it runs; the keys only under a passphrase."""
    console = Console(stderr=True)
    with _refusals_told(console):
        passphrase = None if without_keys else _read_passphrase(passphrase_file)
        config = load_config(config_file, os.environ, data=data)
        url = database_url if database_url is not None else load_desk_config(os.environ).database_url
        source = Source(config.data, url, config.master_key_file)
        with console.status("备份中 … Backing up …") as status:
            manifest = back_up(source, to, passphrase=passphrase, at=now(), tell=status.update)
    _tell_written(console, to, manifest)


def restore(
    file: Annotated[Path, typer.Argument(help=both("anxin backup 写出的备份文件", "a file that anxin backup wrote"))],
    data: Annotated[
        Path,
        typer.Option(
            "--data", help=both("恢复到哪个文件夹：须不存在或为空", "folder to restore into: absent or empty")
        ),
    ],
    passphrase_file: PassphraseOption = None,
    database_url: Annotated[
        str,
        typer.Option(
            "--database-url",
            help=both(
                "空的 PostgreSQL 数据库地址；省略则恢复为文件", "an empty PostgreSQL database; files when left out"
            ),
        ),
    ] = "",
) -> None:
    """Check a backup, restore it into an empty folder, and verify log and audit trail there."""
    console = Console(stderr=True)
    if not file.is_file():
        raise typer.BadParameter(f"没有文件 {file}。There is no file {file}.", param_hint="FILE")
    with _refusals_told(console):
        given = _read_passphrase(passphrase_file) if passphrase_file is not None else None
        with console.status("恢复中 … Restoring …") as status:
            manifest = bring_back(file, data, passphrase=given, database_url=database_url, tell=status.update)
    if manifest.has_keys:
        told = f"[green]✓[/] 已恢复到 {data}，日志与审计链均已校验。Restored; log and audit trail verified."
    else:
        told = (
            f"[yellow]![/] 已恢复到 {data}，不含密钥：请放入密钥文件后运行 anxin log verify 与 anxin audit verify。"
            "Restored without keys: put the key files back, then run both verifiers."
        )
    console.print(told, highlight=False, soft_wrap=True)


def _read_passphrase(path: Path | None) -> str:
    """Return what the private file holds; raise PassphraseMissing."""
    if path is None:
        raise PassphraseMissing(
            least=LEAST_PASSPHRASE,
            reason="name it with --passphrase-file, or leave the keys out with --without-keys",
            reason_zh="请用 --passphrase-file 指定；不带密钥则用 --without-keys",
        )
    try:
        is_open = stat.S_IMODE(path.stat().st_mode) & 0o077
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise PassphraseMissing(least=LEAST_PASSPHRASE, reason=path.name) from None
    if is_open:
        raise PassphraseMissing(least=LEAST_PASSPHRASE, reason=f"chmod 600 {path.name}")
    if len(text) < LEAST_PASSPHRASE:
        raise PassphraseMissing(least=LEAST_PASSPHRASE, reason=path.name)
    return text


def _tell_written(console: Console, to: Path, manifest: Manifest) -> None:
    size = to.stat().st_size / 2**20
    keys = "含加密的密钥 keys sealed" if manifest.has_keys else "不含密钥 without keys"
    count = len(manifest.files) + len(manifest.tables)
    told = f"[green]✓[/] {to}  {size:.1f} MiB  {count} 项 parts  {keys}"
    console.print(told, highlight=False, soft_wrap=True)


@contextmanager
def _refusals_told(console: Console) -> Iterator[None]:
    try:
        yield
    except EngineError as refusal:
        tell_refusal(console, refusal)
        not_allowed = isinstance(refusal, PassphraseWrong | PassphraseMissing)
        raise typer.Exit(NOT_ALLOWED if not_allowed else REFUSED) from None
