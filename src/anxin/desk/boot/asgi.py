"""The desk as an ASGI application."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.desk.boot.settings")
application = get_asgi_application()

from anxin.desk.operations.checks.checking import begin_warming  # noqa: E402 the applications must stand first

begin_warming()
