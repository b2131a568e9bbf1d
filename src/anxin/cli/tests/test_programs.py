"""What `anxin up` looks at before it starts anything."""

from __future__ import annotations

import socket
from pathlib import Path

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
