"""The trail on the screen."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.audit.actions import FINDINGS, close_alert, note_reading
from anxin.desk.foundation.audit.acts import act_choices
from anxin.desk.foundation.audit.queries import AuditFilter, list_alerts, list_entries
from anxin.desk.foundation.audit.watch import pattern_words
from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.words import Words

_ZONE = ZoneInfo("Asia/Shanghai")
FINDING_WORDS = {
    "explained": Words("已说明，属正常工作", "explained, normal work"),
    "error": Words("误操作，已提醒", "a mistake, told so"),
    "case": Words("立案调查", "a case was opened"),
}


@require_GET
@page
def trail(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the trail: of everybody to those who may, else one's own."""
    chosen, before = _parse_filter(request, by), request.GET.get("before", "")
    found = list_entries(chosen, by=by, before=int(before) if before.isdecimal() else None)
    if not chosen.own and not before:
        note_reading(scope=chosen.object_id or chosen.actor or "*", by=by, at=request.moment)
    context = {
        "page": found,
        "chosen": chosen,
        "acts": act_choices(),
        "may_read_all": _may_read_all(by),
    }
    return render(request, "audit/trail.html", context)


@require_GET
@page
def alerts(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the access-pattern alerts."""
    context = {
        "alerts": [(each, *pattern_words()[each.rule]) for each in list_alerts(by=by)],
        "findings": [(each, FINDING_WORDS[each]) for each in FINDINGS],
    }
    return render(request, "audit/alerts.html", context)


@require_POST
@page
def close(request: DeskRequest, by: Actor, alert_id: str) -> HttpResponse:
    """Close an alert."""
    finding, reason = request.POST.get("finding", ""), request.POST.get("reason", "")
    close_alert(alert_id=alert_id, finding=finding, reason=reason, by=by, at=request.moment)
    return redirect("audit_alerts")


def _may_read_all(by: Actor) -> bool:
    """Return whether the trail of others is open without asking anybody."""
    grant = by.grant("audit.read")
    return grant is not None and grant.grade.rank >= Grade.LIMITED.rank


def _parse_filter(request: DeskRequest, by: Actor) -> AuditFilter:
    given = request.GET
    since, until = parse_date(given.get("since", "")), parse_date(given.get("until", ""))
    return AuditFilter(
        own=given.get("own") == "1" or not _may_read_all(by),
        actor=given.get("actor", "").strip(),
        act=given.get("act", "").strip(),
        object_kind=given.get("kind", "").strip(),
        object_id=given.get("object", "").strip(),
        since=datetime.combine(since, time(), _ZONE) if since else None,
        until=datetime.combine(until, time(), _ZONE) + timedelta(days=1) if until else None,
    )
