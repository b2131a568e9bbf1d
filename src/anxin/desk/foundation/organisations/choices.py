"""What the forms of this package offer, and how they are read."""

from __future__ import annotations

from typing import Any

from django import forms

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.organisations.queries import list_departments, list_sites
from anxin.desk.foundation.ui.words import Words, say


def site_choices(by: Actor) -> list[tuple[str, str]]:
    """Return the open sites."""
    return [
        (each.id, f"{each.name} · {each.platform}/{each.business_line}/{each.region}") for each in list_sites(by=by)
    ]


def department_choices(by: Actor) -> list[tuple[str, str]]:
    """Return the open departments in the language of the request."""
    return [(each.id, say(Words(each.name_zh, each.name_en))) for each in list_departments(by=by)]


def fill(form: forms.Form) -> dict[str, Any]:
    """Return what a short form holds; raise FieldInvalid for the first field that is wrong."""
    if form.is_valid():
        return form.cleaned_data
    name, problems = next(iter(form.errors.items()))
    label = str(form.fields[name].label or name) if name in form.fields else name
    raise FieldInvalid(pointer=f"/{name}", field=label, reason=" ".join(map(str, problems)))
