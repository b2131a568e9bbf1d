"""Make an empty database's tables as certain migrations left them; run as a program: `app:name` for each app."""

from __future__ import annotations

import sys

from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from anxin.desk.boot import program


def make_tables(targets: list[tuple[str, str]]) -> None:
    """Migrate the first database to the targets; raise KeyError when this program does not know one of them."""
    executor = MigrationExecutor(connections["default"])
    known = executor.loader.graph.nodes
    unknown = [target for target in targets if target not in known]
    if unknown:
        raise KeyError(unknown[0])
    executor.migrate(targets)


if __name__ == "__main__":
    program.set_up()
    make_tables([(app, name) for app, _, name in (each.partition(":") for each in sys.argv[1:])])
