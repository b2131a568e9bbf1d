"""`anxin evidence verify`: what it says of packs, and how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.main import root
from anxin.desk.operations.evidence.tests.test_packs import PUBLIC, SMALL

RUN = CliRunner()


@pytest.mark.parametrize(
    ("body", "key", "code", "said"),
    [
        (SMALL, "", 0, "HOLDS"),
        (SMALL, PUBLIC.hex().upper(), 0, "HOLDS"),
        (SMALL, "00" * 32, 3, "another key"),
        (SMALL.replace(b"hello", b"hellO"), "", 3, "BROKEN"),
        (b"", "", 3, "不是 ZIP 文件"),
        (SMALL, "00" * 32, 3, "由别的密钥签名"),
    ],
)
def test_packs(tmp_path: Path, body: bytes, key: str, code: int, said: str) -> None:
    pack = tmp_path / "pack.zip"
    pack.write_bytes(body)
    done = RUN.invoke(root(), ["evidence", "verify", str(pack), *(["--public-key", key] if key else [])])
    assert (done.exit_code, said in done.output) == (code, True)


def test_a_pack_that_is_not_there(tmp_path: Path) -> None:
    assert RUN.invoke(root(), ["evidence", "verify", str(tmp_path / "none.zip")]).exit_code == 2
