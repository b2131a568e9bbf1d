"""Pictures: waiting, the answer with its boxes, the redacted copy."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.operations.checks.kinds import KINDS
from anxin.desk.operations.checks.panels import VERDICTS, picture_card
from anxin.desk.operations.checks.picture_actions import PictureAnswer, finish_picture_check, redacted_copy
from anxin.desk.operations.checks.rendering import render_part


@require_POST
@page
def picture(request: DeskRequest, by: Actor, job_id: str) -> HttpResponse:
    """Show where a picture stands."""
    return picture_part(request, finish_picture_check(job_id=job_id, by=by, at=request.moment))


@require_GET
@page
def redacted(request: DeskRequest, by: Actor, job_id: str) -> HttpResponse:
    """Answer the redacted copy."""
    response = HttpResponse(redacted_copy(job_id=job_id, by=by, at=request.moment), content_type="image/png")
    response["Cache-Control"] = "no-store"
    if "download" in request.GET:
        response["Content-Disposition"] = 'attachment; filename="redacted.png"'
    return response


def picture_part(request: DeskRequest, answer: PictureAnswer) -> HttpResponse:
    """Show a picture that waits, or its answer."""
    if answer.screenshot is None:
        return render_part(request, "waiting", {"answer": answer})
    found = answer.screenshot
    boxes = [(box, mark.kind == "personal_data", mark.shown) for mark in found.marks for box in mark.boxes]
    context = {
        "answer": answer,
        "kind": KINDS["image"],
        "mark": VERDICTS[found.checked.level],
        "card": picture_card(found),
        "boxes": boxes,
    }
    return render_part(request, "picture", context)
