from __future__ import annotations

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder

from anxin.desk.boot import program
from anxin.desk.boot.databases import PROJECTION

UPGRADES = {
    "default": ("privacy", [(("migrate",), DEFAULT_DB_ALIAS)]),
    "projection": ("decisions", [(("migrate", "decisions"), PROJECTION)]),
}


@pytest.mark.parametrize("alias", UPGRADES)
def test_tables_are_upgraded_where_a_step_is_missing_and_only_there(
    monkeypatch: pytest.MonkeyPatch, alias: str
) -> None:
    if connections[PROJECTION].vendor == "postgresql" and alias == PROJECTION:
        pytest.skip("one database")
    called: list[tuple[tuple[str, ...], object]] = []
    monkeypatch.setattr(program, "call_command", lambda *words, database, **_more: called.append((words, database)))
    program.prepare_database()
    assert called == []
    app, upgrades = UPGRADES[alias]
    MigrationRecorder(connections[alias]).migration_qs.filter(app=app).delete()
    program.prepare_database()
    assert called == upgrades
