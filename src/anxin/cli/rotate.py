"""`anxin keys rotate`: begin new encryption keys for log and desk; everything stays readable, nothing stops."""

from __future__ import annotations

import os
from pathlib import Path

import typer
from rich.console import Console

from anxin.cli.options import ConfigOption, DataOption
from anxin.cli.refusals import tell_refusal
from anxin.engine.errors import EngineError
from anxin.engine.log.keys import FileKeyRing
from anxin.gateway.config import GatewayConfig, load_config, master_key_path

REFUSED = 3


def rotate(data: DataOption = None, config_file: ConfigOption = None) -> None:
    """Begin a new master key for coming log segments, and new keys for the desk's sealed values."""
    console = Console()
    try:
        config = load_config(config_file, os.environ, data=data)
        _require_installation(config, data)
        ring = FileKeyRing(master_key_path(config))
    except EngineError as refusal:
        tell_refusal(console, refusal, by_code=True)
        raise typer.Exit(REFUSED) from None
    console.print(f"日志主密钥 log master key  {ring.rotate().hex()}", highlight=False)
    for slug, key_id in _rotate_desk():
        console.print(f"工作台数据密钥 desk data key  {slug}  {key_id}", highlight=False)


def _require_installation(config: GatewayConfig, data: Path | None) -> None:
    """Refuse a folder that nothing runs in as a wrong call; the desk rotates the keys of the very folder named."""
    if data is not None:
        os.environ["ANXIN_DESK_DATA"] = str(data)
    os.environ.setdefault("ANXIN_DESK_DATA", str(config.data))
    if not master_key_path(config).exists() and not (config.data / "desk.sqlite3").exists():
        told = f"{config.data} 中没有可轮换的密钥。There are no keys to rotate in {config.data}."
        raise typer.BadParameter(told, param_hint="--data")


def _rotate_desk() -> list[tuple[str, str]]:
    from anxin.desk.boot import program

    program.set_up()
    program.prepare_database()
    from anxin.desk.foundation.edge.clock import now
    from anxin.desk.foundation.organisations.models import Organisation
    from anxin.desk.foundation.privacy.actions import rotate_everything

    named = {each.id: each.slug for each in Organisation.objects.all()}
    return [(named[organisation_id], key_id) for organisation_id, key_id in rotate_everything(sorted(named), at=now())]
