"""Personal data in the trail: the reasons that people type. The chain is kept whole, never thinned out."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (PersonalColumn("audit.AuditEntry", "reason_sealed", "text", "audit.reason:{seq}", is_fixed=True),)
