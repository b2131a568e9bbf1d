"""The published signatures that a check command uses, when it is told where they are."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from anxin.checkers.signatures.book import SignatureBook
from anxin.checkers.signatures.force import InForce, Secrets
from anxin.cli.language import both
from anxin.cli.unusable import unusable

SignaturesOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        help=both(
            "网关的数据文件夹：同时使用其中已发布的特征",
            "a gateway's data folder: use the signatures published there, too",
        ),
    ),
]


def signatures_in_force(data: Path | None) -> InForce:
    """Return what is in force now in a data folder, nothing without one; raise BadParameter when it cannot be read."""
    at = time.time_ns() // 1_000_000
    if data is None:
        return SignatureBook().in_force(Secrets(bytes(32)), at=at)
    # Only who asks for published signatures pays for loading the gateway's settings.
    from anxin.cli.ordering import ordering_config
    from anxin.cli.signature_book import phone_key, published_book
    from anxin.engine.errors import EngineError
    from anxin.gateway.signature_orders import read_circles

    if not data.is_dir():
        raise typer.BadParameter(f"文件夹 {data} 不存在。There is no folder {data}.", param_hint="--data")
    try:
        config = ordering_config(None, data, None)
        secrets = Secrets(phone_key(config), read_circles(config.circles or config.data / "circles"))
        return published_book(config).in_force(secrets, at=at)
    except (EngineError, OSError) as fault:
        raise typer.BadParameter(unusable(fault), param_hint="--data") from fault
