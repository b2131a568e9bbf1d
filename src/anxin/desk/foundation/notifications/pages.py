"""Notices, channels and the status line on the screen; the link of a page needs nobody signed in."""

from __future__ import annotations

from datetime import time, timedelta
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.notifications.access import CONFIGURE
from anxin.desk.foundation.notifications.actions import channels, status_lines
from anxin.desk.foundation.notifications.actions.answering import ack_by_link, ack_page, note_arrival, note_seen
from anxin.desk.foundation.notifications.kinds import channel_kinds
from anxin.desk.foundation.notifications.queries import (
    count_new,
    find_status_line,
    get_contact,
    list_channels,
    list_notices,
)
from anxin.desk.foundation.notifications.wording import word_page
from anxin.desk.foundation.permissions.authority import require


@require_GET
@page
def notices(request: DeskRequest, by: Actor) -> HttpResponse:
    """List what the person was told; looking at it is seeing it."""
    lines, onward = list_notices(by=by, at=request.moment, before=request.GET.get("before", ""))
    note_seen(by=by, at=request.moment)
    return render(request, "notifications/notices.html", {"lines": lines, "onward": onward})


@require_GET
@page
def bell(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show how many notices are new, and what is told to everybody: a part of every page."""
    require(by, "desk.open")
    line = find_status_line(organisation_id=by.organisation_id, at=request.moment)
    return render(request, "notifications/bell.html", {"n": count_new(by=by, at=request.moment), "line": line})


@require_POST
@page
def ack(request: DeskRequest, by: Actor, page_id: str) -> HttpResponse:
    """Take a page at the desk and go to what it is about."""
    return redirect(ack_page(page_id=page_id, by=by, at=request.moment).path)


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show a page to whoever holds its link, and let it be acknowledged once."""
    asked = cast("DeskRequest", request)
    if request.method == "POST":
        row = ack_by_link(token=token, at=asked.moment)
    else:
        row = note_arrival(token=token, at=asked.moment)
    language = getattr(request, "LANGUAGE_CODE", "zh")
    wording = word_page(row.code, row.arguments, language=language, at=asked.moment)
    context = {"wording": wording, "row": row, "token": token}
    response = render(request, "notifications/link.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@page
def channel_list(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show how the person, and the organisation, are reached."""
    quiet_from, quiet_until, per_hour = get_contact(by=by)
    context = {
        "channels": list_channels(by=by),
        "kinds": tuple(channel_kinds().values()),
        "can_share": by.grant(CONFIGURE) is not None,
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "per_hour": per_hour,
    }
    return render(request, "notifications/channels.html", context)


@require_POST
@page
def channel_open(request: DeskRequest, by: Actor) -> HttpResponse:
    """Add a channel."""
    typed = request.POST
    kind, name, address = (typed.get(each, "") for each in ("kind", "name", "address"))
    way = channels.Way(kind, name, address, is_shared=typed.get("owner") == "organisation")
    channels.open_channel(way, by=by, at=request.moment)
    return redirect("channels")


@require_POST
@page
def channel_act(request: DeskRequest, by: Actor, channel_id: str, word: str) -> HttpResponse:
    """Try or remove a channel."""
    act = channels.try_channel if word == "test" else channels.close_channel
    act(channel_id=channel_id, by=by, at=request.moment)
    return redirect("channels")


@require_POST
@page
def contact(request: DeskRequest, by: Actor) -> HttpResponse:
    """Keep quiet hours and the most an hour."""
    begin, end = request.POST.get("quiet_from", ""), request.POST.get("quiet_until", "")
    try:
        quiet = (time.fromisoformat(begin), time.fromisoformat(end)) if begin and end else None
        per_hour = int(request.POST.get("per_hour", ""))
    except ValueError:
        raise FieldInvalid(
            pointer="/quiet_from", field="time", field_zh="时间", reason="HH:MM", reason_zh="时:分"
        ) from None
    channels.set_contact(quiet=quiet, per_hour=per_hour, by=by, at=request.moment)
    return redirect("channels")


@require_http_methods(["GET", "POST"])
@page
def status_line(request: DeskRequest, by: Actor) -> HttpResponse:
    """Tell everybody something for some minutes."""
    require(by, status_lines.SET)
    if request.method == "POST":
        minutes = request.POST.get("minutes", "")
        until = request.moment + timedelta(minutes=int(minutes) if minutes.isdecimal() else 0)
        text, tone = request.POST.get("text", ""), request.POST.get("tone", "warning")
        status_lines.set_status_line(text=text, until=until, tone=tone, by=by, at=request.moment)
        return redirect("status_line")
    line = find_status_line(organisation_id=by.organisation_id, at=request.moment)
    return render(request, "notifications/status_line.html", {"line": line, "longest": status_lines.CHARACTERS})


@require_POST
@page
def status_line_end(request: DeskRequest, by: Actor) -> HttpResponse:
    """Take it back."""
    status_lines.end_status_line(by=by, at=request.moment)
    return redirect("status_line")
