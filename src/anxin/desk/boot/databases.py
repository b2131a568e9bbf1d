"""Which databases the desk uses, and what lies in which."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from django.db import DEFAULT_DB_ALIAS, connections

from anxin.desk.boot.config import DeskConfig

PROJECTION = "projection"
PROJECTED_APPS = frozenset({"decisions"})
"""Apps whose tables are rebuilt from the decision log. On SQLite they have a file of their own, so that the projector's
writes never keep a person's freeze waiting for the one writer's lock."""

LOCK_SECONDS = 20
KEPT_SECONDS = 60
"""How long a connection serves one request after the other; see `threads.py`."""
_SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": LOCK_SECONDS,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536",
}


class ProjectionRouter:
    """Sends projected tables to their database, and everything else to the first."""

    def db_for_read(self, model: type, **_hints: object) -> str:
        """Return the alias."""
        return _alias(model._meta.app_label)  # type: ignore[attr-defined]

    db_for_write = db_for_read

    def allow_relation(self, one: object, other: object, **_hints: object) -> bool:
        """Refuse relations between the two."""
        return _alias(one._meta.app_label) == _alias(other._meta.app_label)  # type: ignore[attr-defined]

    def allow_migrate(self, db: str, app_label: str, **_hints: object) -> bool:
        """Create each table in its own database only; PostgreSQL is one database, made under its first name."""
        if connections[db].vendor == "postgresql":
            return db == DEFAULT_DB_ALIAS
        return _alias(app_label) == db


def _alias(app_label: str) -> str:
    return PROJECTION if app_label in PROJECTED_APPS else DEFAULT_DB_ALIAS


def database_settings(config: DeskConfig) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES."""
    if config.database_url:
        postgresql = _postgresql(config.database_url)
        return {"default": postgresql, PROJECTION: postgresql | {"TEST": {"MIRROR": "default"}}}
    return {
        "default": _sqlite(config, "desk.sqlite3"),
        PROJECTION: _sqlite(config, "projection.sqlite3"),
    }


def _sqlite(config: DeskConfig, name: str) -> dict[str, Any]:
    options = dict(_SQLITE_OPTIONS)
    if name.startswith("projection"):
        # The log is the truth: a projection that loses its last batch reads it again.
        options["init_command"] = str(options["init_command"]).replace("synchronous=FULL", "synchronous=NORMAL")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": config.data / name,
        "CONN_MAX_AGE": KEPT_SECONDS,
        "OPTIONS": options,
    }


def _postgresql(url: str) -> dict[str, Any]:
    """Read `postgresql://user:secret@host:port/name?option=…`; a host given as option is a socket's folder."""
    parts = urlsplit(url)
    options = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(options.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": KEPT_SECONDS,
        "CONN_HEALTH_CHECKS": True,
        # Nobody waits longer for a lock than on SQLite: it is said that the database is busy, and nothing was done.
        "OPTIONS": {"options": f"-c lock_timeout={LOCK_SECONDS}s"} | options,
    }
