"""The living style guide: every component with its states, as the desk really draws it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.workbench.guide.catalogue import COMPONENTS, find_component
from anxin.desk.workbench.guide.forms import SampleForm
from anxin.desk.workbench.guide.samples import samples


@page
def guide(request: DeskRequest, _by: Actor) -> HttpResponse:
    """List the components."""
    return render(request, "guide/index.html", {"components": COMPONENTS})


@page
def component(request: DeskRequest, _by: Actor, code: str) -> HttpResponse:
    """Show one component in all its states, and how a template asks for it."""
    found = find_component(code)
    if found is None:
        raise NotFound
    form = SampleForm(request.POST or None)
    source = get_template(found.sample).template.source  # type: ignore[attr-defined]
    given = samples(at=request.moment) | {"component": found, "components": COMPONENTS, "form": form}
    given |= {"sample": found.sample, "source": source}
    return render(request, "guide/component.html", given, status=422 if request.POST and not form.is_valid() else 200)


@page
def everything(request: DeskRequest, _by: Actor) -> HttpResponse:
    """Show all components on one page, to look at them together."""
    given = samples(at=request.moment) | {"components": COMPONENTS, "form": SampleForm()}
    return render(request, "guide/all.html", given)


@page
def reveal(request: DeskRequest, _by: Actor) -> HttpResponse:
    """Answer the sample reveal, with nobody's number."""
    return render(request, "guide/revealed.html")


@page
def now(request: DeskRequest, _by: Actor) -> HttpResponse:
    """Answer the sample fragment that live updates fetch again."""
    return render(request, "guide/now.html")
