"""`anxin audit verify` and `anxin audit export`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from anxin.cli.desk_data import open_desk
from anxin.cli.drawing import draw
from anxin.cli.language import both
from anxin.cli.options import DataOption, DeskUrlOption

BROKEN = 3
UNKNOWN = 2
REASONS = {
    "changed": ("内容被改动", "an entry was edited"),
    "gap": ("有记录缺失或被移动", "an entry is missing or was moved"),
    "unchained": ("与前一条不相连", "an entry does not follow the one before"),
    "head": ("链尾与最后一条不符", "the head does not match the last entry"),
    "forked": ("与已签名的检查点不符", "history differs from what was signed"),
    "cut": ("已签名的记录从末尾消失", "signed entries are gone from the end"),
    "unsigned": ("数据库外的检查点不是真的", "a checkpoint outside the database is not genuine"),
}

OrganisationArgument = Annotated[
    str | None,
    typer.Argument(
        help=both(
            "只看这个组织（写它的短名）；省略则全部", "only this organisation, by its short name; all when left out"
        )
    ),
]


def verify(
    organisation: OrganisationArgument = None, data: DataOption = None, database_url: DeskUrlOption = None
) -> None:
    """Walk the audit chains; name the first broken entry and exit 3."""
    open_desk(data, database_url)
    from anxin.desk.foundation.audit.chain import Break
    from anxin.desk.foundation.audit.checkpoints import verify_organisation

    table = Table("组织 organisation", "结果 result", "条数 entries", "签名 checkpoints", box=None, header_style="dim")
    is_broken = False
    for slug, organisation_id in _organisations(organisation):
        found = verify_organisation(organisation_id)
        if isinstance(found, Break):
            is_broken = True
            zh, en = REASONS[found.code]
            table.add_row(slug, f"[bold red]断于第 {found.seq} 条：{zh}[/]\nbroken at entry {found.seq}: {en}", "", "")
        else:
            table.add_row(slug, "[green]完好 holds[/]", str(found.size), str(found.checkpoints))
    draw(Console(), table)
    raise typer.Exit(BROKEN if is_broken else 0)


def export(
    organisation: Annotated[str, typer.Argument(help=both("组织的短名", "short name of the organisation"))],
    data: DataOption = None,
    database_url: DeskUrlOption = None,
) -> None:
    """Write the trail as JSON lines to stdout, for the offline verifier."""
    open_desk(data, database_url)
    from anxin.desk.foundation.audit.checkpoints import export_links

    for _, organisation_id in _organisations(organisation):
        for line in export_links(organisation_id):
            sys.stdout.write(line + "\n")


def _organisations(slug: str | None) -> list[tuple[str, str]]:
    from anxin.desk.foundation.organisations.models import Organisation

    rows = Organisation.objects.order_by("slug").values_list("slug", "id")
    found = [(each, organisation_id) for each, organisation_id in rows if slug in (None, each)]
    if not found:
        Console(stderr=True).print(f"没有组织 {slug}。There is no organisation {slug}.")
        raise typer.Exit(UNKNOWN)
    return found
