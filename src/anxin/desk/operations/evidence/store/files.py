"""Where the files of evidence lie, and reading them."""

from __future__ import annotations

from pathlib import Path

FOLDER = "evidence"


class FileGone(Exception):
    """The file is not there."""


def path_of(data: Path, organisation_id: str, name: str) -> Path:
    """Return where a file lies: one folder an organisation, one by the first two letters of the name."""
    return data / FOLDER / organisation_id / name[:2] / name


def read_file(path: Path) -> bytes:
    """Return the bytes; raise FileGone."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise FileGone(path.name) from None
