"""People and things on the screen: search, one view, its story and links, two side by side."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.decisioning.decisions.panels import decision_row
from anxin.desk.decisioning.decisions.reveals import answer_reveal, purpose_choices
from anxin.desk.decisioning.decisions.rule_titles import Titles, rule_titles
from anxin.desk.decisioning.decisions.sites import list_seen_origins
from anxin.desk.decisioning.entities.actions import note_search, note_view, note_view_of_part
from anxin.desk.decisioning.entities.comparing import candidates, comparison_panels
from anxin.desk.decisioning.entities.fields import read_sealed_name
from anxin.desk.decisioning.entities.forms import SearchForm, parse_timeline_filter, timeline_filters
from anxin.desk.decisioning.entities.graph import list_links
from anxin.desk.decisioning.entities.link_panels import link_panels, personal_panels, sketch, whole_picture
from anxin.desk.decisioning.entities.panels import (
    count_facts,
    entity_card,
    masked_name,
    money_facts,
    order_panels,
    place_facts,
    risk_reasons,
    risk_trend,
)
from anxin.desk.decisioning.entities.queries import compare_entities, get_entity, get_risk, last_change
from anxin.desk.decisioning.entities.recognition import recognise
from anxin.desk.decisioning.entities.search import find_entities
from anxin.desk.decisioning.entities.searches import keep_search, kept_search
from anxin.desk.decisioning.entities.story_panels import story_entries
from anxin.desk.decisioning.entities.text_panels import text_panel
from anxin.desk.decisioning.entities.timeline import list_timeline
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import require

_STORY = 50


@require_GET
@page
def entities(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the search box."""
    require(by, "entity.search")
    return render(request, "entities/search.html", {"form": SearchForm()})


@require_POST
@page
def search(request: DeskRequest, by: Actor) -> HttpResponse:
    """Take what is searched for, and lead to what was found."""
    require(by, "entity.search")
    form = SearchForm(request.POST)
    if not form.is_valid():
        return render(request, "entities/search.html", {"form": form}, status=422)
    query = form.cleaned_data["query"]
    answer = find_entities(query, by=by, at=request.moment)
    found = len(answer.entities) + len(answer.texts) + (answer.decision is not None)
    note_search(what=recognise(query).code, found=found, by=by, at=request.moment)
    return redirect("entities_found", keep_search(request, query))


@require_GET
@page
def found(request: DeskRequest, by: Actor, token: str) -> HttpResponse:
    """Show what a search of this session finds now."""
    require(by, "entity.search")
    query = kept_search(request, token)
    answer = find_entities(query, by=by, at=request.moment)
    context = {
        "form": SearchForm(),
        "asked": recognise(query),
        "answer": answer,
        "cards": [entity_card(each) for each in answer.entities],
        "decision": decision_row(answer.decision) if answer.decision is not None else None,
        "texts": [text_panel(each) for each in answer.texts],
        "is_empty": not (answer.entities or answer.decision or answer.texts),
    }
    return render(request, "entities/found.html", context)


@require_GET
@page
def entity(request: DeskRequest, by: Actor, kind: str, key: str) -> HttpResponse:
    """Show all about one person or thing."""
    at = request.moment
    view = get_entity(kind=kind, key=key, by=by, at=at)
    course = get_risk(kind=kind, key=key, by=by, at=at)
    links = list_links(kind=kind, key=key, by=by, at=at)
    near = link_panels(links, at, known_since=view.first_seen)
    titles = rule_titles(by)
    context = _story(request, by, (kind, key), view.last_seq, titles) | {
        "card": entity_card(view, titles),
        "view": view,
        "reasons": risk_reasons(view.risk, titles),
        "trend": risk_trend(course, at),
        "orders": order_panels(view.orders),
        "facts": (*place_facts(view), *count_facts(view), *money_facts(view)),
        "near": near,
        "personal": personal_panels(near),
        "graph": sketch(links),
        "purposes": purpose_choices(),
    }
    note_view(kind=kind, key=key, by=by, at=at)
    return render(request, "entities/entity.html", context)


@require_GET
@page
def story(request: DeskRequest, by: Actor, kind: str, key: str) -> HttpResponse:
    """Show the story alone, filtered or further back; nothing when `seen` is the last there is."""
    seen = request.GET.get("seen", "")
    if seen and seen == str(last_change(kind=kind, key=key, by=by)):
        return HttpResponse(status=204)
    view = get_entity(kind=kind, key=key, by=by, at=request.moment)
    context = _story(request, by, (kind, key), view.last_seq, rule_titles(by)) | {"card": entity_card(view)}
    note_view_of_part(kind=kind, key=key, by=by, at=request.moment)
    return render(request, "entities/story_page.html", context)


def _story(
    request: DeskRequest, by: Actor, entity: tuple[str, str], last_seq: int, titles: Titles
) -> dict[str, object]:
    """Return what the story's template takes."""
    kind, key = entity
    given, cursor = request.GET.dict(), request.GET.get("cursor") or None
    chosen = parse_timeline_filter(given)
    told = list_timeline(kind=kind, key=key, by=by, chosen=chosen, cursor=cursor, limit=_STORY)
    kept = {name: value for name, value in given.items() if value and name not in ("cursor", "seen")}
    href = reverse("entity_story", args=[kind, key])
    return {
        "entries": story_entries(told.items, titles),
        "filters": timeline_filters(given, list_seen_origins(by=by)),
        "story_href": href,
        "is_first": cursor is None,
        "is_narrowed": bool(kept),
        "newer_href": f"{href}?{urlencode(kept | {'seen': last_seq})}",
        "next_href": f"{href}?{urlencode(kept | {'cursor': told.cursor})}" if told.cursor else "",
    }


@require_GET
@page
def links(request: DeskRequest, by: Actor, kind: str, key: str) -> HttpResponse:
    """Show everything an entity is linked with, two steps far."""
    view = get_entity(kind=kind, key=key, by=by, at=request.moment)
    known = list_links(kind=kind, key=key, by=by, at=request.moment)
    context = {
        "card": entity_card(view),
        "view": view,
        "graph": whole_picture(known),
        "near": link_panels(known, request.moment, known_since=view.first_seen),
        "is_whole": known.is_whole,
    }
    note_view_of_part(kind=kind, key=key, by=by, at=request.moment)
    return render(request, "entities/links.html", context)


@require_POST
@page
def reveal(request: DeskRequest, by: Actor, kind: str, key: str) -> HttpResponse:
    """Reveal a phone, e-mail or IP."""
    view = get_entity(kind=kind, key=key, by=by, at=request.moment)
    masked = masked_name(view.name)
    if masked is None:
        raise NotFound
    return answer_reveal(
        request, by, field=masked, read=lambda: read_sealed_name(kind=kind, key=key, by=by, at=request.moment)
    )


@page
def compare(request: DeskRequest, by: Actor, kind: str, key: str) -> HttpResponse:
    """Choose whom to compare with: somebody linked, or whoever a search finds."""
    form = SearchForm(request.POST or None)
    view = get_entity(kind=kind, key=key, by=by, at=request.moment)
    other = None
    if request.method == "POST" and form.is_valid():
        answer = find_entities(form.cleaned_data["query"], by=by, at=request.moment)
        note_search(what="compare", found=len(answer.entities), by=by, at=request.moment)
        names = [each.name for each in answer.entities if (each.name.kind, each.name.key) != (kind, key)]
        other = next((name for name in names if name.kind == kind), names[0] if names else None)
    if other is not None:
        return redirect("entities_compared", kind, key, other.kind, other.key)
    known = list_links(kind=kind, key=key, by=by, at=request.moment)
    is_missing = request.method == "POST" and form.is_valid()
    context = {"card": entity_card(view), "form": form, "candidates": candidates(known), "is_missing": is_missing}
    note_view_of_part(kind=kind, key=key, by=by, at=request.moment)
    return render(request, "entities/compare.html", context, status=422 if request.POST else 200)


@require_GET
@page
def compared(request: DeskRequest, by: Actor, *, kind: str, key: str, other_kind: str, other_key: str) -> HttpResponse:
    """Show two side by side."""
    both = ((kind, key), (other_kind, other_key))
    panels = comparison_panels(compare_entities(one=both[0], other=both[1], by=by, at=request.moment))
    for each_kind, each_key in both:
        note_view_of_part(kind=each_kind, key=each_key, by=by, at=request.moment)
    return render(request, "entities/compared.html", {"panels": panels, "purposes": purpose_choices()})
