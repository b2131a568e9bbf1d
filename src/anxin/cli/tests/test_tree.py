"""Every command of the tree can be loaded and explains itself."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from anxin.cli.main import COMMANDS, GROUPS, root

PATHS = [(name,) for name in COMMANDS] + [(group, name) for group, (_, table) in GROUPS.items() for name in table]


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_each_command_has_its_help(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(root(), [*path, "--help"])
    assert result.exit_code == 0, result.output
    assert len(result.output) > 100


def test_unknown_command_is_a_wrong_call() -> None:
    assert CliRunner().invoke(root(), ["nonsense"]).exit_code == 2
