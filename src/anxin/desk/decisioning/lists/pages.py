"""Lists on the screen: what stands on them, put and take off with a second person, ask whether something is on one."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.decisioning.entities.panels import entity_card
from anxin.desk.decisioning.entities.queries import get_entity
from anxin.desk.decisioning.lists import actions
from anxin.desk.decisioning.lists.catalogue import PUT
from anxin.desk.decisioning.lists.errors import NothingToChange, TooManyLines
from anxin.desk.decisioning.lists.forms import ChangeForm, LookupForm, OneForm
from anxin.desk.decisioning.lists.lines import TypedLine
from anxin.desk.decisioning.lists.membership import look_up
from anxin.desk.decisioning.lists.panels import (
    COLOURS,
    OUTCOMES,
    change_row,
    entry_row,
    item_row,
    looked_up_words,
    membership_row,
)
from anxin.desk.decisioning.lists.queries import (
    get_change,
    list_changes,
    list_fitting,
    list_items,
    list_lists,
    page_entries,
)
from anxin.desk.decisioning.lists.reviewing import PERMISSION, review_change
from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import say


@require_GET
@page
def lists(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the lists of the policy in force, and the latest changes."""
    return _overview(request, by, LookupForm())


@require_POST
@page
def lookup(request: DeskRequest, by: Actor) -> HttpResponse:
    """Say whether something is on a list; what was typed stands in no address."""
    require(by, "entity.search")
    form = LookupForm(request.POST)
    if not form.is_valid():
        return _overview(request, by, form, status=422)
    answer = look_up(form.cleaned_data["value"], by=by, at=request.moment)
    more = {"answer": answer, "memberships": [membership_row(each) for each in answer.memberships]}
    return _overview(request, by, LookupForm(), more=more)


@require_GET
@page
def entries(request: DeskRequest, by: Actor, name: str) -> HttpResponse:
    """Show who is on a list, why and until when."""
    cursor = request.GET.get("cursor") or None
    found = page_entries(name, by=by, at=request.moment, cursor=cursor)
    context = {
        "declared": found.declared,
        "colour": COLOURS[found.declared.colour],
        "looked_up": looked_up_words(found.declared),
        "rows": [entry_row(each) for each in found.items],
        "next_href": f"?cursor={found.cursor}" if found.cursor else "",
        "waiting": [change_row(each) for each in list_changes(by=by, list_name=name, state="waiting")],
        "can_ask": by.grant(PERMISSION) is not None,
    }
    return render(request, "lists/entries.html", context)


@page
def change_list(request: DeskRequest, by: Actor, name: str, act: str) -> HttpResponse:
    """Show the form, try a change without doing anything, or ask for it."""
    require(by, PERMISSION, at_least=Grade.REQUEST)
    declared = page_entries(name, by=by, at=request.moment, limit=1).declared
    values = {"values": request.POST.get("values", "")} if request.POST.get("is_new") else {}
    form = ChangeForm(act, None if values else request.POST or None, request.FILES or None, initial=values)
    context: dict[str, object] = {"form": form, "declared": declared, "act": act, "is_put": act == PUT}
    status = 200 if request.method != "POST" or values else _try(request, by, name, context)
    if isinstance(status, HttpResponse):
        return status
    return render(request, "lists/change_list.html", context, status=status)


@page
def put_entity(request: DeskRequest, by: Actor, kind: str, key: str) -> HttpResponse:
    """Put a person or thing that is known on a list that is chosen."""
    require(by, PERMISSION, at_least=Grade.REQUEST)
    card = entity_card(get_entity(kind=kind, key=key, by=by, at=request.moment))
    fitting = list_fitting(kind, by=by)
    form = OneForm([(each.name, say(each.words)) for each in fitting], request.POST or None)
    context: dict[str, object] = {"form": form, "card": card, "fitting": fitting}
    if request.method == "POST" and form.is_valid():
        wanted = form.wanted(form.cleaned_data["list_name"], (TypedLine(1, key),))
        try:
            change = actions.ask_for_change(wanted, note=form.cleaned_data["note"], by=by, at=request.moment)
        except Refusal as refusal:
            context["refusal"] = refusal.sentence(get_language() or "zh")
            return render(request, "lists/put_entity.html", context, status=refusal.status)
        return redirect("list_change", change.id)
    return render(request, "lists/put_entity.html", context, status=422 if request.method == "POST" else 200)


@require_GET
@page
def change(request: DeskRequest, by: Actor, change_id: str) -> HttpResponse:
    """Show one change of a list with all its entries."""
    line = get_change(change_id=change_id, by=by)
    after = request.GET.get("after", "")
    items, last = list_items(
        change_id=change_id, by=by, after=int(after) if after.isascii() and after.isdecimal() and len(after) < 5 else -1
    )
    grant = by.grant(PERMISSION)
    can_undo = line.state == "ordered" and grant is not None and grant.grade.rank >= Grade.SECOND.rank
    context = {
        "each": change_row(line),
        "rows": [item_row(each) for each in items],
        "next_href": f"?after={last}" if last >= 0 else "",
        "can_undo": can_undo and request.moment - (line.ordered_at or request.moment) <= actions.UNDONE_WITHIN,
        "here_href": request.get_full_path(),
    }
    return render(request, "lists/change.html", context)


@require_POST
@page
def undo(request: DeskRequest, by: Actor, change_id: str) -> HttpResponse:
    """Take a change back as a whole."""
    actions.undo_change(change_id=change_id, note=request.POST.get("note", "")[:500], by=by, at=request.moment)
    return redirect("list_change", change_id)


def _try(request: DeskRequest, by: Actor, name: str, context: dict[str, object]) -> int | HttpResponse:
    """Review or ask for what the form says; return the status of the page, or where to go on."""
    form = context["form"]
    assert isinstance(form, ChangeForm)
    if not form.is_valid():
        return 422
    try:
        wanted = form.wanted(name, form.lines())
        review = review_change(wanted, by=by, at=request.moment)
        context["review"] = review
        context["results"] = [(each, OUTCOMES[each.outcome]) for each in review.results]
        if "dry_run" in request.POST:
            return 200
        asked = actions.ask_for_change(wanted, note=form.cleaned_data["note"], by=by, at=request.moment)
    except (NothingToChange, TooManyLines) as refusal:
        context["refusal"] = refusal.sentence(get_language() or "zh")
        return refusal.status
    return redirect("list_change", asked.id)


def _overview(
    request: DeskRequest, by: Actor, form: LookupForm, *, status: int = 200, more: Mapping[str, object] | None = None
) -> HttpResponse:
    found = list_lists(by=by, at=request.moment)
    context = {
        "form": form,
        "lists": [(each, COLOURS[each.declared.colour], looked_up_words(each.declared)) for each in found],
        "changes": [change_row(each) for each in list_changes(by=by)],
        "can_ask": by.grant(PERMISSION) is not None,
    }
    response = render(request, "lists/lists.html", context | dict(more or {}), status=status)
    response["Cache-Control"] = "no-store"
    return response
