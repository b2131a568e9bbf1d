"""Start the desk's two processes and prepare their database; for the command line."""

from __future__ import annotations

import importlib
import os
import sys

import django
import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
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
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    shipped = set(loader.disk_migrations)
    if _lacks(DEFAULT_DB_ALIAS, shipped):
        call_command("migrate", database=DEFAULT_DB_ALIAS, interactive=False, verbosity=0)
    if connections[PROJECTION].vendor == "postgresql":
        return  # one database, made under its first name
    for app in sorted(PROJECTED_APPS):
        if _lacks(PROJECTION, {each for each in shipped if each[0] == app}):
            call_command("migrate", app, database=PROJECTION, interactive=False, verbosity=0)


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

    has_tables = "organisations_organisation" in connections["default"].introspection.table_names()
    code = first_run_code() if has_tables else None
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
