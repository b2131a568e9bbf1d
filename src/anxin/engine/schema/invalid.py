"""The error of a catalogue that cannot be used."""

from __future__ import annotations

from anxin.engine.errors import EngineError


class SchemaInvalid(EngineError):
    """A catalogue of event types is wrong; `line` and `column` count from 1."""

    code = "schema.invalid"
    zh = "第 {line} 行：{reason_zh}"
    en = "line {line}: {reason}"

    def __init__(self, *, line: int, zh: str, en: str, column: int = 1) -> None:
        self.line = line
        self.column = column
        self.reason_zh = zh
        self.reason_en = en
        super().__init__(line=line, reason=en, reason_zh=zh)
