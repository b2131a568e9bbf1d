from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from anxin.desk.foundation.edge.yaml_files import parse_yaml, read_yaml, write_yaml


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


@pytest.mark.parametrize("name", ["夜班: 'a' #", "𠮷田商店", "手🐔", "yes", "C:\\USERS", ""])
def test_what_is_written_is_what_the_slow_writer_writes(name: str) -> None:
    document = {"名": name, "at": 1.5, "list": [name, None, True], "long": f"{name} " * 60, "none": {}}
    written = write_yaml(document)
    assert written == yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=140)
    assert parse_yaml(written) == document


def test_only_plain_values_are_written() -> None:
    with pytest.raises(yaml.representer.RepresenterError):
        write_yaml(Path("/"))
