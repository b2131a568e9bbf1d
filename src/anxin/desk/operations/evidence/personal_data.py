"""Personal data in evidence: names of files and what people wrote about a piece; contents lie sealed in the store."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (
    PersonalColumn("evidence.Evidence", "name_sealed", "text", "evidence.name:{id}"),
    PersonalColumn("evidence.Evidence", "note_sealed", "text", "evidence.note:{id}"),
    PersonalColumn("evidence.EvidencePack", "recipient_sealed", "text", "evidence.recipient:{id}"),
)
