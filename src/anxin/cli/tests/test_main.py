"""The command tree: every group and command can be asked what it does."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin import __version__
from anxin.cli import gateway
from anxin.cli.command_groups import GROUPS
from anxin.cli.commands import COMMANDS
from anxin.cli.help_page import first_sentence
from anxin.cli.main import main, root


def test_the_installed_command_says_what_there_is() -> None:
    command = [sys.executable, "-c", "from anxin.cli.main import main; main()", "--help"]
    environment = {**os.environ, "COLUMNS": "100", "LC_ALL": "en_GB.UTF-8"}
    shown = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert all(name in shown.stdout for name in (*COMMANDS, *GROUPS))
    assert all(first_sentence(text, "en") in shown.stdout for text, _ in GROUPS.values())


def test_a_terminal_that_knows_no_chinese_is_spoken_to_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    monkeypatch.setattr(sys, "stdout", shown)
    monkeypatch.setattr(sys, "argv", ["anxin", "log", "--help"])
    monkeypatch.setenv("ANXIN_LANGUAGE", "")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    with pytest.raises(SystemExit) as ended:
        main()
    shown.seek(0)
    lines = shown.read().splitlines()
    assert (ended.value.code, lines[0]) == (0, "Usage: anxin log [OPTIONS] COMMAND [ARGS]...")
    assert lines[-1] == "???ANXIN_LANGUAGE=zh anxin log --help"


def test_streams_that_are_closed_are_empty_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "argv", ["anxin", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, sys.stdin.read()) == (0, "")
    sys.stdin.close()
    sys.stdout.close()


def test_the_version_is_told() -> None:
    result = CliRunner().invoke(root(), ["--version"])
    assert (result.exit_code, result.output) == (0, f"anxin {__version__}\n")


def test_an_optional_package_that_is_absent_is_named(tmp_path: Path) -> None:
    absent = "import sys; sys.modules['tldextract'] = None; from anxin.cli.main import main; main()"
    command = [sys.executable, "-c", absent, "check", "link", "https://shop.example"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.splitlines() == [
        "缺少可选组件 tldextract：请先运行 make full。",
        "The optional package tldextract is not installed: run make full first.",
    ]


def test_postgresql_without_its_driver_is_told_what_to_install(tmp_path: Path) -> None:
    absent = "import sys; sys.modules['psycopg'] = None; from anxin.cli.main import main; main()"
    data = ["--data", str(tmp_path), "--gateway-port", "0", "--desk-port", "0"]
    command = [sys.executable, "-c", absent, "up", "--database-url", "postgresql://anxin:hush@127.0.0.1/anxin", *data]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert shown.returncode == 2
    assert shown.stderr.splitlines() == [
        "缺少可选组件 psycopg：请先运行 make full。",
        "The optional package psycopg is not installed: run make full first.",
    ]
    assert "hush" not in shown.stdout


def test_what_the_disk_refuses_is_said_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    in_the_way = tmp_path / "data"
    in_the_way.write_text("")
    command = [sys.executable, "-m", "anxin.cli", "gateway", "--data", str(in_the_way)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stderr.splitlines()[-2]) == (1, f"{in_the_way}：同名的文件已存在。")

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "", "here")

    monkeypatch.setattr(gateway, "serve", refuse)
    monkeypatch.setattr(sys, "argv", ["anxin", "gateway", "--data", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code, capsys.readouterr().err.splitlines()[-2]) == (1, "here：磁盘已满，没有写完。")
