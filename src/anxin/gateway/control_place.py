"""Where the control stream lies, and the note of it that a gateway leaves in its folder for those who order."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from anxin.engine.errors import EngineError
from anxin.gateway.config import ConfigInvalid, GatewayConfig

_NOTE = "control.place"
_SQLITE = "sqlite:///"


class ControlElsewhere(EngineError):
    """The gateway of this folder reads its orders from somewhere else: an order given here would reach nobody."""

    code = "control.elsewhere"
    zh = "此文件夹的网关从 {noted} 读取命令，不是 {wanted}；请用 --database-url 给出那个地址。"
    en = (
        "The gateway of this folder reads its orders from {noted}, not {wanted}; give that address with --database-url."
    )


def control_url(config: GatewayConfig) -> str:
    """Return where the control stream lies: as set, else in the desk's own database when the folder has one."""
    if config.control_url:
        return config.control_url
    desk = config.data / "desk.sqlite3"
    return f"{_SQLITE}{desk if desk.exists() else config.data / 'control.sqlite3'}"


def note_place(config: GatewayConfig) -> None:
    """Leave word of where this gateway reads its orders; no user and no password stands in it."""
    path, place = config.data / _NOTE, _place(control_url(config), config.data)
    if _read(path) == place:
        return
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(place)
    draft.replace(path)


def order_url(config: GatewayConfig) -> str:
    """Return where the gateway of this folder reads its orders; raise ConfigInvalid or ControlElsewhere."""
    if not config.data.is_dir():
        raise ConfigInvalid(
            reason=f"there is no folder {config.data}; name the gateway's with --data",
            reason_zh=f"文件夹 {config.data} 不存在；请用 --data 指定网关的文件夹",
        )
    url = control_url(config)
    noted, wanted = _read(config.data / _NOTE), _place(url, config.data)
    if noted and noted != wanted:
        raise ControlElsewhere(noted=noted, wanted=wanted)
    return url


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _place(url: str, data: Path) -> str:
    """Return an address that may be shown: a file as seen from the folder, a server without who signs in there."""
    if url.startswith(_SQLITE):
        path = Path(url.removeprefix(_SQLITE)).resolve()
        return str(path.relative_to(data.resolve()) if path.is_relative_to(data.resolve()) else path)
    parts = urlsplit(url)
    host = parts.hostname or dict(parse_qsl(parts.query)).get("host", "")
    return f"postgresql://{host}:{parts.port or 5432}{parts.path}"
