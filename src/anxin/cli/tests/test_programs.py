"""What `anxin up` looks at before it starts anything."""

from __future__ import annotations

import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.main import root
from anxin.cli.programs import is_taken


def test_a_port_that_another_program_holds_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as other, socket.socket() as free:
        # Bound with leave to share, and never listening: nobody is given the port by chance, and a server may take it.
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", 0))
        port, gateway_port = other.getsockname()[1], free.getsockname()[1]
        assert is_taken("127.0.0.1", port)
        assert not is_taken("127.0.0.1", gateway_port)
        call = ["up", "--data", str(data), "--desk-port", str(port), "--gateway-port", str(gateway_port)]
        result = CliRunner().invoke(root(), call)
    assert result.exit_code == 1
    assert f"127.0.0.1:{port} 已被另一个程序占用；请停止它，或用 --desk-port 换一个端口" in result.output
    assert not data.exists()


def test_a_disk_without_room_for_the_log_is_told_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage(10**9, 10**9, 67_108_863))
    monkeypatch.setattr("anxin.cli.up.is_taken", lambda host, port: False)
    data = tmp_path / "data"
    result = CliRunner().invoke(root(), ["up", "--data", str(data)])
    assert result.exit_code == 3
    said = result.output.replace("\n", "")
    assert "所在的磁盘剩余 67 MB，决策日志需要 68 MB" in said
    assert "or give a larger disk with --data." in result.output.replace("\n", " ").replace("  ", " ")
    assert not data.exists()
