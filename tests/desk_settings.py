"""The desk's settings under test: a folder of its own, cheap hashes and keys, PostgreSQL when asked for.

`ANXIN_TEST_DATABASE=postgresql` runs the desk's tests on a PostgreSQL from a wheel instead of SQLite.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import msgspec

_FOLDER = Path(tempfile.mkdtemp(prefix="anxin-desk-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["ANXIN_DESK_DATA"] = str(_FOLDER)
# A browser driven from a test runs an event loop in the same thread, which Django would take for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

if os.environ.get("ANXIN_TEST_DATABASE") == "postgresql":
    os.environ["XDG_RUNTIME_DIR"] = str(_FOLDER)
    from tests.postgresql import start_postgresql

    _FOLDER.chmod(0o755)
    _server = start_postgresql(_FOLDER / "postgresql")
    # Nothing here outlives the tests, so no write need wait for the disk.
    _server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();")
    os.environ["ANXIN_DESK_DATABASE_URL"] = _server.get_uri()

from anxin.desk.boot.settings import *  # noqa: E402, F403

ANXIN = msgspec.structs.replace(ANXIN, key_service="tests.remembered_keys.RememberedKeys")  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Every test's browser lists them anew, which takes longer than most of what it asks for.
WHITENOISE_USE_FINDERS = False
if "sqlite3" in DATABASES["default"]["ENGINE"]:  # noqa: F405
    for each in DATABASES.values():  # noqa: F405
        # In memory all threads share one cache, in which whoever reads would keep others from writing, without a wait.
        each["OPTIONS"]["init_command"] += "; PRAGMA read_uncommitted=ON"
