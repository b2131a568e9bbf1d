"""Reads of hand-overs: what is offered to somebody and by somebody, and the list for the end of a shift."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Person, RoleGrant
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.permissions.catalogue import permissions
from anxin.desk.foundation.ui.words import Words
from anxin.desk.foundation.vault.sealing import unseal
from anxin.desk.operations.incidents.access import access_incident, visible_incidents
from anxin.desk.operations.incidents.briefs import Brief, decode_brief
from anxin.desk.operations.incidents.kinds import kind_names
from anxin.desk.operations.incidents.models import Consult, Handover, Incident, Task
from anxin.desk.operations.incidents.queries import IncidentLine, incident_line, names_of
from anxin.desk.operations.incidents.stages import OPEN, Stage
from anxin.desk.operations.incidents.surroundings import surroundings

MOST_ITEMS = 50
WORK = "incident.work"

NEXT_STEPS = {
    "start": Words("开始响应", "Start on it"),
    "protect": Words("执行保护措施，或记录无需处置", "Protect, or record that nothing is needed"),
    "contact": Words("联系当事人", "Contact the person concerned"),
    "inform": Words("告知当事人结果", "Tell the person what was done"),
    "answer": Words("查看导师的答复并决定", "Read the mentor's answer and decide"),
    "tasks": Words("跟进部门任务", "Follow up the departments' tasks"),
    "contain": Words("确认风险已受控", "Confirm that it is contained"),
    "submit": Words("填写损失与责任认定，提交校验", "Fill in loss and finding, submit it"),
    "verify": Words("由他人校验", "Somebody else verifies it"),
    "review": Words("复盘", "Hold the review"),
    "improve": Words("落实改进措施", "Prove the corrective actions"),
}


@dataclass(frozen=True)
class Ahead:
    """What an incident says by itself of what comes: the next step, open help, promise and risk in figures."""

    next_step: str
    open_tasks: int
    open_consults: int
    measures_in_force: int


@dataclass(frozen=True)
class OfferLine:
    """One incident offered: how it stands, what was written along, and what it says by itself."""

    id: str
    batch_id: str
    line: IncidentLine
    brief: Brief
    ahead: Ahead
    from_label: str
    to_label: str
    is_mine_to_take: bool
    offered_at: datetime


@dataclass(frozen=True)
class ToHandOver:
    """One incident that somebody holds, with a brief made from it; `is_offered`: it waits for an answer."""

    line: IncidentLine
    ahead: Ahead
    is_offered: bool


def list_offers(*, by: Actor, at: datetime, mine: bool = False) -> tuple[OfferLine, ...]:
    """Return what is offered to this person, or (`mine`) by them, oldest first; raise Forbidden."""
    require(by, WORK)
    rows = Handover.objects.filter(organisation_id=by.organisation_id, state="offered")
    to_me = Q(to_id__in=("", by.person_id or "")) & ~Q(from_id=by.person_id or "")
    rows = rows.filter(from_id=by.person_id or "") if mine else rows.filter(to_me)
    found = list(rows.order_by("offered_at", "id")[:MOST_ITEMS])
    incidents = visible_incidents(by).in_bulk([each.incident_id for each in found])
    return _offer_lines([each for each in found if each.incident_id in incidents], incidents, by, at)


def find_offer(*, incident_id: str, by: Actor, at: datetime) -> OfferLine | None:
    """Return the open offer of an incident, None when there is none; raise Forbidden or NotFound."""
    incident = access_incident(incident_id=incident_id, by=by)
    found = list(Handover.objects.filter(incident_id=incident.id, state="offered"))
    return next(iter(_offer_lines(found, {incident.id: incident}, by, at)), None)


def compose_handover(*, by: Actor, at: datetime) -> tuple[ToHandOver, ...]:
    """Return everything open that somebody holds or leads, next due first, with what each says by itself."""
    require(by, WORK)
    mine = Q(holder_id=by.person_id or "") | Q(holder_id="", commander_id=by.person_id or "")
    rows = list(visible_incidents(by).filter(mine, stage__in=OPEN).order_by("due_at", "id")[:MOST_ITEMS])
    offered = set(
        Handover.objects.filter(incident_id__in=[each.id for each in rows], state="offered").values_list(
            "incident_id", flat=True
        )
    )
    names = names_of({each for row in rows for each in (row.commander_id, row.holder_id)})
    kinds = kind_names(by.organisation_id)
    return tuple(
        ToHandOver(incident_line(each, names, kinds, by), ahead_of(each, at), each.id in offered) for each in rows
    )


def ahead_of(incident: Incident, at: datetime) -> Ahead:
    """Return what comes next for an incident that the caller may see."""
    tasks = Task.objects.filter(incident_id=incident.id, state__in=("open", "accepted")).count()
    consults = list(Consult.objects.filter(incident_id=incident.id).values_list("state", flat=True))
    measures = surroundings().measures_of(incident_id=incident.id, at=at)
    is_bare = not (measures.stands or incident.no_action_code)
    step = _next_step(incident, tasks, is_bare=is_bare, is_answered="answered" in consults)
    return Ahead(step, tasks, consults.count("open"), measures.in_force)


def _next_step(incident: Incident, tasks: int, *, is_bare: bool, is_answered: bool) -> str:
    by_stage = {
        Stage.IDENTIFIED: "start",
        Stage.VERIFYING: "verify",
        Stage.REVIEWING: "review",
        Stage.IMPROVING: "improve",
    }
    stage = Stage(incident.stage)
    if stage in by_stage:
        return by_stage[stage]
    asked = (
        ("protect", is_bare and stage is Stage.RESPONDING),
        ("contact", incident.contacted_at is None and incident.victims > 0),
        ("answer", is_answered),
        ("contain", stage is Stage.RESPONDING),
        ("tasks", tasks > 0),
        ("inform", incident.informed_at is None and incident.victims > 0),
    )
    return next((step for step, is_open in asked if is_open), "submit")


def list_takers(*, by: Actor, at: datetime) -> tuple[tuple[str, str], ...]:
    """Return the colleagues (id, sign-in name) who may take an incident."""
    require(by, WORK)
    able = set(permissions()[WORK].grants)
    grants = RoleGrant.objects.filter(
        Q(until=None) | Q(until__gt=at), organisation_id=by.organisation_id, role__in=able, revoked_at=None
    )
    people = Person.objects.filter(pk__in=grants.values("person_id"), is_active=True).exclude(pk=by.person_id or "")
    return tuple(people.order_by("username").values_list("id", "username")[:200])


def _offer_lines(
    rows: list[Handover], incidents: dict[str, Incident], by: Actor, at: datetime
) -> tuple[OfferLine, ...]:
    held = {each for row in incidents.values() for each in (row.commander_id, row.holder_id)}
    names = names_of(held | {each for row in rows for each in (row.from_id, row.to_id)})
    kinds = kind_names(by.organisation_id) if rows else {}
    return tuple(
        OfferLine(
            id=each.id,
            batch_id=each.batch_id,
            line=incident_line(incidents[each.incident_id], names, kinds, by),
            brief=_brief(each),
            ahead=ahead_of(incidents[each.incident_id], at),
            from_label=names.get(each.from_id, ""),
            to_label=names.get(each.to_id, ""),
            is_mine_to_take=each.from_id != by.person_id and each.to_id in ("", by.person_id),
            offered_at=each.offered_at,
        )
        for each in rows
    )


def _brief(row: Handover) -> Brief:
    if row.brief_sealed is None:
        return Brief()
    return decode_brief(unseal(row.organisation_id, bytes(row.brief_sealed), about=f"incident.handover:{row.id}"))
