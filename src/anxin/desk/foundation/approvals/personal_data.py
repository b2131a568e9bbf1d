"""Personal data in approvals: the reasons that people type."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (PersonalColumn("approvals.Approval", "reason_sealed", "text", "approval.reason:{id}"),)
