"""Room on the disk for the decision log."""

from __future__ import annotations

import shutil
from pathlib import Path

from anxin.engine.log.errors import DiskShort
from anxin.gateway.config import GatewayConfig

_MB = 1_000_000


def disk_shortage(config: GatewayConfig) -> DiskShort:
    """Return what to say of a disk that has no room for the next segment."""
    wanted = -(-config.segment_bytes // _MB)
    return DiskShort(folder=str(config.data), free=_free_bytes(config.data) // _MB, wanted=wanted)


def require_room(config: GatewayConfig) -> None:
    """Raise DiskShort when the log's next segment does not fit where the data lies."""
    if _free_bytes(config.data) < config.segment_bytes:
        raise disk_shortage(config)


def _free_bytes(folder: Path) -> int:
    absolute = folder.absolute()
    return shutil.disk_usage(next(each for each in (absolute, *absolute.parents) if each.exists())).free
