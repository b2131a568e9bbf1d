"""Decisions on the screen: the list, one explained, decided again, one field revealed, rows to take away."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.decisioning.decisions.actions import export_pseudonyms, note_view
from anxin.desk.decisioning.decisions.explained import get_decision
from anxin.desk.decisioning.decisions.export import COLUMNS
from anxin.desk.decisioning.decisions.fields import read_sealed_field
from anxin.desk.decisioning.decisions.forms import decision_filters, parse_decision_filter
from anxin.desk.decisioning.decisions.panels import decision_panels, decision_row, field_panel, held_words, label_words
from anxin.desk.decisioning.decisions.queries import find_projection_state, list_decisions
from anxin.desk.decisioning.decisions.replay import replay_decision
from anxin.desk.decisioning.decisions.reveals import MaskedField, answer_reveal, purpose_choices
from anxin.desk.decisioning.decisions.sites import list_seen_origins
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.edge.tables import render_csv

_ROWS = 200


@require_GET
@page
def decisions(request: DeskRequest, by: Actor) -> HttpResponse:
    """List decisions, newest first."""
    given, cursor = request.GET.dict(), request.GET.get("cursor") or None
    found = list_decisions(parse_decision_filter(given), by=by, cursor=cursor, limit=_ROWS)
    state = find_projection_state(by.organisation_id)
    kept = {name: value for name, value in given.items() if value and name != "cursor"}
    context = {
        "rows": [decision_row(line) for line in found.lines],
        "filters": decision_filters(given, list_seen_origins(by=by)),
        "query": urlencode(kept),
        "is_narrowed": bool(kept),
        "next_href": "?" + urlencode(kept | {"cursor": found.cursor}) if found.cursor else "",
        "is_first": cursor is None,
        "state": state,
        "can_export": by.grant("data.export_pseudonyms") is not None,
    }
    return render(request, "decisions/list.html", context)


@require_GET
@page
def decision(request: DeskRequest, by: Actor, seq: int) -> HttpResponse:
    """Explain one decision."""
    view = get_decision(seq=seq, by=by)
    note_view(seq=seq, event_id=view.line.event_id, by=by, at=request.moment)
    context = {
        "view": view,
        "panels": decision_panels(view),
        "purposes": purpose_choices(),
        "labels": [(label, *label_words(label.is_fraud)) for label in view.labels],
        "can_replay": by.grant("decision.replay") is not None and not view.is_erased,
    }
    return render(request, "decisions/decision.html", context)


@require_POST
@page
def replay(request: DeskRequest, by: Actor, seq: int) -> HttpResponse:
    """Decide again with the policy of that day, and show both."""
    replayed = replay_decision(seq=seq, by=by)
    is_fragment = request.headers.get("HX-Request") == "true"
    template = "decisions/replayed.html" if is_fragment else "decisions/replayed_page.html"
    return render(request, template, {"replayed": replayed, "holds": held_words(replayed.holds), "seq": seq})


@require_POST
@page
def reveal(request: DeskRequest, by: Actor, seq: int, path: str) -> HttpResponse:
    """Reveal one field of the event."""
    view = get_decision(seq=seq, by=by)
    field = next((field_panel(each, view.line) for each in view.fields if each.path == path), None)
    if field is None or field.masked is None:
        raise NotFound
    masked: MaskedField = field.masked
    return answer_reveal(
        request,
        by,
        field=masked,
        read=lambda: read_sealed_field(seq=seq, path=path, by=by, at=request.moment),
    )


@require_POST
@page
def export(request: DeskRequest, by: Actor) -> HttpResponse:
    """Hand out the chosen decisions as CSV, whom they are about as pseudonyms of this file alone."""
    rows = export_pseudonyms(parse_decision_filter(request.GET.dict()), by=by, at=request.moment)
    lines = render_csv(COLUMNS, (row.cells() for row in rows))
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="decisions-{request.moment:%Y%m%d-%H%M%S}.csv"'
    response["Cache-Control"] = "no-store"
    return response
