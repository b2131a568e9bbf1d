"""Kept answers are sealed, and gone after a day (see `tasks.py`)."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (PersonalColumn("api.KeptAnswer", "body_sealed", "text", "api.answer:{key}"),)
