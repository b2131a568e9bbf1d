"""What a request about somebody's access comes to, in sentences for whoever decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from anxin.desk.foundation.approvals.acts import Asked, Description
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Invitation, Person, Site
from anxin.desk.foundation.permissions.catalogue import permissions, roles
from anxin.desk.foundation.ui.words import Words, filled

_INVITE = Words("邀请 {name} 加入，角色：{roles}{site}{until}", "Invite {name} as {roles}{site}{until}")
_INVITED = Words(
    "邀请链接生效 72 小时、只能用一次；对方设好密码就有这些角色的权限。",
    "the link works once within 72 h; whoever follows it has these roles as soon as their password is set.",
)
_GRANT = Words("授予 {name} 角色“{roles}”{site}{until}", "Give {name} the role {roles}{site}{until}")
_GRANTED = Words("权限立即生效，可随时收回。", "the rights hold at once and can be taken back at any time.")
_SITE = Words("，仅限站点 {site}", ", site {site} only")
_UNTIL = Words("，到 {until} 为止", ", until {until}")
_REACH = Words(
    "{n} 项权限，其中 {dangerous} 项关系重大",
    "{n} permission, {dangerous} of them dangerous|{n} permissions, {dangerous} of them dangerous",
)
_NOTHING = Words("", "")


def describe_invitations(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say who would come in, as what, where and until when."""
    del at
    mine = Invitation.objects.filter(organisation_id=by.organisation_id).select_related("site")
    rows = mine.in_bulk([each.object_id for each in asked])
    return {
        each.approval_id: _invited(rows[each.object_id])
        for each in asked
        if each.object_id in rows and rows[each.object_id].revoked_at is None
    }


def describe_roles(asked: Sequence[Asked], by: Actor, at: datetime) -> Mapping[str, Description]:
    """Say who would get which role, where and until when."""
    del at
    people = Person.objects.filter(organisation_id=by.organisation_id).in_bulk([_person(each) for each in asked])
    sites = Site.objects.filter(organisation_id=by.organisation_id).in_bulk(
        [str(site) for each in asked if (site := each.arguments["site_id"])]
    )
    return {each.approval_id: _granted(people[_person(each)], each, sites) for each in asked if _person(each) in people}


def _invited(row: Invitation) -> Description:
    held = row.roles.split(",")
    words = filled(
        _INVITE,
        name=row.username,
        roles=_names(held),
        site=_site(row.site),
        until=_until(row.contract_until),
    )
    return Description(words, _INVITED, _reach(held), "/people/")


def _granted(person: Person, asked: Asked, sites: Mapping[str, Site]) -> Description:
    role, until = str(asked.arguments["role"]), asked.arguments["until"]
    words = filled(
        _GRANT,
        name=person.username,
        roles=_names([role]),
        site=_site(sites.get(str(asked.arguments["site_id"]))),
        until=_until(datetime.fromisoformat(str(until)) if until else None),
    )
    return Description(words, _GRANTED, _reach([role]), f"/people/{person.id}/")


def _person(asked: Asked) -> str:
    return asked.object_id.partition(":")[0]


def _names(held: Iterable[str]) -> Words:
    found = [roles()[each].words for each in held]
    return Words("、".join(each.zh for each in found), ", ".join(each.en for each in found))


def _reach(held: Iterable[str]) -> Words:
    """Return how much these roles may do."""
    mine = set(held)
    reached = [each for each in permissions().values() if mine & set(each.grants)]
    return filled(_REACH, n=len(reached), dangerous=sum(each.is_dangerous for each in reached))


def _site(site: Site | None) -> Words:
    return filled(_SITE, site=site.name) if site is not None else _NOTHING


def _until(until: datetime | None) -> Words:
    return filled(_UNTIL, until=timezone.localtime(until).strftime("%Y-%m-%d")) if until is not None else _NOTHING
