"""The desk as an ASGI application."""

from __future__ import annotations

import importlib
import os
import threading

import django

from anxin.desk.boot.loading import loading

QUIET_SECONDS = 30.0
"""How long a start is left alone before what only some calls need is loaded, too, unless one came first."""


def _load_rest() -> None:
    importlib.import_module("anxin.desk.boot.api")
    importlib.import_module("anxin.desk.operations.checks.checking").begin_warming()


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.desk.boot.settings")
with loading():
    django.setup(set_prefix=False)
    from anxin.desk.foundation.edge.uploads import SpoolingHandler

    application = SpoolingHandler()
    importlib.import_module("anxin.desk.boot.urls")

_rest = threading.Timer(QUIET_SECONDS, _load_rest)
_rest.daemon = True
_rest.start()
