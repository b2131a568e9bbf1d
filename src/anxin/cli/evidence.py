"""`anxin evidence verify` and `anxin evidence check`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from anxin.cli.language import both
from anxin.cli.options import DataOption, DeskUrlOption

BROKEN = 3
UNREADABLE = 2

PackArgument = Annotated[
    Path, typer.Argument(help=both("证据包，一个 ZIP 文件", "the pack, a ZIP file"), show_default=False)
]
KeyOption = Annotated[
    str,
    typer.Option(
        "--public-key",
        help=both(
            "组织的公钥（十六进制）；用别的密钥签名的一律拒绝",
            "the organisation's public key in hex; packs signed with another are refused",
        ),
    ),
]


def verify(pack: PackArgument, public_key: KeyOption = "") -> None:
    """Verify an evidence pack offline: hashes, custody, signature, every byte; exit 3 when it was changed."""
    from anxin.desk.operations.evidence.pack import verify_pack

    given = public_key.strip().lower()
    try:
        body = pack.read_bytes()
    except OSError as problem:
        Console(stderr=True).print(f"无法读取 cannot be read: {pack.name} ({problem.strerror})")
        raise typer.Exit(UNREADABLE) from None
    try:
        manifest = verify_pack.verify(body, given)
    except verify_pack.Broken as found:
        Console().print(f"[bold red]已被改动 BROKEN[/]: {found}", highlight=False)
        raise typer.Exit(BROKEN) from None
    Console().print(f"[green]完好 HOLDS[/]: {manifest['incident']}, {manifest.get('made_at', '')}", highlight=False)
    if not given:
        fingerprint = verify_pack.fingerprint_of(body)
        Console().print(
            f"请核对公钥指纹 {fingerprint}\nCompare the fingerprint of the key: {fingerprint}", highlight=False
        )


def check(data: DataOption = None, database_url: DeskUrlOption = None) -> None:
    """Hash every stored piece of evidence anew; exit 3 when one is missing or was changed."""
    from anxin.cli.desk_data import open_desk

    open_desk(data, database_url)
    from anxin.desk.operations.evidence.actions.verifying import list_broken

    broken = list_broken()
    for content_id, state in broken:
        Console().print(f"[bold red]{state}[/] {content_id}", highlight=False)
    words = f"{len(broken)} 份异常 broken" if broken else "证据全部完好 All evidence is whole"
    Console().print(words, highlight=False)
    raise typer.Exit(BROKEN if broken else 0)
