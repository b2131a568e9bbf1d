"""What `anxin up` says when a program does not start: nothing that is shown once is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from anxin.cli import up
from anxin.cli.main import root
from anxin.cli.programs import Program
from anxin.starter.folder import starter_folder


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(installation: up.Installation) -> None:
        installation._new_key = "ax_first"

    monkeypatch.setattr(up, "is_taken", lambda host, port: False)
    monkeypatch.setattr(up, "require_room", lambda config: None)
    monkeypatch.setattr(up.Installation, "_prepare", prepare)
    monkeypatch.setattr(up, "wait_until_ready", lambda programs, is_stopping: programs[0])
    monkeypatch.setattr(Program, "start", lambda program, environment: None)
    monkeypatch.setattr(Program, "last_words", lambda program: ["the end"])


def started(tmp_path: Path, policy: Path) -> tuple[int, list[str]]:
    result = CliRunner().invoke(root(), ["up", "--data", str(tmp_path / "data"), "--policy", str(policy)])
    return result.exit_code, result.output.splitlines()


@pytest.mark.usefixtures("failing")
def test_the_first_key_is_shown_though_a_program_failed(tmp_path: Path) -> None:
    code, said = started(tmp_path, starter_folder())
    assert code == 1
    assert said[-1] == "访问密钥（仅显示一次）API key (shown once)  ax_first"
    assert not any("policy check" in line for line in said)


@pytest.mark.usefixtures("failing")
def test_a_policy_that_cannot_be_used_is_named_as_the_cause(tmp_path: Path) -> None:
    policy = tmp_path / "policy"
    policy.mkdir()
    (policy / "policy.yaml").write_text("name: [", encoding="utf-8")
    code, said = started(tmp_path, policy)
    assert code == 1
    assert f"策略不可用，全部问题见 The policy cannot be used, for all problems: anxin policy check {policy}" in said
