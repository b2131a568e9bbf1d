"""Refusals of history files, mappings and training: each says where and why in two languages."""

from __future__ import annotations

import errno

from anxin.engine.errors import EngineError

REASONS_ZH = {
    errno.ENOENT: "文件不存在",
    errno.EACCES: "没有权限",
    errno.EISDIR: "这是文件夹，不是文件",
    errno.ENOSPC: "磁盘已满",
    errno.EIO: "读写失败",
}


def reason_zh_of(problem: OSError) -> str:
    """Return in Chinese why a file cannot be read or written."""
    return REASONS_ZH.get(problem.errno or 0) or problem.strerror or str(problem)


class HistoryError(EngineError):
    """A history file, a mapping or a training run cannot be used."""

    code = "history.invalid"
    zh = "历史数据无法使用：{reason}"
    en = "The history cannot be used: {reason}"


class FileUnreadable(HistoryError):
    """A file of events cannot be read; `file` names it."""

    code = "history.file_unreadable"
    zh = "无法读取 {file}：{reason}"
    en = "{file} cannot be read: {reason}"


class RowUnreadable(FileUnreadable):
    """One row of a file cannot be read; those after it can."""

    code = "history.row_unreadable"


class ColumnMissing(FileUnreadable):
    """A file lacks a column that the mapping, or its use, names."""

    code = "history.column_missing"
    zh = "{file} 没有“{column}”这一列；现有：{known}"
    en = "{file} has no column “{column}”; it has: {known}"


class MappingInvalid(HistoryError):
    """A mapping file is wrong at `place`, a dotted path inside it."""

    code = "history.mapping_invalid"
    zh = "映射文件 {file} 的 {place} 有误：{reason}"
    en = "Mapping {file}, at {place}: {reason}"


class Misfit(ValueError):
    """A value is not what its conversion takes; says why in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh


class ValueUnfit(HistoryError):
    """A value of row `row` (counted from 1, without the header), column `column`, does not fit its conversion."""

    code = "history.value_unfit"
    zh = "第 {row} 行 {column} 列：{reason}"
    en = "Row {row}, column {column}: {reason}"


class TooManyRefused(HistoryError):
    """More rows were refused than the caller allows; row `row` was the last one read."""

    code = "history.too_many_refused"
    zh = "被拒绝的超过 {limit} 条，已在第 {row} 行停止。"
    en = "More than {limit} were refused: stopped at row {row}."


class RowRefused(HistoryError):
    """The engine refuses the event of row `row`."""

    code = "history.row_refused"
    zh = "第 {row} 行的事件未被接受：{reason}"
    en = "Row {row}: {reason}"


class ExtraMissing(HistoryError):
    """An optional extra is not installed."""

    code = "history.extra_missing"
    zh = "需要可选组件 {extra}（{package}）：请先运行 make full。"
    en = "This needs the extra “{extra}” ({package}): run make full first."


class TrainingImpossible(HistoryError):
    """The labelled rows are too few or all alike."""

    code = "history.training_impossible"
    zh = "无法训练：{reason}"
    en = "Training is not possible: {reason}"
