"""What is refused when signature packs are loaded."""

from __future__ import annotations

from pathlib import Path


class PackRefused(Exception):
    """A signature file that cannot be used; carries file and line (from 1)."""

    code = "texts.pack.refused"
    zh = "特征文件无法使用:{file} 第 {line} 行,{detail}"
    en = "The signature file cannot be used: {file} line {line}, {detail}"

    def __init__(self, file: Path, line: int, detail: str) -> None:
        self.file, self.line, self.detail = file, line, detail
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """Return the sentence for people in zh or en."""
        form = self.zh if language == "zh" else self.en
        return form.format(file=self.file.name, line=self.line, detail=self.detail)


class ModelRefused(ValueError):
    """A model file that is none, or that another version wrote."""

    code = "texts.model.refused"

    def __init__(self, detail: str) -> None:
        self.zh = f"文本模型文件无法使用：{detail}"
        self.en = f"the text model file cannot be used: {detail}"
        super().__init__(self.en)


class TrainingRefused(ValueError):
    """Rows from which no model can be trained."""

    code = "texts.training.refused"

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)
