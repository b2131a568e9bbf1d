"""Tables on a terminal of any width."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table


def draw(console: Console, table: Table) -> None:
    """Print a table whose cells lose nothing where columns are few: Chinese has no spaces to break at."""
    for column in table.columns:
        if not column.no_wrap:
            column.overflow = "fold"
    console.print(table)
