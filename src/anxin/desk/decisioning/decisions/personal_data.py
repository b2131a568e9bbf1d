"""Personal data in the projection: sealed under each person's own key, and never sealed anew but by a rebuild."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (
    PersonalColumn("decisions.Entity", "display_sealed", "text", "the entity's kind and key", is_fixed=True),
    PersonalColumn("decisions.EntityOrder", "sealed", "text", "the order", is_fixed=True),
    PersonalColumn("decisions.SealedRecord", "sealed", "text", "the decision's id", is_fixed=True),
)
