"""Pages about people, their roles and their permissions."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations import actions, invitations, rights
from anxin.desk.foundation.organisations.access import access_person
from anxin.desk.foundation.organisations.choices import department_choices, fill, site_choices
from anxin.desk.foundation.organisations.forms import InvitationForm, PlaceForm, RoleForm
from anxin.desk.foundation.organisations.queries import (
    list_invitations,
    list_my_permissions,
    list_people,
    list_roles_of,
    list_sites,
    list_to_recertify,
)
from anxin.desk.foundation.permissions.authority import require


@page
def my_permissions(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show what the signed-in person may do, how much of it is left, and who can do the rest."""
    lines = list_my_permissions(by=by, at=request.moment)
    return render(request, "organisations/my_permissions.html", {"lines": lines, "by": by})


@page
def people(request: DeskRequest, by: Actor) -> HttpResponse:
    """List who works here."""
    site_id, text = request.GET.get("site", ""), request.GET.get("text", "")[:40]
    found = list_people(by=by, at=request.moment, site_id=site_id, text=text, after=request.GET.get("after", ""))
    context = {"people": found, "sites": list_sites(by=by), "site_id": site_id, "text": text}
    return render(request, "organisations/people.html", context)


@page
def person(request: DeskRequest, by: Actor, person_id: str) -> HttpResponse:
    """Show one person and the roles they hold."""
    card = access_person(person_id=person_id, by=by, at=request.moment)
    context = {
        "card": card,
        "may_help": by.grant("person.reenrol") is not None,
        "roles": list_roles_of(person_id=person_id, by=by, at=request.moment),
        "role_form": RoleForm(sites=site_choices(by)),
        "place_form": PlaceForm(
            departments=department_choices(by),
            initial={"department": card.department_id, "contract_until": card.contract_until},
        ),
    }
    return render(request, "organisations/person.html", context)


@require_POST
@page
def grant_role(request: DeskRequest, by: Actor, person_id: str) -> HttpResponse:
    """Ask for a role for somebody."""
    given = fill(RoleForm(request.POST, sites=site_choices(by)))
    rights.request_role(
        person_id=person_id,
        role=given["role"],
        site_id=given["site"] or None,
        until=given["until"],
        reason=given["reason"],
        by=by,
        at=request.moment,
    )
    return redirect("person", person_id=person_id)


@require_POST
@page
def revoke_role(request: DeskRequest, by: Actor, grant_id: str) -> HttpResponse:
    """Take a role away."""
    rights.revoke_role(grant_id=grant_id, by=by, at=request.moment)
    return redirect("people")


@require_POST
@page
def place_person(request: DeskRequest, by: Actor, person_id: str) -> HttpResponse:
    """Say in which department somebody works, and until when."""
    given = fill(PlaceForm(request.POST, departments=department_choices(by)))
    actions.place_person(
        person_id=person_id,
        department_id=given["department"] or None,
        contract_until=given["contract_until"],
        address=given["address"],
        by=by,
        at=request.moment,
    )
    return redirect("person", person_id=person_id)


@require_POST
@page
def let_go(request: DeskRequest, by: Actor, person_id: str) -> HttpResponse:
    """Close somebody's account."""
    actions.let_go(person_id=person_id, by=by, at=request.moment)
    return redirect("people")


@page
def invite(request: DeskRequest, by: Actor) -> HttpResponse:
    """Invite somebody: show the form and the open invitations, or the link of a new one, this once."""
    require(by, "person.invite", at_least=Grade.REQUEST)
    form = InvitationForm(request.POST or None, sites=site_choices(by), departments=department_choices(by))
    context = {"form": form, "invitations": list_invitations(by=by, at=request.moment)}
    if request.method != "POST" or not form.is_valid():
        return render(request, "organisations/invite.html", context, status=422 if form.is_bound else 200)
    given = form.cleaned_data
    guest = invitations.Guest(
        username=given["username"],
        name=given["name"],
        roles=tuple(given["roles"]),
        site_id=given["site"] or None,
        department_id=given["department"] or None,
        contract_until=given["contract_until"],
    )
    invited = invitations.invite_person(guest, by=by, at=request.moment)
    link = request.build_absolute_uri(f"/accounts/invitation/{invited.token}/")
    response = render(request, "organisations/invited.html", {"link": link, "invited": invited})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@page
def withdraw_invitation(request: DeskRequest, by: Actor, invitation_id: str) -> HttpResponse:
    """Make an invitation void."""
    invitations.withdraw_invitation(invitation_id=invitation_id, by=by, at=request.moment)
    return redirect("invite")


@page
def recertification(request: DeskRequest, by: Actor) -> HttpResponse:
    """Show the roles that nobody confirmed for a quarter."""
    return render(request, "organisations/recertification.html", {"lines": list_to_recertify(by=by, at=request.moment)})


@require_POST
@page
def recertify(request: DeskRequest, by: Actor, grant_id: str) -> HttpResponse:
    """Say that a role is still needed."""
    rights.recertify(grant_id=grant_id, by=by, at=request.moment)
    return redirect("recertification")
