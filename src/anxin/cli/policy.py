"""`anxin policy`: begin a policy, check it, and say what changed between two."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from anxin.cli.drawing import draw
from anxin.cli.language import both, reader_language
from anxin.cli.options import LanguageOption, OutputOption
from anxin.cli.policy_argument import UNUSABLE, open_policy, require_policy
from anxin.cli.unusable import unusable
from anxin.engine.policy.diff import Change, diff_policies
from anxin.engine.policy.loader import read_policy_files
from anxin.engine.policy.report import Report, check_policy
from anxin.starter.folder import starter_folder


def new(
    folder: Annotated[
        Path,
        typer.Argument(help=both("要新建的文件夹；空文件夹也可以", "folder to make; it may exist when it is empty")),
    ],
) -> None:
    """Begin a policy of your own: the files of the starter policy in a new folder."""
    if folder.is_dir() and any(folder.iterdir()):
        raise typer.BadParameter(f"{folder} 不是空文件夹。\n{folder} is not empty.", param_hint="FOLDER")
    if folder.exists() and not folder.is_dir():
        raise typer.BadParameter(f"{folder} 不是文件夹。\n{folder} is no folder.", param_hint="FOLDER")
    files = read_policy_files(starter_folder())
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise typer.BadParameter(unusable(problem), param_hint="FOLDER") from None
    console = Console(stderr=True)
    console.print(
        f"[green]✓[/] {folder}：{len(files)} 个文件 files。修改后检查 Change them, then check them:",
        highlight=False,
        soft_wrap=True,
    )
    console.print(f"anxin policy check {folder}", markup=False, highlight=False, soft_wrap=True)


def check(
    folder: Annotated[Path, typer.Argument(help=both("策略文件夹", "folder of the policy"))],
    *,
    output: OutputOption = "table",
    language: LanguageOption = None,
) -> None:
    """Lint, type-check and run the rules' own tests; exit 3 when the policy may not be used."""
    require_policy(folder, "FOLDER")
    told_in = language or reader_language(os.environ)
    report = check_policy(folder, datetime.now(UTC).date())
    if output == "json":
        typer.echo(render_report(report, told_in).decode())
    else:
        _print_report(report, told_in)
    if not report.is_right:
        raise typer.Exit(UNUSABLE)


def render_report(report: Report, language: str) -> bytes:
    """Return the report as JSON."""
    label = report.policy.label if report.policy is not None else None
    counts = {"tests": len(report.tests), "failed_tests": len(report.failed_tests)}
    return msgspec.json.encode(
        {"policy": label, "is_right": report.is_right, "problems": report.lines(language), **counts}
    )


def _print_report(report: Report, language: str) -> None:
    console = Console(stderr=True)
    for line in report.lines(language):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    if report.policy is None:
        console.print("[bold red]✗[/] 策略不可用 the policy cannot be used")
        return
    policy, passed = report.policy, len(report.tests) - len(report.failed_tests)
    mark = "[green]✓[/]" if report.is_right else "[bold red]✗[/]"
    console.print(
        f"{mark} {policy.label}: {len(policy.rules)} 条规则 rules, {len(policy.features)} 个特征 features, "
        f"{passed}/{len(report.tests)} 个测试通过 tests passed",
        soft_wrap=True,
    )


def diff(
    before: Annotated[Path, typer.Argument(help=both("原来的策略文件夹", "folder of the policy as it was"))],
    after: Annotated[Path, typer.Argument(help=both("改后的策略文件夹", "folder of the policy as it would be"))],
    *,
    output: OutputOption = "table",
    language: LanguageOption = None,
) -> None:
    """Say what changed between two policies."""
    changes = diff_policies(open_policy(before, "BEFORE"), open_policy(after, "AFTER"))
    if output == "json":
        typer.echo(msgspec.json.encode(changes).decode())
        return
    if not changes:
        Console().print("没有变化 nothing changed")
        return
    draw(Console(), _changes_table(changes, language or reader_language(os.environ)))


def _changes_table(changes: list[Change], language: str) -> Table:
    table = Table(box=None, header_style="dim")
    table.add_column("")
    table.add_column("变化 change", overflow="fold")
    for each in changes:
        table.add_row("[bold red]▲[/]" if each.is_stricter else "", each.line(language))
    if any(each.is_stricter for each in changes):
        table.caption = "▲ 更严厉，发布需要第二人 more severe: publishing needs a second person"
    return table
