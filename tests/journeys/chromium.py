"""Which browser the journeys drive: the one without windows where it is, else the whole one."""

from __future__ import annotations

from pathlib import Path

BROWSERS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
"""The first is the same engine without a browser around it: a third of the processor time of a journey less."""


def found_browser() -> Path | None:
    """Return where a browser is, None where there is none."""
    return next((each for each in BROWSERS if each.exists()), None)
