"""Why a file cannot be used is told in both languages, whatever reading it raised."""

from __future__ import annotations

import errno
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from anxin.checkers.links.model import LinkModelRefused
from anxin.cli.main import root
from anxin.cli.unusable import disk_words, unusable
from anxin.gateway.config import ConfigInvalid


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (OSError(errno.ENOENT, "", "a.csv"), "a.csv：文件或文件夹不存在。\na.csv: there is no such file or folder."),
        (OSError(errno.EACCES, ""), "没有权限。\npermission is missing."),
        (UnicodeDecodeError("utf-8", b"", 0, 1, ""), "不是 UTF-8 文本。\nIt is not UTF-8 text."),
        (LinkModelRefused("x"), "链接模型文件无法使用：x\nthe link model file cannot be used: x"),
        (ConfigInvalid(reason="en", reason_zh="zh"), "配置不正确：zh\nThe configuration is not right: en"),
        (msgspec.ValidationError("Invalid enum value 'sure' - at `$.confidence`"),
         "字段 confidence：没有取值 'sure'\nfield confidence: there is no value 'sure'"),
    ],
    ids=lambda each: type(each).__name__,
)  # fmt: skip
def test_faults_in_both_languages(fault: Exception, told: str) -> None:
    assert unusable(fault) == told


def test_what_is_no_matter_of_disks_is_left_to_others() -> None:
    assert disk_words(OSError(errno.ECONNREFUSED, "")) is None


@pytest.mark.parametrize(
    ("call", "zh"),
    [
        (["check", "link", "x", "--brands"], "--brands：{file}：文件或文件夹不存在。"),
        (["check", "text", "x", "--model"], "--model：{file}：文件或文件夹不存在。"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_file_that_is_not_there_is_named(tmp_path: Path, call: list[str], zh: str) -> None:
    file = tmp_path / "none"
    result = CliRunner().invoke(root(), [*call, str(file)])
    assert (result.exit_code, result.stderr.splitlines()[-2]) == (2, f"✗ {zh.format(file=file)}")
