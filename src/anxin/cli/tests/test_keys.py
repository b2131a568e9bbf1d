"""`anxin keys` as an operator without a desk meets it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.main import root
from anxin.engine.log.records import ControlRecord
from anxin.gateway.control import ControlRow, open_control
from anxin.gateway.key_orders import obey_key_order
from anxin.gateway.keys import KeyBook
from anxin.gateway.problems import Unauthorised

NOW = 1_790_000_000_000
HOME = "127.0.0.1"


def run(data: Path, *arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(root(), ["keys", *arguments, "--data", str(data)])
    return result.exit_code, result.stdout, result.stderr


def ordered(data: Path) -> list[ControlRow]:
    path = data / "control.sqlite3"
    if not path.exists():
        return []
    table = open_control(f"sqlite:///{path}")
    rows = table.rows_after(0, 100)
    table.close()
    return rows


def obeyed(data: Path) -> KeyBook:
    """Return the keys after a gateway has taken in the whole stream anew."""
    (data / "keys.json").unlink(missing_ok=True)
    book = KeyBook(data / "keys.json", clock=lambda: NOW)
    for row in ordered(data):
        obey_key_order(book, row.organisation, ControlRecord(row.seq, row.at, row.kind, row.body.encode()))
    return book


def test_a_narrow_terminal_gets_each_key_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path, "new", "--scope", "metrics", "--scope", "signatures", "--network", "10.0.0.0/8")
    key_id = obeyed(tmp_path).list_keys()[0].key_id
    monkeypatch.setenv("COLUMNS", "40")
    code, shown, _ = run(tmp_path, "list")
    assert (code, shown.splitlines()) == (
        0,
        [
            f"编号 id  {key_id}",
            "  组织 organisation  demo",
            "  状态 standing  有效 valid",
            "  权限 scopes  metrics signatures",
            "  来源 networks  10.0.0.0/8",
            "  每秒 rate  不限 any",
            "  到期 expires  —",
        ],
    )


def test_a_new_key_is_shown_once_and_only_its_hash_travels(tmp_path: Path) -> None:
    code, key, told = run(
        tmp_path, "new", "--scope", "decide", "--scope", "read", "--network", "10.0.0.0/8", "--rate", "9"
    )
    assert code == 0
    assert "shown this once" in told
    secret = key.strip().split("_")[2]
    book = obeyed(tmp_path)
    caller = book.admit(f"Bearer {key.strip()}".encode(), address="10.1.2.3").key
    assert (caller.organisation, caller.scopes, caller.networks) == ("demo", ("decide", "read"), ("10.0.0.0/8",))
    assert (caller.rate, caller.burst, caller.expires_at) == (9, 100, None)
    kept = [path for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]
    assert kept == []


def test_a_key_may_only_decide_and_expire(tmp_path: Path) -> None:
    code, key, _ = run(tmp_path, "new", "--days", "2")
    assert code == 0
    stored = obeyed(tmp_path).get(key.split("_")[1])
    assert stored.scopes == ("decide",)
    assert stored.expires_at == stored.created_at + 2 * 86_400_000


def test_keys_are_listed_without_their_hashes(tmp_path: Path) -> None:
    book = KeyBook(tmp_path / "keys.json", clock=lambda: NOW)
    keys = [book.issue(organisation="shop", scopes=("decide",), **limits) for limits in ({}, {"expires_at": 5}, {})]
    ids = [key.split("_")[1] for key in keys]
    book.revoke(ids[2])
    code, listed, _ = run(tmp_path, "list", "-o", "json")
    assert code == 0
    found = json.loads(listed)
    assert [(each["key_id"], each["standing"]) for each in found] == [
        (ids[0], "valid"),
        (ids[1], "expired"),
        (ids[2], "revoked"),
    ]
    assert "hash" not in listed
    assert ids[1] in run(tmp_path, "list")[1]


def test_a_revoked_key_is_refused(tmp_path: Path) -> None:
    _, key, _ = run(tmp_path, "new")
    obeyed(tmp_path)
    assert run(tmp_path, "revoke", key.split("_")[1])[0] == 0
    with pytest.raises(Unauthorised):
        obeyed(tmp_path).admit(f"Bearer {key.strip()}".encode(), address=HOME)
    assert run(tmp_path, "revoke", key.split("_")[1])[0] == 0
    assert [row.kind for row in ordered(tmp_path)] == ["key.put", "key.revoke"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["new", "--scope", "everything"], 3),
        (["new", "--network", "home"], 3),
        (["new", "--rate", "-1"], 2),
        (["new", "--days", "0"], 2),
        (["revoke", "0" * 12], 3),
        (["revoke"], 2),
    ],
)
def test_a_refused_order_leaves_the_stream_empty(tmp_path: Path, arguments: list[str], code: int) -> None:
    assert run(tmp_path, *arguments)[0] == code
    assert ordered(tmp_path) == []


def test_a_damaged_key_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("[")
    code, _, told = run(tmp_path, "list")
    assert (code, "key file cannot be read" in told) == (3, True)


def test_the_table_fits_a_narrow_terminal_and_no_keys_are_told(tmp_path: Path) -> None:
    assert run(tmp_path, "list")[:2] == (0, f"{tmp_path} 中没有密钥。There are no keys in {tmp_path}.\n")
    key_id = run(tmp_path, "new", "--scope", "decide", "--scope", "signatures", "--days", "3")[1].split("_")[1]
    obeyed(tmp_path)
    shown = run(tmp_path, "list")[1].splitlines()
    assert max(map(len, shown)) <= 80
    (row,) = (line for line in shown if key_id in line)
    assert any("signatures" in line for line in shown)
    assert re.search(r"\d{4}-\d\d-\d\d\s*$", row)


@pytest.mark.parametrize(
    ("option", "zh"),
    [
        (("--scope", "all"), "权限须取自 decide, label, read"),
        (("--network", "here"), "'here' 不是网络地址段，例如 10.0.0.0/8"),
    ],
)
def test_a_key_that_cannot_be_is_refused_in_both_languages(tmp_path: Path, option: tuple[str, str], zh: str) -> None:
    code, key, told = run(tmp_path, "new", *option)
    assert (code, key) == (3, "")
    chinese, english = told.splitlines()
    assert chinese.startswith(f"✗ 控制记录 key.put 无法生效：{zh}")
    assert english.startswith("  Control record key.put cannot take effect: ")
    assert ordered(tmp_path) == []
