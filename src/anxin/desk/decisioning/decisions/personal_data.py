"""Personal data in the projection: bodies, clear forms and words of orders, each sealed; the log is the truth.

They are never sealed anew (a rebuild seals under the current keys), and let go by this package's own duty.
"""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (
    PersonalColumn("decisions.SealedRecord", "sealed", "text", "decision:{seq}", is_fixed=True),
    PersonalColumn("decisions.Entity", "display_sealed", "phone", "entity:{kind}:{key}", is_fixed=True),
    PersonalColumn("decisions.EntityOrder", "sealed", "text", "order:{seq}", is_fixed=True),
)
