"""The rota keeps ids of people only."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS: tuple[PersonalColumn, ...] = ()
