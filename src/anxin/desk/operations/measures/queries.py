"""Reads of measures, and what one would do before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.quotas import Quota, quota_of
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.ui.words import Words
from anxin.desk.operations.measures.access import access_measure
from anxin.desk.operations.measures.catalogue import measures
from anxin.desk.operations.measures.models import ActionRequest

UNCONFIRMED_AFTER = timedelta(seconds=5)
_State = ActionRequest.State
_SHOWN: dict[str, dict[str, object]] = {
    "standing": {"ended_at": None},
    "waiting": {"state": _State.WAITING, "ended_at": None},
    "unreviewed": {"reviewed_by": ""},
    "ended": {"ended_at__isnull": False},
    "all": {},
}


@dataclass(frozen=True)
class MeasureLine:
    """One measure. `is_unconfirmed`: the platform has not said that it works; call by phone."""

    id: str
    kind: str
    words: Words
    entity_kind: str
    entity_key: str
    reason: str
    state: str
    requested_label: str
    requested_at: datetime
    accepted_at: datetime | None
    effective_at: datetime | None
    ended_at: datetime | None
    expires_at: datetime
    finding: str
    is_mine: bool
    is_unconfirmed: bool
    can_undo: bool


@dataclass(frozen=True)
class Preview:
    """What a measure would do, in plain words, before it is ordered.

    `quota` is what the person has left of it, `standing` a measure of the kind that is in force already.
    """

    kind: str
    words: Words
    stops: Words
    leaves: Words
    tells: Words
    until: datetime
    quota: Quota
    is_alone: bool
    standing: MeasureLine | None


def preview_measure(*, kind: str, entity_kind: str, entity_key: str, by: Actor, at: datetime) -> Preview:
    """Return what ordering it now would mean; needs `entity.view`."""
    require(by, "entity.view")
    measure = measures()[kind]
    grant = by.grant(measure.permission)
    rows = _rows(by).filter(kind=kind, entity_kind=entity_kind, entity_key=entity_key, ended_at=None)
    standing = rows.first()
    return Preview(
        kind=kind,
        words=measure.words,
        stops=measure.stops,
        leaves=measure.leaves,
        tells=measure.tells,
        until=at + measure.lapse,
        quota=quota_of(by=by, permission=measure.permission, at=at),
        is_alone=grant is not None and grant.grade.value in ("alone", "limited"),
        standing=_line(standing, by, at) if standing else None,
    )


def get_measure(*, measure_id: str, by: Actor, at: datetime) -> MeasureLine:
    """Return one measure; raise Forbidden, NotFound."""
    return _line(access_measure(measure_id=measure_id, by=by), by, at)


def list_case_measures(
    incident_id: str, about: frozenset[tuple[str, str]], *, by: Actor, at: datetime, limit: int = 100
) -> tuple[MeasureLine, ...]:
    """Return measures ordered for an incident, and those in force `about` its entities (kind, key), newest first."""
    require(by, "entity.view")
    wanted = Q(incident_id=incident_id)
    for kind, key in about:
        wanted |= Q(entity_kind=kind, entity_key=key, ended_at=None)
    return tuple(_line(row, by, at) for row in _rows(by).filter(wanted).order_by("-id")[:limit])


def list_measures(
    *, by: Actor, at: datetime, entity: tuple[str, str] | None = None, only_standing: bool = False, limit: int = 100
) -> tuple[MeasureLine, ...]:
    """Return measures, newest first, of one entity (kind, key) or of all."""
    require(by, "entity.view")
    rows = _rows(by)
    if entity is not None:
        rows = rows.filter(entity_kind=entity[0], entity_key=entity[1])
    if only_standing:
        rows = rows.filter(ended_at=None)
    return tuple(_line(row, by, at) for row in rows.order_by("-id")[:limit])


@dataclass(frozen=True)
class MeasureFilter:
    """Which measures a list shows. `shown` is standing, waiting, unreviewed, ended or all; `kind` "" is every one."""

    shown: str = "standing"
    kind: str = ""
    is_mine: bool = False


def page_measures(
    chosen: MeasureFilter, *, by: Actor, at: datetime, before: str = "", limit: int = 50
) -> tuple[tuple[MeasureLine, ...], str]:
    """Return a page of measures, newest first, and where the next one begins ("": nowhere)."""
    require(by, "entity.view")
    rows = _rows(by).filter(**_SHOWN[chosen.shown])
    if chosen.shown == "unreviewed":
        rows = rows.exclude(state__in=(_State.WAITING, _State.DECLINED))
    rows = rows.filter(kind=chosen.kind) if chosen.kind else rows
    rows = rows.filter(requested_by=by.person_id or "") if chosen.is_mine else rows
    rows = rows.filter(id__lt=before) if before else rows
    found = list(rows.order_by("-id")[: limit + 1])
    return tuple(_line(row, by, at) for row in found[:limit]), found[limit - 1].id if len(found) > limit else ""


def list_expiring(*, at: datetime, limit: int = 200, besides: Iterable[object] = ()) -> tuple[tuple[str, str], ...]:
    """Return (measure, organisation) of those whose time is over, longest overdue first."""
    rows = ActionRequest.objects.filter(ended_at=None, expires_at__lte=at).exclude(pk__in=list(besides))
    return tuple(rows.order_by("expires_at").values_list("id", "organisation_id")[:limit])


def list_awaiting() -> tuple[str, ...]:
    """Return the organisations with measures that the gateway has not been seen to obey."""
    rows = ActionRequest.objects.filter(state=_State.SENT).order_by("organisation_id")
    return tuple(rows.values_list("organisation_id", flat=True).distinct())


def list_sent(organisation_id: str, *, limit: int = 500) -> Mapping[str, int]:
    """Return the numbers of an organisation's orders that the gateway has not been seen to obey, by measure."""
    rows = ActionRequest.objects.filter(organisation_id=organisation_id, state=_State.SENT).order_by("id")
    return {measure_id: number or 0 for measure_id, number in rows.values_list("id", "control_seq")[:limit]}


def _rows(by: Actor) -> QuerySet[ActionRequest]:
    return ActionRequest.objects.filter(organisation_id=by.organisation_id)


def _line(row: ActionRequest, by: Actor, at: datetime) -> MeasureLine:
    is_mine = row.requested_by == by.person_id
    is_pending = row.state in (_State.SENT, _State.ACCEPTED)
    return MeasureLine(
        id=row.id,
        kind=row.kind,
        words=measures()[row.kind].words,
        entity_kind=row.entity_kind,
        entity_key=row.entity_key,
        reason=row.reason,
        state=row.state,
        requested_label=row.requested_label,
        requested_at=row.requested_at,
        accepted_at=row.accepted_at,
        effective_at=row.effective_at,
        ended_at=row.ended_at,
        expires_at=row.expires_at,
        finding=row.finding,
        is_mine=is_mine,
        is_unconfirmed=is_pending and at - row.requested_at > UNCONFIRMED_AFTER,
        can_undo=is_mine and row.ended_at is None and not row.reviewed_by and not row.is_extended,
    )
