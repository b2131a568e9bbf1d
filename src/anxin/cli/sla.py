"""`anxin sla replay`."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from anxin.cli.desk_data import open_desk
from anxin.cli.language import both
from anxin.cli.options import DataOption, DeskUrlOption

DIFFERENT = 3
UNKNOWN = 2
WHAT = {
    "state": ("计时状态", "state of the clocks"),
    "marks": ("计时记录", "what the clocks wrote"),
    "rows": ("统计表", "rows for reports"),
    "incident": ("事件上显示的时限", "what the incident shows"),
}


def replay(
    organisation: Annotated[
        str | None,
        typer.Argument(
            help=both(
                "只看这个组织（写它的短名）；省略则全部", "only this organisation, by its short name; all when left out"
            )
        ),
    ] = None,
    data: DataOption = None,
    database_url: DeskUrlOption = None,
) -> None:
    """Compute all clocks again from what happened, and compare; exit 3 when anything differs."""
    open_desk(data, database_url)
    from anxin.desk.foundation.organisations.models import Organisation
    from anxin.desk.operations.incidents.replay import replay_organisation

    table = Table("组织 organisation", "事件 incident", "不一致 difference", box=None, header_style="dim")
    seen, is_different, is_known = 0, False, False
    for slug, organisation_id in Organisation.objects.order_by("slug").values_list("slug", "id"):
        if organisation not in (None, slug):
            continue
        is_known = True
        for _, differences in replay_organisation(organisation_id):
            seen += 1
            for each in differences:
                is_different = True
                zh, en = WHAT[each.what]
                table.add_row(slug, f"#{each.number}", f"{zh}\n{en}")
    if not is_known:
        Console(stderr=True).print(f"没有组织 {organisation}。There is no organisation {organisation}.")
        raise typer.Exit(UNKNOWN)
    Console().print(
        table if is_different else f"[green]{seen} 起事件的计时一致。The clocks of {seen} incidents hold.[/]"
    )
    raise typer.Exit(DIFFERENT if is_different else 0)
