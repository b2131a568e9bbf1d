"""Personal data in changes of lists: the notes that people type. Values are keyed tokens, never in clear."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (PersonalColumn("lists.ListChange", "note_sealed", "text", "list.note:{id}"),)
