"""Start the desk's two processes and prepare their database; for the command line."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

import django
import uvicorn
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder

from anxin.desk.boot.databases import PROJECTED_APPS, PROJECTION
from anxin.desk.boot.loading import loading

SETTINGS = "anxin.desk.boot.settings"
"""The commands run the product, whatever settings the environment of a test names."""


def set_up() -> None:
    """Load Django with the settings of this process's environment; raise ModuleNotFoundError without its driver."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    with loading():
        if settings.ANXIN.database_url:
            importlib.import_module("psycopg")
        django.setup()


def prepare_database() -> None:
    """Create or upgrade the tables of every database."""
    shipped = _shipped()
    if _lacks(DEFAULT_DB_ALIAS, shipped):
        call_command("migrate", database=DEFAULT_DB_ALIAS, interactive=False, verbosity=0)
    for app, steps in _projected(shipped).items():
        if _lacks(PROJECTION, steps):
            call_command("migrate", app, database=PROJECTION, interactive=False, verbosity=0)


def is_prepared() -> bool:
    """Return whether every database has the tables of this version; raise Django's errors of one that is away."""
    shipped = _shipped()
    return not _lacks(DEFAULT_DB_ALIAS, shipped) and not any(
        _lacks(PROJECTION, steps) for steps in _projected(shipped).values()
    )


def list_missing_keys() -> list[str]:
    """Return the key-encrypting keys, kept in files here, that sealed values need and that are not there."""
    from anxin.desk.foundation.vault.key_service import FileKeyService
    from anxin.desk.foundation.vault.models import DataKey
    from anxin.desk.foundation.vault.sealing import key_service

    service = key_service()
    if not isinstance(service, FileKeyService):
        return []
    return service.missing(DataKey.objects.order_by("kek_id").values_list("kek_id", flat=True).distinct())


def _shipped() -> set[tuple[str, str]]:
    """Return every step of every app by its file's name: to load them all takes a start 0.1 s."""
    return {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in (Path(app.path) / "migrations").glob("*.py")
        if file.stem[0] not in "_~"
    }


def _projected(shipped: set[tuple[str, str]]) -> dict[str, set[tuple[str, str]]]:
    """Return the steps of each app that has a database of its own; on PostgreSQL it is one, under its first name."""
    if connections[PROJECTION].vendor == "postgresql":
        return {}
    return {app: {each for each in shipped if each[0] == app} for app in sorted(PROJECTED_APPS)}


def _lacks(alias: str, shipped: set[tuple[str, str]]) -> bool:
    """Return whether a step was not taken yet: the command asks the same, and takes 0.2 s more for it."""
    return bool(shipped - set(MigrationRecorder(connections[alias]).applied_migrations()))


def serve_desk() -> None:
    """Serve the desk until told to stop."""
    config = settings.ANXIN
    _announce_first_run(config.host, config.port)
    uvicorn.run(
        "anxin.desk.boot.asgi:application",
        host=config.host,
        port=config.port,
        log_level="warning",
        log_config=None,  # the desk's own journal, which keeps the values of faults to itself
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        proxy_headers=bool(config.trusted_proxies),
        forwarded_allow_ips=list(config.trusted_proxies),
    )


def _announce_first_run(host: str, port: int) -> None:
    """Print the code that founds an empty installation: whoever reads the server's output may begin."""
    from anxin.desk.foundation.sign_in.first_run import first_run_code

    code = first_run_code()
    if code is not None:
        sys.stderr.write(
            f"首次使用：打开 http://{host}:{port}/ 并输入启动码 First run: open it and type the code {code}\n"
        )


def run_worker() -> None:
    """Run the worker until told to stop."""
    with loading():
        from anxin.desk.boot.duties import all_duties
        from anxin.desk.boot.worker import Worker

    Worker(all_duties()).run()
