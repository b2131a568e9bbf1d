"""The desk's own settings, with passwords that are quick to check: every journey signs in by form."""

from __future__ import annotations

from anxin.desk.boot.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
