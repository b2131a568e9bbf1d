"""Files that are written once: whole or not at all, durable when written, never overwritten."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

PRIVATE = 0o600


def write_once(path: Path, body: bytes, *, mode: int = PRIVATE) -> bool:
    """Write the file and make it durable; return False when it was there already, which is then left as it is."""
    if path.exists():
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        try:
            # A link, unlike a rename, never replaces what another process was first to write.
            os.link(draft, path)
        except FileExistsError:
            return False
    finally:
        draft.unlink()
    _make_folder_durable(path.parent)
    return True


def _make_folder_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
