"""The desk's own secret, made at its first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from anxin.desk.boot.config import DeskConfig


def secret_key(config: DeskConfig) -> str:
    """Return the secret that signs sessions and forms."""
    if config.secret_key:
        return config.secret_key
    path = config.data / "desk.secret"
    if not path.exists():
        _create(path)
    return path.read_text(encoding="utf-8").strip()


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(48))
