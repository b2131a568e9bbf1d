"""Files that a command is to write, looked at before the work begins."""

from __future__ import annotations

import os
from pathlib import Path

import typer


def require_writable(path: Path | None, option: str) -> None:
    """Refuse a file that cannot be written as a wrong call of `option`; None is no file."""
    if path is None:
        return
    folder = path.parent
    if not folder.is_dir():
        raise typer.BadParameter(f"文件夹 {folder} 不存在。There is no folder {folder}.", param_hint=option)
    _require(path, folder, option)


def require_makeable(path: Path, option: str) -> None:
    """Refuse a file that cannot be written even when the folders above it are made."""
    _require(path, next(each for each in path.absolute().parents if each.exists()), option)


def _require(path: Path, folder: Path, option: str) -> None:
    target = path if path.exists() else folder
    if path.is_dir() or not folder.is_dir() or not os.access(target, os.W_OK):
        raise typer.BadParameter(f"{path} 无法写入。\n{path} cannot be written.", param_hint=option)
