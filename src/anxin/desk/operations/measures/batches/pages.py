"""A batch on the screen: what came of each target, and the way back."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.operations.measures.batches.actions import undo_batch
from anxin.desk.operations.measures.batches.panels import item_rows, state_mark
from anxin.desk.operations.measures.batches.queries import get_batch, list_items
from anxin.desk.operations.measures.catalogue import reasons
from anxin.desk.operations.measures.forms import NOTE_LENGTH

_PAGE = 100


@require_GET
@page
def batch(request: DeskRequest, by: Actor, batch_id: str) -> HttpResponse:
    """Show a batch with its results."""
    line = get_batch(batch_id=batch_id, by=by)
    given = request.GET.get("after", "")
    after = int(given) if given.isascii() and given.isdecimal() else -1
    items, following = list_items(batch_id=batch_id, by=by, after=after, limit=_PAGE)
    context = {
        "batch": line,
        "mark": state_mark(line.state),
        "reason": reasons()[line.reason],
        "rows": item_rows(items),
        "next_href": f"?after={following}" if following is not None else "",
    }
    return render(request, "measures/batch.html", context)


@require_POST
@page
def undo(request: DeskRequest, by: Actor, batch_id: str) -> HttpResponse:
    """Take the whole batch back."""
    note = request.POST.get("note", "").strip()[:NOTE_LENGTH]
    undo_batch(batch_id=batch_id, note=note, by=by, at=request.moment)
    return redirect("measure_batch", batch_id)
