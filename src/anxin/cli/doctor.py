"""`anxin doctor`: say what this machine has, what is wrong, and how to mend it."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from anxin import __version__
from anxin.cli.drawing import draw
from anxin.cli.kernels import stale_kernels
from anxin.cli.language import both
from anxin.cli.options import PolicyFolderOption
from anxin.desk.boot.config import load_desk_config
from anxin.desk.boot.safety import find_unsafe_desk
from anxin.engine.errors import EngineError
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.policy.loader import load_policy
from anxin.engine.scoring.choice import IS_COMPILED
from anxin.engine.windows.choice import implementation as windows_implementation
from anxin.starter.folder import starter_folder

FOUND_WRONG = 1
LEAST_FREE_BYTES = 1_073_741_824
SLOW_SYNC_MS = 10.0
SYNCS = 20

Standing = Literal["good", "weak", "wrong"]
MARKS: dict[Standing, str] = {"good": "[green]✓[/]", "weak": "[yellow]![/]", "wrong": "[bold red]✗[/]"}


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands, what was found, and how to mend it (empty when good)."""

    subject: str
    standing: Standing
    found: str
    mend: str = ""


def doctor(
    data: Annotated[
        Path | None, typer.Option(help=both("存放数据的文件夹（已有数据时）", "folder of the data, when there is one"))
    ] = None,
    policy: PolicyFolderOption = None,
) -> None:
    """Examine this machine; exit 1 when something is wrong."""
    findings = list(examine(data, policy or starter_folder()))
    table = Table(title=f"Anxin 安心 {__version__}", title_justify="left", box=None, header_style="dim")
    for heading in ("", "项目 subject", "结果 found", "处理 mend"):
        table.add_column(heading, overflow="fold")
    for each in findings:
        table.add_row(MARKS[each.standing], each.subject, each.found, each.mend)
    draw(Console(), table)
    if any(each.standing == "wrong" for each in findings):
        raise typer.Exit(FOUND_WRONG)


def examine(data: Path | None, policy: Path) -> Iterator[Finding]:
    """Yield the findings, one subject after the other."""
    yield _python()
    yield _compiled("windows", windows_implementation())
    yield _compiled("scoring", "kernel" if IS_COMPILED else "reference")
    yield _memory()
    folder = data if data is not None and data.is_dir() else Path(tempfile.gettempdir())
    if data is not None and not data.is_dir():
        yield Finding("数据 data", "wrong", f"{data}：没有这个文件夹 no such folder", "检查 --data / look at --data")
    yield _space(folder)
    yield _sync(folder)
    yield _policy(policy)
    yield from _desk(data)
    if data is not None and data.is_dir():
        yield _master_key(data)


def _python() -> Finding:
    version = platform.python_version()
    if version.startswith("3.11."):
        return Finding("Python", "good", version)
    return Finding("Python", "wrong", version, "请使用 Python 3.11 / use Python 3.11")


def _compiled(part: str, implementation: str) -> Finding:
    subject = f"内核 kernel: {part}"
    if implementation == "kernel" and any(f".{part}." in each for each in stale_kernels()):
        return Finding(subject, "weak", "比源码旧 older than its sources", "重新运行 make run / run make run again")
    if implementation == "kernel":
        return Finding(subject, "good", "已编译 compiled")
    return Finding(
        subject,
        "weak",
        "纯 Python 参考实现 pure-Python reference",
        "安装 C 编译器后重新运行 make run / install a C compiler, then make run",
    )


def _memory() -> Finding:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = f"{total:.1f} GiB, {os.cpu_count()} CPU"
    return Finding(
        "内存 memory", "good" if total >= 2 else "weak", found, "" if total >= 2 else "建议至少 2 GiB / 2 GiB or more"
    )


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    found = f"{free / 2**30:.1f} GiB 可用 free"
    if free >= LEAST_FREE_BYTES:
        return Finding("磁盘 disk", "good", found)
    return Finding(
        "磁盘 disk", "wrong", found, "决策日志写满后将拒绝新事件，请清理 / free some space: a full disk refuses events"
    )


def _sync(folder: Path) -> Finding:
    """Measure how long this disk takes to make 4 KiB durable: what every answer waits for."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(SYNCS):
            file.write(b"\0" * 4096)
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - started) * 1000)
    median = statistics.median(times)
    mend = (
        "" if median < SLOW_SYNC_MS else "答复要等落盘，请换用更快的磁盘 / answers wait for the disk: use a faster one"
    )
    return Finding("落盘 fdatasync", "good" if median < SLOW_SYNC_MS else "weak", f"{median:.2f} ms", mend)


def _policy(folder: Path) -> Finding:
    subject = "策略 policy"
    try:
        policy = load_policy(folder)
    except EngineError as problem:
        return Finding(subject, "wrong", problem.sentence("zh").splitlines()[0], f"anxin policy check {folder.name}")
    return Finding(
        subject, "good", f"{policy.label}: {len(policy.rules)} 条规则 rules, {len(policy.features)} 个特征 features"
    )


def _desk(data: Path | None) -> Iterator[Finding]:
    """Look at the desk's settings as this environment gives them, and at its database."""
    subject = "工作台 desk"
    try:
        config = load_desk_config(os.environ)
    except EngineError as problem:
        yield Finding(subject, "wrong", problem.sentence("zh"), "anxin config check")
        return
    unsafe = find_unsafe_desk(config)
    found = "\n".join(f"{each.zh}\n{each.en}" for each in unsafe) or f"{config.host}:{config.port}"
    yield Finding(subject, "wrong" if unsafe else "good", found, "anxin config check" if unsafe else "")
    yield _postgresql(config.database_url) if config.database_url else _desk_file(data or config.data)


def _desk_file(data: Path) -> Finding:
    subject, path = "数据库 database", data / "desk.sqlite3"
    if not path.exists():
        return Finding(subject, "weak", "尚未建立 not made yet", "首次启动时自动建立 / made at the first start")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as connection:
            said = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.Error as problem:
        said = str(problem)
    if said == "ok":
        return Finding(subject, "good", f"SQLite {path.stat().st_size / 2**20:.1f} MiB")
    return Finding(subject, "wrong", said, "从备份恢复 / anxin restore")


def _postgresql(url: str) -> Finding:
    subject = "数据库 database"
    try:
        import psycopg
    except ImportError:
        return Finding(subject, "wrong", "psycopg", "make full")
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10_000
    except psycopg.Error as problem:
        return Finding(subject, "wrong", f"PostgreSQL: {type(problem).__name__}", "检查地址与账号 / check the address")
    return Finding(subject, "good", f"PostgreSQL {version}")


def _master_key(data: Path) -> Finding:
    subject, path = "主密钥 master key", data / "master.key"
    if not path.exists():
        return Finding(subject, "weak", "尚未生成 not made yet", "首次启动时自动生成 / made at the first start")
    try:
        FileKeyRing(path)
    except EngineError as problem:
        return Finding(subject, "wrong", problem.sentence("zh"), f"chmod 600 {path.name}")
    return Finding(subject, "good", "仅本人可读 private")
