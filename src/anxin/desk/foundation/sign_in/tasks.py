"""Duties of the worker for sessions."""

from __future__ import annotations

from datetime import datetime

from anxin.desk.foundation.edge.duties import Duty
from anxin.desk.foundation.sign_in.models import Session, Tries
from anxin.desk.foundation.sign_in.tries import LOCK


def forget_old(*, at: datetime) -> int:
    """Delete sessions past their time and tries that lock nobody any more; return 0, for nothing waits behind them."""
    Session.objects.filter(expires_at__lte=at).delete()
    Tries.objects.filter(last_at__lte=at - LOCK).delete()
    return 0


DUTIES = (Duty("sign_in.forget", 600, lambda at: forget_old(at=at)),)
