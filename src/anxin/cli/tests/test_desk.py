"""The desk's two processes say once what they cannot work without, and end; they do not fail again and again."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import OperationalError

from anxin.cli.main import root
from anxin.desk.boot import program

CALLS = ("serve", "worker")


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Load no settings but this test's, and note what is started instead of starting it."""
    names: list[str] = []
    monkeypatch.setattr(program, "set_up", lambda: None)
    monkeypatch.setattr(program, "serve_desk", lambda: names.append("serve"))
    monkeypatch.setattr(program, "run_worker", lambda: names.append("worker"))
    monkeypatch.setattr("anxin.cli.desk.watch_faults", lambda: None)
    monkeypatch.setattr("anxin.cli.desk.keep_remedy", lambda: None)
    monkeypatch.setattr(program, "is_prepared", lambda: True)
    monkeypatch.setattr(program, "list_missing_keys", list)
    return names


def said(call: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    monkeypatch.setattr(os, "environ", {"ANXIN_DESK_DATA": str(data)})
    result = CliRunner().invoke(root(), ["desk", call])
    return result.exit_code, result.stderr.splitlines()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    sqlite3.connect(tmp_path / "desk.sqlite3").close()
    (tmp_path / "desk.sqlite3").touch()
    return tmp_path


@pytest.mark.parametrize("call", CALLS)
def test_a_folder_without_a_database(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[str]
) -> None:
    code, (zh, en) = said(call, tmp_path, monkeypatch)
    assert (code, started, list(tmp_path.iterdir())) == (3, [], [])
    assert zh.startswith("desk.not_prepared  数据库尚未准备")
    assert en.endswith("run anxin desk prepare first.")


@pytest.mark.parametrize("call", CALLS)
def test_a_database_that_is_behind(call: str, data: Path, monkeypatch: pytest.MonkeyPatch, started: list[str]) -> None:
    monkeypatch.setattr(program, "is_prepared", lambda: False)
    code, (zh, en) = said(call, data, monkeypatch)
    assert (code, started) == (3, [])
    assert zh.endswith("请先运行 anxin desk prepare。")
    assert "is behind this version" in en


@pytest.mark.parametrize("call", CALLS)
def test_a_database_that_is_away(call: str, data: Path, monkeypatch: pytest.MonkeyPatch, started: list[str]) -> None:
    def is_away() -> bool:
        raise OperationalError("connection to server at db failed\nDETAIL: more")

    monkeypatch.setattr(program, "is_prepared", is_away)
    code, (zh, en) = said(call, data, monkeypatch)
    assert (code, started) == (3, [])
    assert zh.startswith("desk.database_unusable  数据库无法使用")
    assert en.endswith("connection to server at db failed")


@pytest.mark.parametrize("call", CALLS)
def test_keys_that_are_gone(call: str, data: Path, monkeypatch: pytest.MonkeyPatch, started: list[str]) -> None:
    monkeypatch.setattr(program, "list_missing_keys", lambda: ["kek-1", "kek-2"])
    code, (zh, en) = said(call, data, monkeypatch)
    assert (code, started) == (3, [])
    assert zh.startswith("desk.keys_missing  缺少密钥文件 kek-1, kek-2")
    assert en.endswith(f"bring {data / 'keys'} back from a backup.")


@pytest.mark.parametrize("call", CALLS)
def test_what_can_work_is_started(call: str, data: Path, monkeypatch: pytest.MonkeyPatch, started: list[str]) -> None:
    code, words = said(call, data, monkeypatch)
    assert (code, words, started) == (0, [], [call])
