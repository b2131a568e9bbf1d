"""The library on the screen: what is in force, how it does, proposing, sharing."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from anxin.checkers.signatures.feeds import FeedTerms, Proposal
from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import say
from anxin.desk.operations.intelligence.actions import (
    PERMISSION,
    propose_publication,
    review_feed,
    review_indicators,
    review_signatures,
    share_indicators,
)
from anxin.desk.operations.intelligence.errors import ProposalRefused
from anxin.desk.operations.intelligence.forms import ProposalForm, ShareForm
from anxin.desk.operations.intelligence.panels import signature_table
from anxin.desk.operations.intelligence.queries import view_library


@require_GET
@page
def signatures(request: DeskRequest, by: Actor) -> HttpResponse:
    """List the signatures with validity, tests, hit rate and corrections, and the proposals."""
    view = view_library(by=by, at=request.moment, after=request.GET.get("after", ""))
    can_propose = by.grant(PERMISSION) is not None
    context = {"view": view, "table": signature_table(view), "can_propose": can_propose, "share": ShareForm()}
    return render(request, "intelligence/signatures.html", context)


@page
def propose(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the form, try a proposal without doing anything, or propose it."""
    require(by, PERMISSION, at_least=Grade.REQUEST)
    form = ProposalForm(request.POST or None, request.FILES or None)
    context: dict[str, object] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                context["review"] = proposal = _reviewed(form, request, by)
                status = 200
                if "dry_run" not in request.POST:
                    propose_publication(proposal=proposal, by=by, at=request.moment)
                    context["is_proposed"] = True
            except ProposalRefused as refused:
                context["refused"] = say((refused.sentence("zh"), refused.sentence("en")))
                status = refused.status
    return render(request, "intelligence/propose.html", context, status=status)


def _reviewed(form: ProposalForm, request: DeskRequest, by: Actor) -> Proposal:
    source, text = form.cleaned_data["source"], form.written()
    if source == "signatures":
        return review_signatures(text=text, by=by, at=request.moment)
    name = form.cleaned_data["name"] or "feed"
    version = f"{request.moment:%Y.%m.%d.%H%M%S}"
    confidence = form.cleaned_data["confidence"]
    terms = FeedTerms(name, by.label, name, request.moment.date(), version, confidence)
    review = review_feed if source == "feed" else review_indicators
    return review(text=text, terms=terms, by=by, at=request.moment)


@require_POST
@page
def share(request: DeskRequest, by: Actor) -> HttpResponse:
    """Answer what may be shared, as hashed indicators."""
    form = ShareForm(request.POST)
    if not form.is_valid():
        require(by, PERMISSION, at_least=Grade.SECOND)
        context = {"share": form, "can_propose": True, "is_wrong": True}
        return render(request, "intelligence/signatures.html", context, status=422)
    circle = form.cleaned_data["circle"]
    lines = share_indicators(circle=circle, secret=form.cleaned_data["secret"], by=by, at=request.moment)
    answer = HttpResponse(lines, content_type="application/x-ndjson")
    answer["Content-Disposition"] = f'attachment; filename="{circle}.jsonl"'
    return answer
