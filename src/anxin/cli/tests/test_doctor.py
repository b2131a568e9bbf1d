"""`anxin doctor` and `anxin config check` find what is wrong, and say how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli.doctor import examine
from anxin.cli.main import root
from anxin.starter.folder import starter_folder


def standings(data: Path | None = None, policy: Path | None = None) -> dict[str, str]:
    return {each.subject.split()[-1]: each.standing for each in examine(data, policy or starter_folder())}


def test_healthy_machine_has_nothing_wrong() -> None:
    assert "wrong" not in standings().values()


def test_broken_policy_is_found(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("name: [", encoding="utf-8")
    assert standings(policy=tmp_path)["policy"] == "wrong"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert standings(data=tmp_path / "dta")["data"] == "wrong"


def test_open_master_key_is_found(tmp_path: Path) -> None:
    key = tmp_path / "master.key"
    key.write_bytes(b"k" * 32)
    key.chmod(0o644)
    assert standings(data=tmp_path)["key"] == "wrong"
    key.chmod(0o600)
    assert standings(data=tmp_path)["key"] == "good"


def test_what_is_wrong_ends_with_1(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("name: [", encoding="utf-8")
    assert CliRunner().invoke(root(), ["doctor", "--policy", str(tmp_path)]).exit_code == 1


@pytest.mark.parametrize(
    ("toml", "code"),
    [
        ("", 0),
        ('[gateway]\nhost = "0.0.0.0"\n', 3),
        ('[gateway]\nhost = "0.0.0.0"\nallow_plain_http = true\n', 0),
        ("[gateway]\nport = 70000\n", 3),
        ("[gateway]\nno_such_setting = 1\n", 3),
        ("[gateway\n", 3),
    ],
)
def test_config_check_refuses_what_is_unsafe_or_unknown(tmp_path: Path, toml: str, code: int) -> None:
    path = tmp_path / "anxin.toml"
    path.write_text(toml, encoding="utf-8")
    data = {"ANXIN_DATA": str(tmp_path / "data")}
    result = CliRunner(env=data).invoke(root(), ["config", "check", "--config", str(path)])
    assert result.exit_code == code, result.output


def test_config_check_warns_of_a_misspelt_variable(tmp_path: Path) -> None:
    environment = {"ANXIN_DATA": str(tmp_path / "data"), "ANXIN_GATWAY_PORT": "1", "ANXIN_POLCY": "secret"}
    result = CliRunner(env=environment).invoke(root(), ["config", "check", "--quiet"])
    assert result.exit_code == 0
    assert "did you mean ANXIN_POLICY?" in result.output
    assert "secret" not in result.output
    assert result.output.count("there is no such setting") == 2
