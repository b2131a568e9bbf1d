"""Personal data in measures: the notes that people type."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (PersonalColumn("measures.ActionRequest", "note_sealed", "text", "measure.note:{id}"),)
