"""The `anxin` command: every subcommand is loaded only when it is asked for."""

from __future__ import annotations

import codecs
import importlib
import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import click
import typer
from typer.core import TyperCommand, TyperGroup

from anxin import __version__
from anxin.cli.command_groups import GROUPS
from anxin.cli.commands import COMMANDS, ROOT, Entry
from anxin.cli.kernels import tell_failure
from anxin.cli.language import VARIABLE
from anxin.desk.boot.loading import loading

FAILED, WRONG_CALL = 1, 2


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are looked up, and wrong calls told in both languages."""

    table: ClassVar[dict[str, Entry]] = {}

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        with _wrong_calls_told():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with _wrong_calls_told():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*self.table, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self.table.get(cmd_name)
        return _load(cmd_name, entry) if entry else super().get_command(ctx, cmd_name)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, text) for name, (_, _, text) in self.table.items()]
        rows += [(name, command.help or "") for name, command in self.commands.items()]
        _write_page(self, ctx, formatter, rows)


class HelpedCommand(TyperCommand):
    """A command whose help page is in the reader's language."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_page(self, ctx, formatter, ())


def _write_page(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter, rows: Iterable[tuple[str, str]]
) -> None:
    from anxin.cli.help_page import render_page  # a command that is not asked for its page does without

    formatter.write(render_page(command, ctx, rows))


@contextmanager
def _wrong_calls_told() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        from anxin.cli.usage import tell_wrong_call  # what draws on terminals is a tenth of a command's start

        tell_wrong_call(error)
        raise click.exceptions.Exit(WRONG_CALL) from error


def _load(name: str, entry: Entry) -> click.Command:
    module, function, text = entry
    single = typer.Typer(add_completion=False)
    with loading():
        loaded = importlib.import_module(module)
    single.command(name=name, help=text, cls=HelpedCommand)(getattr(loaded, function))
    return typer.main.get_command(single)


def _group(name: str, text: str, table: dict[str, Entry]) -> LazyGroup:
    kind = type(f"{name.title()}Group", (LazyGroup,), {"table": table})
    settings = {"help_option_names": ["-h", "--help"]}
    group = kind(name=name, help=text, no_args_is_help=True, context_settings=settings)
    assert isinstance(group, LazyGroup)
    return group


def root() -> LazyGroup:
    """Return the whole command tree."""
    top = _group("anxin", ROOT, COMMANDS)
    for name, (summary, table) in GROUPS.items():
        top.add_command(_group(name, summary, table), name)
    return click.version_option(__version__, prog_name="anxin", message="%(prog)s %(version)s")(top)


def main() -> None:
    """Run the command line; say how to get an absent optional package and exit 2, what a disk refused and exit 1.

    What nobody expected ends with a traceback, or with how to build a kernel anew that is older than its sources.
    """
    sys.excepthook = tell_failure
    _open_closed()
    _write_anywhere()
    try:
        root()(prog_name="anxin")
    except OSError as fault:
        from anxin.cli.unusable import disk_words  # hardly any command meets one

        told = disk_words(fault)
        if told is None:
            raise
        click.echo(told, err=True)
        sys.exit(FAILED)
    except ModuleNotFoundError as absent:
        package = (absent.name or "").partition(".")[0]
        if package in ("", "anxin"):
            raise
        click.echo(f"缺少可选组件 {package}：请先运行 make full。", err=True)
        click.echo(f"The optional package {package} is not installed: run make full first.", err=True)
        sys.exit(WRONG_CALL)


def _open_closed() -> None:
    """Put empty streams in the place of closed ones: some services start programs without any."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 it stays until the end


def _write_anywhere() -> None:
    """Let nothing fail that a terminal has no letters for; where it has no Chinese ones, help pages are in English."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and codecs.lookup(stream.encoding).name != "utf-8":
            stream.reconfigure(errors="replace")
            try:
                "中".encode(stream.encoding)
            except UnicodeEncodeError:
                os.environ[VARIABLE] = os.environ.get(VARIABLE) or "en"
