"""The desk's own secret, made at its first start."""

from __future__ import annotations

import secrets

from anxin.desk.boot.config import DeskConfig
from anxin.desk.foundation.edge.private_files import write_once


def secret_key(config: DeskConfig) -> str:
    """Return the secret that signs sessions and forms."""
    if config.secret_key:
        return config.secret_key
    path = config.data / "desk.secret"
    if not path.exists():
        write_once(path, secrets.token_urlsafe(48).encode())
    return path.read_text(encoding="utf-8").strip()
