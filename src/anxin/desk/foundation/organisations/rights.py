"""Give, take and let end the roles people hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from anxin.desk.foundation.approvals.actions import go_ahead_alone, request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct, Argument
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.duty import duty_of
from anxin.desk.foundation.organisations.errors import OwnRights, RoleHeld, RolesApart
from anxin.desk.foundation.organisations.facts import RightsChanged
from anxin.desk.foundation.organisations.models import Organisation, Person, RoleGrant, Site
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.permissions.catalogue import roles, roles_apart

UNUSED = timedelta(days=90)
RECERTIFY = timedelta(days=91)
GRANT = "person.grant_role"
RECERTIFIERS = frozenset({"shift_lead", "data_protection"})
"""Who must both say that a role is still needed; their own roles are confirmed by the other side alone."""


@transaction.atomic
def request_role(
    *, person_id: str, role: str, site_id: str | None, until: datetime | None, by: Actor, at: datetime, reason: str = ""
) -> Approval:
    """Ask for a second person to give somebody a role; where there is nobody else, it happens and is confirmed later.

    Raise Forbidden, NotFound, OwnRights, RoleHeld, RolesApart.
    """
    require(by, "person.invite", at_least=Grade.REQUEST)
    person = get_person_for_change(person_id, by)
    check_role(role, person=person, site_id=site_id, at=at)
    arguments: dict[str, Argument] = {"role": role, "site_id": site_id, "until": until.isoformat() if until else None}
    duty = duty_of(by=by, permission="person.invite", at=at)
    asked_on = ("person", f"{person.id}:{role}")
    if duty.is_alone and require(by, "person.invite", at_least=Grade.REQUEST).grade.rank >= Grade.SECOND.rank:
        return go_ahead_alone(GRANT, on=asked_on, by=by, at=at, arguments=arguments, reason=reason or role, duty=duty)
    return request_approval(GRANT, on=asked_on, by=by, at=at, arguments=arguments, reason=reason, duty=duty)


def grant_role_approved(approved: ApprovedAct, at: datetime) -> None:
    """Give the role that two people agreed on."""
    person_id, _, role = approved.on[1].partition(":")
    person = Person.objects.filter(pk=person_id, organisation_id=approved.organisation_id, is_active=True).first()
    if person is None:
        raise NotFound
    if approved.second is not None and approved.second.person_id == person.id:
        raise OwnRights
    site_id, until = approved.arguments["site_id"], approved.arguments["until"]
    check_role(role, person=person, site_id=str(site_id) if site_id else None, at=at)
    by = approved.second or system_actor(approved.organisation_id, "approvals")
    RoleGrant.objects.create(
        id=new_id("rol", at=at),
        organisation_id=approved.organisation_id,
        person=person,
        role=role,
        site_id=site_id,
        granted_by=approved.requested_by,
        granted_at=at,
        until=datetime.fromisoformat(str(until)) if until else None,
    )
    _tell(person, "grant", [role], by, at)


def take_role_back(approved: ApprovedAct, at: datetime) -> None:
    """Take back a role that one person gave alone and nobody confirmed."""
    person_id, _, role = approved.on[1].partition(":")
    by = approved.second or system_actor(approved.organisation_id, "approvals")
    end_roles(person_id=person_id, role=role, because="not_confirmed", by=by, at=at)


@transaction.atomic
def revoke_role(*, grant_id: str, by: Actor, at: datetime) -> None:
    """Take a role away, at once and alone: less right needs no second person."""
    require(by, "person.invite", at_least=Grade.SECOND)
    lock_head(by.organisation_id)
    row = RoleGrant.objects.filter(pk=grant_id, organisation_id=by.organisation_id, revoked_at=None).first()
    if row is None:
        raise NotFound
    _end([row], "revoked", by, at)


@transaction.atomic
def end_roles(*, person_id: str, because: str, by: Actor, at: datetime, role: str = "") -> int:
    """End the roles (or one) of a person for a certificate, a contract or a job that ended; return how many."""
    lock_head(by.organisation_id)
    rows = RoleGrant.objects.filter(organisation_id=by.organisation_id, person_id=person_id, revoked_at=None)
    return _end(rows.filter(role=role) if role else rows, because, by, at)


@transaction.atomic
def expire_rights(*, organisation_id: str, at: datetime) -> int:
    """End what is over: roles past their end, contracts past theirs, people not seen for 90 days; return how many."""
    lock_head(organisation_id)
    by = system_actor(organisation_id, "rights")
    held = RoleGrant.objects.filter(organisation_id=organisation_id, revoked_at=None)
    ended = _end(held.filter(until__lte=at), "until", by, at)
    ended += _end(held.filter(person__contract_until__lte=at), "contract", by, at)
    unused = Q(person__active_at__lte=at - UNUSED) | Q(person__active_at=None, granted_at__lte=at - UNUSED)
    return ended + _end(held.filter(unused), "unused", by, at)


@transaction.atomic
def recertify(*, grant_id: str, by: Actor, at: datetime) -> None:
    """Say that a role is still needed: at least every quarter, never by the one who holds it.

    It takes a shift lead and the data-protection officer, two people (domain §9): the first one's word waits a quarter.
    """
    require(by, "role.recertify")
    lock_head(by.organisation_id)
    row = RoleGrant.objects.filter(pk=grant_id, organisation_id=by.organisation_id, revoked_at=None).first()
    if row is None:
        raise NotFound
    if row.person_id == by.person_id:
        raise OwnRights
    side = _other_side(row, by, at)
    if side is not None:
        if side:
            record_entry("role.confirm", by=by, at=at, on=("person", row.person_id), details={"role": row.role})
            row.half_by, row.half_as, row.half_at = by.person_id or "", side, at
            row.save(update_fields=["half_by", "half_as", "half_at"])
        return
    record_entry("role.recertify", by=by, at=at, on=("person", row.person_id), details={"role": row.role})
    row.recertified_by, row.recertified_at = by.person_id or "", at
    row.half_by, row.half_as, row.half_at = "", "", None
    row.save(update_fields=["recertified_by", "recertified_at", "half_by", "half_as", "half_at"])


def _other_side(row: RoleGrant, by: Actor, at: datetime) -> str | None:
    """Return as which of the two the actor speaks while the other is missing, "" when they did so already.

    None: the other one has spoken, and this completes it.
    """
    sides = RECERTIFIERS & by.roles
    if row.role in RECERTIFIERS and sides - {row.role}:
        return None
    is_fresh = row.half_at is not None and at - row.half_at < RECERTIFY
    if not is_fresh:
        return min(sides)
    if row.half_by == by.person_id or not sides - {row.half_as}:
        return ""
    return None


def get_person_for_change(person_id: str, by: Actor) -> Person:
    """Return an active person of the actor's organisation, never the actor; raise NotFound, OwnRights."""
    person = Person.objects.filter(pk=person_id, organisation_id=by.organisation_id, is_active=True).first()
    if person is None:
        raise NotFound
    if person.id == by.person_id:
        raise OwnRights
    return person


def check_role(role: str, *, person: Person, site_id: str | None, at: datetime) -> None:
    """Raise unless the person may get the role at the site."""
    if role not in roles() or role == "integrator":
        raise FieldInvalid(pointer="/role", field="role", field_zh="角色", reason=role, reason_zh=role)
    if site_id and not Site.objects.filter(pk=site_id, organisation_id=person.organisation_id, closed_at=None).exists():
        raise NotFound
    current = RoleGrant.objects.filter(Q(until=None) | Q(until__gt=at), person=person, revoked_at=None)
    if current.filter(role=role, site_id=site_id).exists():
        raise RoleHeld
    check_apart({each.role for each in current} | {role}, organisation_id=person.organisation_id)


def check_apart(held: Iterable[str], *, organisation_id: str) -> None:
    """Raise RolesApart when one person may not hold these together."""
    is_small_team = Organisation.objects.values_list("is_small_team", flat=True).get(pk=organisation_id)
    pair = roles_apart(held, is_small_team=is_small_team)
    if pair is not None:
        one, other = (roles()[each].words for each in pair)
        raise RolesApart(one=one.en, other=other.en, one_zh=one.zh, other_zh=other.zh)


def _end(rows: Iterable[RoleGrant], because: str, by: Actor, at: datetime) -> int:
    found = list(rows)
    for row in found:
        row.revoked_at, row.revoked_because = at, because
        row.save(update_fields=["revoked_at", "revoked_because"])
        details = {"role": row.role, "because": because}
        record_entry("role.end", by=by, at=at, on=("person", row.person_id), details=details)
        fact = RightsChanged(row.person_id, "revoke", row.role)
        publish_fact(fact, organisation_id=row.organisation_id, at=at)
    return len(found)


def _tell(person: Person, change: str, held: Iterable[str], by: Actor, at: datetime) -> None:
    names = ",".join(sorted(held))
    record_entry(f"role.{change}", by=by, at=at, on=("person", person.id), details={"role": names})
    publish_fact(RightsChanged(person.id, change, names), organisation_id=person.organisation_id, at=at)
