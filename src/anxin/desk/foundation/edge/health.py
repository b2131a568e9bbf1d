"""Whether the desk lives, and whether it can work: for those who watch over it, without signing in."""

from __future__ import annotations

from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from anxin.desk.foundation.edge.clock import now
from anxin.desk.foundation.edge.models import Heartbeat

STILL = timedelta(seconds=60)


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Answer that the process lives."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """Answer whether the database and the worker can be relied on; 503 when the database cannot."""
    try:
        beats = list(Heartbeat.objects.all())
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    moment = now()
    failing = sorted(each.duty for each in beats if each.failure)
    is_still = not any(moment - each.ran_at < STILL for each in beats)
    return JsonResponse({"status": "ok", "worker": "still" if is_still else "working", "failing_duties": failing})
