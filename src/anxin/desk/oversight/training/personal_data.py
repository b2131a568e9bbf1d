"""Personal data in training: why somebody was certified."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (PersonalColumn("training.Certification", "reason_sealed", "text", "training.reason:{id}"),)
