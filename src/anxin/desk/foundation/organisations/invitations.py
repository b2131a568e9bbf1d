"""Invite somebody by a link that works once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from anxin.desk.foundation.approvals.actions import go_ahead_alone, request_approval
from anxin.desk.foundation.approvals.acts import ApprovedAct
from anxin.desk.foundation.audit.actions import lock_head, record_entry
from anxin.desk.foundation.edge.actor import Actor, Grade, system_actor
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.actions import admit_person
from anxin.desk.foundation.organisations.duty import duty_of
from anxin.desk.foundation.organisations.errors import InvitationInvalid, NameTaken
from anxin.desk.foundation.organisations.facts import PersonInvited
from anxin.desk.foundation.organisations.models import Department, Invitation, Person, RoleGrant, Site
from anxin.desk.foundation.organisations.rights import check_apart, end_roles
from anxin.desk.foundation.organisations.sign_in_names import parse_username
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.permissions.catalogue import roles
from anxin.desk.foundation.vault.sealing import seal, unseal

LIFE = timedelta(hours=72)
INVITE = "person.invite"


@dataclass(frozen=True)
class Guest:
    """Who is invited, as what, where. `site_id` None: all sites; `contract_until` None: employed."""

    username: str
    name: str
    roles: tuple[str, ...]
    site_id: str | None = None
    department_id: str | None = None
    contract_until: datetime | None = None


@dataclass(frozen=True)
class Invited:
    """A new invitation: its id, the secret of its link (seen only now), and whether it works already."""

    invitation_id: str
    token: str
    is_open: bool


@transaction.atomic
def invite_person(guest: Guest, *, by: Actor, at: datetime) -> Invited:
    """Invite somebody; the link works once a second person agreed, or at once where there is nobody else.

    Raise Forbidden, FieldInvalid, NameTaken, RolesApart, NotFound.
    """
    grant = require(by, "person.invite", at_least=Grade.REQUEST)
    username = _check(guest, by, at)
    token = secrets.token_urlsafe(32)
    row = Invitation(
        id=new_id("inv", at=at),
        organisation_id=by.organisation_id,
        token_hash=hash_token(token),
        username=username,
        roles=",".join(sorted(guest.roles)),
        site_id=guest.site_id,
        department_id=guest.department_id,
        contract_until=guest.contract_until,
        invited_by=by.person_id or by.label,
        created_at=at,
        expires_at=at + LIFE,
    )
    row.name_sealed = seal(by.organisation_id, guest.name, about=f"invitation.name:{row.id}", at=at)
    row.save(force_insert=True)
    details = {"roles": row.roles, "username": username}
    record_entry("person.invite", by=by, at=at, on=("invitation", row.id), details=details)
    publish_fact(PersonInvited(row.id, row.roles, row.invited_by), organisation_id=by.organisation_id, at=at)
    duty = duty_of(by=by, permission="person.invite", at=at)
    on = ("invitation", row.id)
    if duty.is_alone and grant.grade.rank >= Grade.SECOND.rank:
        go_ahead_alone(INVITE, on=on, by=by, at=at, arguments={"roles": row.roles}, reason=row.roles, duty=duty)
    else:
        request_approval(INVITE, on=on, by=by, at=at, arguments={"roles": row.roles}, duty=duty)
    row.refresh_from_db(fields=["approved_at"])
    return Invited(row.id, token, row.approved_at is not None)


def open_invitation_approved(approved: ApprovedAct, at: datetime) -> None:
    """Let the link work: two people agreed."""
    row = Invitation.objects.filter(pk=approved.on[1], organisation_id=approved.organisation_id).first()
    if row is None or row.revoked_at is not None:
        raise NotFound
    row.approved_at, row.expires_at = at, at + LIFE
    row.save(update_fields=["approved_at", "expires_at"])


def withdraw_unconfirmed(approved: ApprovedAct, at: datetime) -> None:
    """Withdraw what one person opened alone and nobody confirmed; whoever came in meanwhile loses the roles."""
    row = Invitation.objects.get(pk=approved.on[1], organisation_id=approved.organisation_id)
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    by = approved.second or system_actor(approved.organisation_id, "approvals")
    if row.person_id is not None:
        end_roles(person_id=row.person_id, because="not_confirmed", by=by, at=at)
    record_entry("person.withdraw", by=by, at=at, on=("invitation", row.id))


@transaction.atomic
def withdraw_invitation(*, invitation_id: str, by: Actor, at: datetime) -> None:
    """Make the link void."""
    require(by, "person.invite", at_least=Grade.REQUEST)
    lock_head(by.organisation_id)
    rows = Invitation.objects.filter(organisation_id=by.organisation_id, accepted_at=None, revoked_at=None)
    row = rows.filter(pk=invitation_id).first()
    if row is None:
        raise NotFound
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    record_entry("person.withdraw", by=by, at=at, on=("invitation", row.id))


def find_invitation(*, token: str, at: datetime) -> Invitation | None:
    """Return the invitation of a link that works at this moment, or None."""
    rows = Invitation.objects.filter(token_hash=hash_token(token), accepted_at=None, revoked_at=None)
    return rows.filter(approved_at__isnull=False, expires_at__gt=at).first()


@transaction.atomic
def accept_invitation(*, token: str, password: str, at: datetime) -> Person:
    """Let the invited person in with a password of their own; raise InvitationInvalid, and the link works no more."""
    found = find_invitation(token=token, at=at)
    if found is None:
        raise InvitationInvalid
    lock_head(found.organisation_id)
    row = find_invitation(token=token, at=at)
    if row is None:
        raise InvitationInvalid
    by = system_actor(row.organisation_id, "invitation")
    name = unseal(row.organisation_id, bytes(row.name_sealed), about=f"invitation.name:{row.id}")
    held = row.roles.split(",")
    person = admit_person(username=row.username, name=name, password=password, roles=held, by=by, at=at)
    Person.objects.filter(pk=person.pk).update(department=row.department, contract_until=row.contract_until)
    RoleGrant.objects.filter(person=person).update(site=row.site, granted_by=row.invited_by)
    row.accepted_at, row.person = at, person
    row.save(update_fields=["accepted_at", "person"])
    return person


def hash_token(token: str) -> str:
    """Return what is kept of a link's secret: its 256 bits of chance need no salt."""
    return hashlib.sha256(f"anxin.invitation\0{token}".encode()).hexdigest()


def _check(guest: Guest, by: Actor, at: datetime) -> str:
    username = parse_username(guest.username)
    if not guest.name.strip() or len(guest.name) > 60:
        raise FieldInvalid(pointer="/name", field="name", field_zh="姓名", reason="1–60", reason_zh="1–60 个字符")
    _check_roles(guest.roles, by)
    taken = Invitation.objects.filter(username=username, accepted_at=None, revoked_at=None, expires_at__gt=at)
    if Person.objects.filter(username=username).exists() or taken.exists():
        raise NameTaken
    for model, key in ((Site, guest.site_id), (Department, guest.department_id)):
        if key and not model.objects.filter(pk=key, organisation_id=by.organisation_id, closed_at=None).exists():
            raise NotFound
    return username


def _check_roles(held: Iterable[str], by: Actor) -> None:
    names = set(held)
    if not names or names - set(roles()) or "integrator" in names:
        raise FieldInvalid(
            pointer="/roles", field="roles", field_zh="角色", reason="choose one", reason_zh="请选择角色"
        )
    check_apart(names, organisation_id=by.organisation_id)
