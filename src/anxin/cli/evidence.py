"""`anxin evidence verify` and `anxin evidence check`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from anxin.cli.language import both
from anxin.cli.options import DataOption, DeskUrlOption

BROKEN = 3
UNREADABLE = 2
BROKEN_ZH = {
    "another key": "由别的密钥签名",
    "the signature": "签名不符",
    "files are missing": "文件有缺失或增加",
    "not a ZIP": "不是 ZIP 文件",
    "the ZIP itself": "ZIP 文件本身不符",
    "no manifest": "没有清单或签名",
}
"""What the offline verifier says, by how it begins; else it names the file that was changed."""

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
        why = "" if problem.errno is None else os.strerror(problem.errno)
        told = f"✗ 无法读取 {pack.name}。\n  {pack.name} cannot be read: {why}"
        Console(stderr=True).print(told, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(UNREADABLE) from None
    try:
        manifest = verify_pack.verify(body, given)
    except verify_pack.Broken as found:
        zh = next((said for begin, said in BROKEN_ZH.items() if str(found).startswith(begin)), f"{found} 被改动")
        console = Console()
        console.print(f"[bold red]已被改动 BROKEN[/]: {escape(zh)}", highlight=False, soft_wrap=True)
        console.print(f"  {found}", markup=False, highlight=False, soft_wrap=True)
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
