from __future__ import annotations

from pathlib import Path

import pytest
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from anxin.desk.boot import program
from anxin.desk.boot.databases import PROJECTION
from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.vault import sealing
from anxin.desk.foundation.vault.key_service import FileKeyService
from anxin.desk.foundation.vault.models import DataKey
from anxin.desk.foundation.vault.sealing import seal

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
    assert program.is_prepared()
    app, upgrades = UPGRADES[alias]
    MigrationRecorder(connections[alias]).migration_qs.filter(app=app).delete()
    assert not program.is_prepared()
    program.prepare_database()
    assert called == upgrades


def test_the_steps_that_are_shipped_are_those_that_django_would_load() -> None:
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    assert program._shipped() == set(loader.disk_migrations)


def test_a_key_that_something_lies_under_is_missed_when_its_file_is_gone(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert isinstance(seal(organisation.id, "value", about="a", at=NIGHT), bytes)
    assert program.list_missing_keys() == []
    monkeypatch.setattr(sealing, "key_service", lambda: FileKeyService(tmp_path / "elsewhere"))
    assert program.list_missing_keys() == [DataKey.objects.values_list("kek_id", flat=True)[0]]
    monkeypatch.setattr(sealing, "key_service", lambda: object())
    assert program.list_missing_keys() == []
