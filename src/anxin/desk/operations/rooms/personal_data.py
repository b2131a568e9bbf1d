"""Personal data in rooms: none; what people write stands sealed in the incident's timeline."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS: tuple[PersonalColumn, ...] = ()
