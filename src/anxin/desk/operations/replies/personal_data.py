"""Personal data in replies: what was written, sealed; the people are known by token."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (PersonalColumn("replies.Reply", "text_sealed", "text", "reply.text:{id}"),)
