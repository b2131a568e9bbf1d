"""Count failed tries and lock a name out; unknown names are counted like known ones, so that nothing tells them apart.

Sources: PCI DSS 4.0 8.3.4 (at most 10 tries, at least 30 minutes).
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from anxin.desk.foundation.sign_in.models import Tries

LIMIT = 10
LOCK = timedelta(minutes=30)


def name_token(username: str) -> str:
    """Return the token of a typed sign-in name: what people type there may be anything, so it is not kept."""
    folded = unicodedata.normalize("NFKC", username).strip().casefold()
    return _token(f"name\0{folded}")


def factor_token(person_id: str) -> str:
    """Return the token of a person's second factors."""
    return _token(f"factor\0{person_id}")


def is_locked(token: str, *, at: datetime) -> bool:
    """Return whether no further try is looked at."""
    return Tries.objects.filter(token=token, failed__gte=LIMIT, last_at__gt=at - LOCK).exists()


@transaction.atomic
def count_failure(token: str, *, at: datetime) -> bool:
    """Count one failed try; return whether this one locked it."""
    Tries.objects.get_or_create(token=token, defaults={"last_at": at})
    row = Tries.objects.select_for_update().get(token=token)
    is_fresh = row.last_at > at - LOCK
    row.failed = row.failed + 1 if is_fresh else 1
    row.last_at = at
    row.save(update_fields=["failed", "last_at"])
    return row.failed == LIMIT


def forget_failures(token: str) -> int:
    """Begin to count anew after a success; return how many had failed."""
    row = Tries.objects.filter(token=token).first()
    if row is None:
        return 0
    row.delete()
    return row.failed


def _token(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"anxin.tries\0{text}".encode(), hashlib.sha256).hexdigest()
