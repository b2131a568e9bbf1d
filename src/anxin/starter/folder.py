"""Where the starter policy lies."""

from __future__ import annotations

from pathlib import Path


def starter_folder() -> Path:
    """Return the folder of the shipped policy."""
    return Path(__file__).parent
