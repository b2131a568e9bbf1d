from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from anxin.cli.main import root


@pytest.mark.parametrize("kind", ["link", "phone", "text", "personal-data"])
def test_every_line_gets_an_answer_whatever_its_bytes(kind: str) -> None:
    given = b"http://taoba0.com/\r\n\xff\xfe\n" + "微信 13912345678\n".encode() + b"a" * 1_000_000 + b"\nlast"
    result = CliRunner().invoke(root(), ["check", kind, "-o", "json"], input=given)
    assert result.exit_code == 0, result.output
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert len(answers) == 5
    assert {each["level"] for each in answers} <= {"high_risk", "suspicious", "no_known_risk"}
