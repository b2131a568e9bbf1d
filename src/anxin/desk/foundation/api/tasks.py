"""Let go of answers that nobody will ask for again."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.api.idempotency import KEPT
from anxin.desk.foundation.api.models import KeptAnswer
from anxin.desk.foundation.edge.duties import Duty


def forget_answers(at: datetime) -> int:
    """Delete answers older than a day; return how many."""
    deleted, _ = KeptAnswer.objects.filter(created_at__lt=at - KEPT).delete()
    return deleted


DUTIES: tuple[Duty, ...] = (Duty("api.forget", 600.0, forget_answers),)
