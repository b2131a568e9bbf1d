"""The desk as an ASGI application."""

from __future__ import annotations

import os

import django

from anxin.desk.foundation.edge.uploads import SpoolingHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.desk.boot.settings")
django.setup(set_prefix=False)
application = SpoolingHandler()

from anxin.desk.operations.checks.checking import begin_warming  # noqa: E402 the applications must stand first

begin_warming()
