"""What may be read about the organisation, its people and their permissions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from anxin.desk.foundation.edge.actor import Actor, Grade, Grant
from anxin.desk.foundation.organisations.models import Department, Invitation, Organisation, Person, RoleGrant, Site
from anxin.desk.foundation.organisations.quotas import Quota, quotas_of
from anxin.desk.foundation.organisations.rights import RECERTIFIERS, RECERTIFY
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.permissions.catalogue import holders, permissions, roles
from anxin.desk.foundation.permissions.masks import mask
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.foundation.vault.sealing import NOT_NOW, find_unsealed

PAGE = 100


@dataclass(frozen=True)
class PermissionLine:
    """One permission on the page “what I may do”; `grant` None means no, then `who` can."""

    code: str
    words: Words
    grant: Grant | None
    who: tuple[Words, ...]
    quota: Quota | None = None
    is_dangerous: bool = False

    @property
    def is_allowed(self) -> bool:
        """Return whether the actor may do it alone."""
        return self.grant is not None and self.grant.grade.rank >= Grade.LIMITED.rank


@dataclass(frozen=True)
class RoleLine:
    """One role somebody holds; `confirmed_as`: which of the two recertifiers has spoken, None while neither has."""

    grant_id: str
    person_id: str
    username: str
    role: str
    words: Words
    site: str
    granted_at: datetime
    until: datetime | None
    recertified_at: datetime | None
    confirmed_as: Words | None = None


@dataclass(frozen=True)
class PersonLine:
    """One person in a list: the sign-in name, and the real name masked."""

    id: str
    username: str
    masked_name: str
    roles: tuple[Words, ...]
    sites: tuple[str, ...]
    department: Words | None
    is_active: bool
    contract_until: datetime | None
    active_at: datetime | None


@dataclass(frozen=True)
class People:
    """A part of the list of people; `cursor` leads to the next, "" at the end."""

    lines: tuple[PersonLine, ...]
    cursor: str


@dataclass(frozen=True)
class InvitationLine:
    """One open invitation."""

    id: str
    username: str
    roles: tuple[Words, ...]
    created_at: datetime
    expires_at: datetime
    is_open: bool


def list_my_permissions(*, by: Actor, at: datetime) -> tuple[PermissionLine, ...]:
    """Return every permission there is, with the actor's own grant, what is left of it, and who else may."""
    quotas = quotas_of(by=by, at=at)
    return tuple(
        PermissionLine(
            each.code,
            each.words,
            by.grant(each.code),
            tuple(role.words for role in holders(each.code)),
            quotas.get(each.code),
            each.is_dangerous,
        )
        for each in permissions().values()
    )


def list_people(*, by: Actor, at: datetime, site_id: str = "", text: str = "", after: str = "") -> People:
    """Return people by sign-in name, those of one site, or whose sign-in name holds `text`; raise Forbidden."""
    require(by, "person.view")
    rows = Person.objects.filter(organisation_id=by.organisation_id, username__gt=after).select_related("department")
    if text:
        rows = rows.filter(username__contains=text.lower())
    if site_id:
        there = _current(by.organisation_id, at).filter(Q(site_id=site_id) | Q(site_id=None))
        rows = rows.filter(pk__in=there.values("person_id"))
    found = list(rows.order_by("username")[: PAGE + 1])
    held: dict[str, list[RoleGrant]] = {}
    grants = _current(by.organisation_id, at).filter(person__in=found).select_related("site")
    for each in grants:
        held.setdefault(each.person_id, []).append(each)
    lines = tuple(_person_line(row, held.get(row.id, [])) for row in found[:PAGE])
    return People(lines, lines[-1].username if len(found) > PAGE else "")


def list_roles_of(*, person_id: str, by: Actor, at: datetime) -> tuple[RoleLine, ...]:
    """Return the roles that somebody holds at this moment."""
    rows = _current(by.organisation_id, at).filter(person_id=person_id).select_related("site", "person")
    return tuple(_role_line(row) for row in rows.order_by("role"))


def list_to_recertify(*, by: Actor, at: datetime) -> tuple[RoleLine, ...]:
    """Return the roles that wait for this actor's word after a quarter, longest first; raise Forbidden."""
    require(by, "role.recertify")
    overdue = Q(recertified_at__lte=at - RECERTIFY) | Q(recertified_at=None, granted_at__lte=at - RECERTIFY)
    spoken = Q(half_at__gt=at - RECERTIFY) & (Q(half_by=by.person_id) | ~Q(half_as__in=_others(by)))
    rows = _current(by.organisation_id, at).filter(overdue).exclude(person_id=by.person_id).exclude(spoken)
    found = rows.select_related("site", "person").order_by("granted_at")[:PAGE]
    return tuple(_role_line(row) for row in found)


def _others(by: Actor) -> list[str]:
    """Return after whose word the actor's own completes a recertification."""
    return [side for side in RECERTIFIERS if RECERTIFIERS & by.roles - {side}]


def list_invitations(*, by: Actor, at: datetime) -> tuple[InvitationLine, ...]:
    """Return the open invitations, newest first; raise Forbidden."""
    require(by, "person.invite", at_least=Grade.REQUEST)
    rows = Invitation.objects.filter(organisation_id=by.organisation_id, accepted_at=None, revoked_at=None)
    return tuple(
        InvitationLine(
            row.id,
            row.username,
            tuple(roles()[name].words for name in row.roles.split(",")),
            row.created_at,
            row.expires_at,
            row.approved_at is not None,
        )
        for row in rows.filter(expires_at__gt=at).order_by("-id")[:PAGE]
    )


def get_organisation(*, by: Actor) -> Organisation:
    """Return the actor's organisation."""
    return Organisation.objects.get(pk=by.organisation_id)


def list_sites(*, by: Actor) -> tuple[Site, ...]:
    """Return the open sites of the actor's organisation."""
    rows = Site.objects.filter(organisation_id=by.organisation_id, closed_at=None)
    return tuple(rows.order_by("platform", "business_line", "region"))


def list_departments(*, by: Actor) -> tuple[Department, ...]:
    """Return the open departments of the actor's organisation."""
    return tuple(Department.objects.filter(organisation_id=by.organisation_id, closed_at=None).order_by("id"))


def _current(organisation_id: str, at: datetime) -> QuerySet[RoleGrant]:
    rows = RoleGrant.objects.filter(organisation_id=organisation_id, revoked_at=None)
    return rows.filter(Q(until=None) | Q(until__gt=at))


def _person_line(row: Person, held: list[RoleGrant]) -> PersonLine:
    name = find_unsealed(row.organisation_id, bytes(row.name_sealed), about=f"person.name:{row.id}")
    return PersonLine(
        id=row.id,
        username=row.username,
        masked_name=say(NOT_NOW) if name is None else mask("name", name),
        roles=tuple(roles()[each.role].words for each in held if each.role in roles()),
        sites=tuple(sorted({each.site.name for each in held if each.site is not None})),
        department=Words(row.department.name_zh, row.department.name_en) if row.department else None,
        is_active=row.is_active,
        contract_until=row.contract_until,
        active_at=row.active_at,
    )


def _role_line(row: RoleGrant) -> RoleLine:
    return RoleLine(
        grant_id=row.id,
        person_id=row.person_id,
        username=row.person.username,
        role=row.role,
        words=roles()[row.role].words,
        site=row.site.name if row.site is not None else "",
        granted_at=row.granted_at,
        until=row.until,
        recertified_at=row.recertified_at,
        confirmed_as=roles()[row.half_as].words if row.half_as else None,
    )
