"""Plan weekly shifts, let somebody stand in, take over, end a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from anxin.desk.foundation.audit.actions import Detail, record_entry
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.models import Organisation, Person, Site
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.rota.access import EDIT, access_plan
from anxin.desk.operations.rota.facts import RotaChanged
from anxin.desk.operations.rota.models import Layer, Override
from anxin.desk.operations.rota.queries import end_of_shift
from anxin.desk.operations.rota.roles import duty_roles
from anxin.desk.operations.rota.wall_clock import instant_of

USUAL = timedelta(hours=8)
"""How long somebody who takes over an empty place has it."""
LONGEST_COVER = timedelta(days=31)


@dataclass(frozen=True)
class Post:
    """What one is on call for; `site_id` "" is the whole organisation."""

    role: str
    site_id: str = ""


@dataclass(frozen=True)
class Week:
    """On which weekdays (0 is Monday), from which time of day until which, from which day on, and until which."""

    weekdays: Sequence[int]
    from_time: time
    until_time: time
    starts_on: date
    ends_on: date | None = None
    priority: int = 0


@dataclass(frozen=True)
class Wall:
    """A moment as the clock on the wall of the organisation shows it."""

    day: date
    at: time


@transaction.atomic
def plan_week(post: Post, week: Week, *, person_id: str, by: Actor, at: datetime) -> Layer:
    """Plan somebody for each week, in the organisation's zone; raise Forbidden, FieldInvalid, NotFound."""
    require(by, EDIT)
    _check(post, person_id, by)
    days = sorted(set(week.weekdays))
    if not days or not set(days) <= set(range(7)) or (week.ends_on is not None and week.ends_on < week.starts_on):
        raise FieldInvalid(pointer="/weekdays", field="days", field_zh="日期", reason="none", reason_zh="没有有效日期")
    row = Layer(
        id=new_id("lay", at=at),
        organisation_id=by.organisation_id,
        site_id=post.site_id,
        role=post.role,
        person_id=person_id,
        zone=_zone(by),
        weekdays="".join(map(str, days)),
        from_time=week.from_time,
        until_time=week.until_time,
        starts_on=week.starts_on,
        ends_on=week.ends_on,
        priority=week.priority,
        planned_by=by.person_id or "",
        planned_at=at,
    )
    _tell("rota.plan", row, by, at, {"role": post.role})
    row.save(force_insert=True)
    return row


@transaction.atomic
def plan_cover(post: Post, begin: Wall, end: Wall, *, person_id: str, by: Actor, at: datetime) -> Override:
    """Let somebody stand in, from and until as the wall clock shows; raise Forbidden, FieldInvalid, NotFound."""
    require(by, EDIT)
    _check(post, person_id, by)
    zone = _zone(by)
    from_at, until_at = instant_of(begin.day, begin.at, zone), instant_of(end.day, end.at, zone)
    if not from_at < until_at <= from_at + LONGEST_COVER or until_at <= at:
        raise FieldInvalid(pointer="/until", field="until", field_zh="结束", reason="≤ 31 d", reason_zh="不超过 31 天")
    return _override(post, (from_at, until_at), "planned", person_id=person_id, by=by, at=at)


@transaction.atomic
def take_over(post: Post, *, by: Actor, at: datetime) -> Override:
    """Stand in oneself, from now until the shift that runs would end; whoever is there may."""
    require(by, "incident.work")
    if by.kind is not ActorKind.PERSON:
        raise FieldInvalid(pointer="/", field="person", reason="only people", reason_zh="仅限人员")
    _check(post, by.person_id or "", by)
    until = end_of_shift(organisation_id=by.organisation_id, role=post.role, site_id=post.site_id, at=at)
    period = (at, until or at + USUAL)
    return _override(post, period, "taken", person_id=by.person_id or "", by=by, at=at)


@transaction.atomic
def end_plan(*, plan_id: str, by: Actor, at: datetime) -> None:
    """End a layer or an override from now on."""
    row = access_plan(plan_id=plan_id, by=by)
    _tell("rota.end", row, by, at, {"role": row.role})
    row.ended_at = at
    row.save(update_fields=("ended_at",))


def _override(
    post: Post, period: tuple[datetime, datetime], how: str, *, person_id: str, by: Actor, at: datetime
) -> Override:
    row = Override(
        id=new_id("ovr", at=at),
        organisation_id=by.organisation_id,
        site_id=post.site_id,
        role=post.role,
        person_id=person_id,
        from_at=period[0],
        until_at=period[1],
        how=how,
        planned_by=by.person_id or "",
        planned_at=at,
    )
    act = "rota.take_over" if how == "taken" else "rota.cover"
    _tell(act, row, by, at, {"role": post.role, "from": _rfc(period[0]), "until": _rfc(period[1])})
    row.save(force_insert=True)
    return row


def _check(post: Post, person_id: str, by: Actor) -> None:
    if post.role not in duty_roles():
        raise FieldInvalid(pointer="/role", field="role", field_zh="岗位", reason="unknown", reason_zh="没有这个岗位")
    if by.sites is not None and post.site_id not in by.sites:
        raise NotFound
    sites = Site.objects.filter(organisation_id=by.organisation_id, closed_at=None, pk=post.site_id)
    people = Person.objects.filter(organisation_id=by.organisation_id, is_active=True, pk=person_id)
    if (post.site_id and not sites.exists()) or not people.exists():
        raise NotFound


def _zone(by: Actor) -> str:
    return Organisation.objects.values_list("time_zone", flat=True).get(pk=by.organisation_id)


def _tell(act: str, row: Layer | Override, by: Actor, at: datetime, details: dict[str, Detail]) -> None:
    record_entry(act, by=by, at=at, on=("rota", row.id), site_id=row.site_id, details=details)
    fact = RotaChanged(row.id, row.role, row.person_id, act.removeprefix("rota."))
    publish_fact(fact, organisation_id=row.organisation_id, at=at)


def _rfc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="minutes")
