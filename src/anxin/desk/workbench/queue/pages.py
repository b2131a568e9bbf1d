"""The queue by due time, its rows one by one, the list of all, and the way to the next."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.incidents.actions import leases
from anxin.desk.operations.incidents.queries import QueueFilter, list_queue
from anxin.desk.workbench.queue.filters import kept, parse_all_filter, parse_queue_filter, queue_filters
from anxin.desk.workbench.queue.rows import count_panel, queue_rows
from anxin.desk.workbench.rendering import render_whole_or

MOST_IDS = 50
BESIDE = 40
"""How many rows stand beside an open incident."""
BEFOREHAND = 3
"""How many of the first rows a screen fetches before anybody asks."""


@require_GET
@page
def queue(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what waits, the next due first."""
    given, at = request.GET.dict(), request.moment
    found = list_queue(parse_queue_filter(given, by=by), by=by, at=at, cursor=given.get("cursor", ""))
    query = kept(given)
    context = {
        "rows": queue_rows(found.lines, by=by, at=at),
        "counts": SimpleLazyObject(lambda: count_panel(by=by, at=at)),
        "filters": SimpleLazyObject(lambda: queue_filters(given, by=by)),
        "query": urlencode(query),
        "is_narrowed": bool(query),
        "next_href": f"{reverse('queue')}?{urlencode(query | {'cursor': found.cursor})}" if found.cursor else None,
        "beforehand": BEFOREHAND,
        "given": given,
        "can_report": by.grant("incident.report") is not None,
    }
    return render_whole_or("queue/list.html", "queue/queue.html", context, request=request, target="queue")


@require_GET
@page
def mine(request: DeskRequest, by: Actor) -> HttpResponse:
    """Lead to one's own."""
    require(by, "incident.view")
    return redirect(f"{reverse('queue')}?whose=mine")


@require_GET
@page
def rows(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show some rows of the queue as they are now; those that left it are left out."""
    require(by, "incident.view")
    given = request.GET.dict()
    ids = frozenset(given.get("ids", "").split(",")[:MOST_IDS]) - {""}
    chosen = parse_queue_filter(given, by=by)
    wanted = QueueFilter(**{**vars(chosen), "ids": ids})
    found = list_queue(wanted, by=by, at=request.moment) if ids else None
    shown = queue_rows(found.lines if found else (), by=by, at=request.moment)
    return render(request, "queue/rows.html", {"rows": shown, "is_slim": "slim" in given})


@require_GET
@page
def beside(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the first rows with little in them, as the column beside an open incident."""
    found = list_queue(QueueFilter(), by=by, at=request.moment, limit=BESIDE)
    shown = queue_rows(found.lines, by=by, at=request.moment)
    return render(request, "queue/beside.html", {"rows": shown, "is_slim": True, "beforehand": BEFOREHAND})


@require_GET
@page
def counts(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show how many are open."""
    given = request.GET.dict()
    context = {"counts": count_panel(by=by, at=request.moment), "given": given, "query": urlencode(kept(given))}
    return render(request, "queue/counts.html", context)


@require_GET
@page
def following(request: DeskRequest, by: Actor) -> HttpResponse:
    """Lead to the next due incident that is free, or one's own; without one, to the queue."""
    at, after = request.moment, request.GET.get("after", "")
    for whose in ("free", "mine"):
        found = list_queue(QueueFilter(whose=whose), by=by, at=at, limit=2)
        urgent = [each for each in found.lines if each.id != after and each.clock_kind]
        if urgent:
            return redirect("incident", urgent[0].id)
    return redirect("queue")


@require_POST
@page
def claim(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Take one of the queue in its place; a refusal stands in its row."""
    is_fragment, refusal = request.headers.get("HX-Request") == "true", ""
    try:
        leases.claim(incident_id=incident_id, by=by, at=request.moment)
    except NotFound:
        raise
    except Refusal as refused:
        if not is_fragment:
            raise
        refusal = refused.sentence(get_language() or "zh")
    if not is_fragment:
        return redirect("queue")
    found = list_queue(QueueFilter(ids=frozenset({incident_id}), is_drill=None), by=by, at=request.moment)
    context = {"rows": queue_rows(found.lines, by=by, at=request.moment), "refusal": refusal}
    return render(request, "queue/rows.html", context, status=422 if refusal else 200)


@require_GET
@page
def incidents(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show every incident, open and closed."""
    given, at = request.GET.dict(), request.moment
    found = list_queue(parse_all_filter(given, by=by), by=by, at=at, cursor=given.get("cursor", ""), limit=100)
    query = kept(given)
    context = {
        "rows": queue_rows(found.lines, by=by, at=at),
        "filters": queue_filters(given, by=by, has_stages=True),
        "is_narrowed": bool(query),
        "next_href": f"{reverse('incidents')}?{urlencode(query | {'cursor': found.cursor})}" if found.cursor else None,
    }
    return render(request, "queue/incidents.html", context)
