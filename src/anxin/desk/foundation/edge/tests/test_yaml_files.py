from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from anxin.desk.foundation.edge.yaml_files import parse_yaml, read_yaml


def test_a_file_is_read_as_the_slow_loader_reads_it(tmp_path: Path) -> None:
    text = "名: 夜班\nat: 2026-11-22\nlist: [1, 2.5, true, null]\n"
    (tmp_path / "some.yaml").write_text(text, encoding="utf-8")
    assert read_yaml(tmp_path / "some.yaml") == yaml.safe_load(text)


def test_a_text_that_is_none_says_where() -> None:
    with pytest.raises(yaml.MarkedYAMLError) as refused:
        parse_yaml("a: 1\nb: [1, 2\nc: 3\n")
    assert refused.value.problem_mark is not None
    assert refused.value.problem_mark.line == 2


def test_no_text_makes_anything_but_plain_values() -> None:
    with pytest.raises(yaml.constructor.ConstructorError):
        parse_yaml("!!python/object/apply:os.getcwd []")
