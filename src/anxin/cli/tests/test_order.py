"""`anxin order` as an operator without a desk meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.main import root
from anxin.cli.order import entity_key
from anxin.gateway.config import GatewayConfig
from anxin.gateway.control import open_control
from anxin.gateway.control_place import note_place


def run(data: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(root(), ["order", *arguments, "--data", str(data)])
    return result.exit_code, result.output


def bodies(data: Path) -> list[dict[str, object]]:
    rows = open_control(f"sqlite:///{data / 'control.sqlite3'}").rows_after(0, 10)
    return [json.loads(row.body) for row in rows]


HOLD = {"entity_kind": "user", "entity_id": "u1", "verdict": "freeze", "measure": "m1", "reason": "stolen"}


def test_order_enters_the_stream_and_its_number_is_printed(tmp_path: Path) -> None:
    assert run(tmp_path, "list.put", '{"list": "bad", "entry": {"value": "d1"}}') == (0, "1\n")
    assert run(tmp_path, "hold.place", json.dumps(HOLD)) == (0, "2\n")
    assert bodies(tmp_path) == [{"list": "bad", "entry": {"value": "d1"}}, HOLD]


def test_order_enters_the_database_that_gateway_and_desk_share(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite3").touch()
    assert run(tmp_path, "hold.place", json.dumps(HOLD)) == (0, "1\n")
    assert [row.kind for row in open_control(f"sqlite:///{tmp_path / 'desk.sqlite3'}").rows_after(0, 10)] == [
        "hold.place"
    ]
    assert not (tmp_path / "control.sqlite3").exists()


def test_order_for_a_gateway_that_reads_elsewhere_is_refused(tmp_path: Path) -> None:
    note_place(GatewayConfig(data=tmp_path, control_url="postgresql://anxin:secret@db.example/anxin"))
    code, told = run(tmp_path, "hold.place", json.dumps(HOLD))
    assert (code, "postgresql://db.example:5432/anxin" in told, "secret" in told) == (3, True, False)
    assert not (tmp_path / "control.sqlite3").exists()


def test_personal_id_enters_as_one_token_only(tmp_path: Path) -> None:
    for spelling in ("138 0013 8000", "+86 13800138000"):
        run(tmp_path, "hold.place", json.dumps(HOLD | {"entity_kind": "phone", "entity_id": spelling}))
    first, second = (str(each["entity_id"]) for each in bodies(tmp_path))
    assert first == second
    assert "13800138000" not in first
    assert len(first) == 32


@pytest.mark.parametrize("value", ["138 0013 8000", "+44 20 7946 0018", "li@example.com"])
def test_personal_value_of_a_list_is_refused_in_clear(tmp_path: Path, value: str) -> None:
    for kind, body in (("list.put", {"entry": {"value": value}}), ("list.remove", {"value": value})):
        code, told = run(tmp_path, kind, json.dumps({"list": "blocked_phones", **body}))
        assert (code, "--personal phone" in told) == (3, True)
    assert list(tmp_path.iterdir()) == []
    assert run(tmp_path, "list.put", json.dumps({"list": "bad", "entry": {"value": value}}), "--as-is")[0] == 0


def test_personal_value_of_a_list_enters_as_the_token_that_rules_meet(tmp_path: Path) -> None:
    put = json.dumps({"list": "blocked_phones", "entry": {"value": "138 0013 8000", "reason": "fraud"}})
    assert run(tmp_path, "list.put", put, "--personal", "phone")[0] == 0
    remove = json.dumps({"list": "blocked_phones", "value": "+8613800138000"})
    assert run(tmp_path, "list.remove", remove, "--personal", "phone")[0] == 0
    entered, removed = bodies(tmp_path)
    token = entity_key(GatewayConfig(data=tmp_path), "phone", "13800138000")
    assert entered == {"list": "blocked_phones", "entry": {"value": token, "reason": "fraud"}}
    assert removed == {"list": "blocked_phones", "value": token}


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("nonsense", "{}", 2),
        ("hold.place", json.dumps(HOLD | {"verdict": "maybe"}), 3),
        ("hold.place", "{}", 3),
        ("policy.publish", '{"files": {"policy.yaml": "name: ["}}', 3),
        ("list.put", "not json", 2),
        ("hold.place", json.dumps(HOLD | {"until": 1_795_376_720}), 3),
        ("list.put", '{"list": "bad", "entry": {"value": "d1", "expires_at": 1795376720}}', 3),
    ],
)
def test_refused_order_leaves_the_stream_empty(tmp_path: Path, kind: str, body: str, code: int) -> None:
    assert run(tmp_path, kind, body)[0] == code
    assert not (tmp_path / "control.sqlite3").exists()


def test_kind_that_nothing_carries_is_pointed_out(tmp_path: Path) -> None:
    code, told = run(tmp_path, "hold.place", json.dumps(HOLD | {"entity_kind": "usr"}), "--dry-run")
    assert (code, "No shipped event carries a “usr”" in told) == (0, True)


def test_dry_run_only_checks(tmp_path: Path) -> None:
    assert run(tmp_path, "hold.place", json.dumps(HOLD), "--dry-run")[0] == 0
    assert not (tmp_path / "control.sqlite3").exists()
