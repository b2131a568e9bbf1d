"""Answer the reveal of one field in the place where it stands, refusals too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.privacy.actions import Sealed, reveal_field
from anxin.desk.foundation.privacy.purposes import purposes
from anxin.desk.foundation.privacy.showing import Shown
from anxin.desk.foundation.ui.shapes import Choice


@dataclass(frozen=True)
class MaskedField:
    """A personal value as it stands on a page. `reveal_href` is "" where no reveal is offered."""

    label: str
    masked: str
    reveal_href: str = ""


def masked_field(label: str, shown: Shown, reveal_href: str, hidden: str) -> MaskedField:
    """Return a shown value with the way to reveal it, where the reader's role has one; `hidden` stands for nothing."""
    return MaskedField(label, shown.text or hidden, reveal_href if shown.can_reveal else "")


def purpose_choices() -> Sequence[Choice]:
    """Return the purposes a reveal may have."""
    return tuple(Choice(code, words) for code, words in purposes().items())


def answer_reveal(request: DeskRequest, by: Actor, *, field: MaskedField, read: Callable[[], Sealed]) -> HttpResponse:
    """Return the value for a minute, or why not: for the page's script in place, else as a page of its own."""
    is_fragment = request.headers.get("HX-Request") == "true"
    context: dict[str, object] = {"field": field, "purposes": purpose_choices()}
    try:
        purpose = request.POST.get("purpose", "")
        context["revealed"] = reveal_field(read(), purpose=purpose, case_id="", by=by, at=request.moment)
    except Refusal as refusal:
        if not is_fragment or isinstance(refusal, NotFound):
            raise
        context["sentence"] = refusal.sentence(get_language() or "zh")
    template = "decisions/reveal.html" if is_fragment else "decisions/reveal_page.html"
    response = render(request, template, context, status=200 if "revealed" in context else 422)
    response["Cache-Control"] = "no-store"
    return response
