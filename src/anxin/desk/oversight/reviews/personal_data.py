"""Personal data in reviews: what people wrote, sealed until it is known to name nobody."""

from __future__ import annotations

from anxin.desk.foundation.permissions.personal import PersonalColumn

COLUMNS = (
    PersonalColumn("reviews.ReviewEntry", "text_sealed", "text", "review.entry:{id}"),
    PersonalColumn("reviews.CorrectiveAction", "text_sealed", "text", "review.action:{id}"),
    PersonalColumn("reviews.Case", "draft_sealed", "text", "review.case:{id}"),
)
