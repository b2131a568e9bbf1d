"""The box that takes anything pasted, and the cards it answers with."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from anxin.checkers.images.header import MOST_BYTES
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.checks.actions import (
    Answer,
    correct_check,
    run_advertisement_check,
    run_check,
    run_personal_data_check,
    run_reply_check,
)
from anxin.desk.operations.checks.checking import begin_warming
from anxin.desk.operations.checks.kinds import KINDS
from anxin.desk.operations.checks.panels import VERDICTS, answer_cards, hidden_forms
from anxin.desk.operations.checks.picture_actions import begin_picture_check
from anxin.desk.operations.checks.picture_pages import picture_part
from anxin.desk.operations.checks.rendering import render_part


@require_GET
@page
def checks(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the empty box, and load the checkers meanwhile."""
    require(by, "check.run")
    begin_warming()
    return render(request, "checks/box.html", {"kinds": KINDS})


@require_POST
@page
def run(request: DeskRequest, by: Actor) -> HttpResponse:
    """Check what was pasted: a picture, or words as they are, a reply, an advertisement, or personal data."""
    given = request.FILES.get("picture")
    if given is not None:
        data = given.read(MOST_BYTES + 1)
        return picture_part(request, begin_picture_check(data=data, by=by, at=request.moment))
    text, wanted = request.POST.get("text", ""), request.POST.get("as", "check")
    if wanted == "reply":
        answer = run_reply_check(text=text, by=by, at=request.moment)
    elif wanted == "advertisement":
        answer = run_advertisement_check(text=text, by=by, at=request.moment)
    elif wanted == "personal_data":
        answer = run_personal_data_check(text=text, by=by, at=request.moment)
    else:
        answer = run_check(text=text, by=by, at=request.moment)
    return _answered(request, answer)


@require_POST
@page
def correct(request: DeskRequest, by: Actor, check_id: str) -> HttpResponse:
    """Take a correction."""
    word = request.POST.get("correction", "")
    concerned = correct_check(check_id=check_id, correction=word, by=by, at=request.moment)
    return render_part(request, "corrected", {"signatures": [each for each in concerned if each]})


def _answered(request: DeskRequest, answer: Answer) -> HttpResponse:
    context = {
        "answer": answer,
        "kind": KINDS[answer.kind],
        "mark": VERDICTS[answer.worst.level],
        "cards": answer_cards(answer) if answer.hidden is None else [],
        "hidden": hidden_forms(answer.hidden) if answer.hidden is not None else None,
    }
    return render_part(request, "result", context)
