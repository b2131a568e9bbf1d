"""How an incident stands for somebody at this moment, asked once: what next acts and guards are judged by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from anxin.desk.foundation.edge.actor import Actor, ActorKind, Grade
from anxin.desk.operations.incidents.actions.responding import is_certified
from anxin.desk.operations.incidents.clocks.state import IncidentClocks
from anxin.desk.operations.incidents.clocks.state import Standing as ClockStanding
from anxin.desk.operations.incidents.clockwork import read_clocks
from anxin.desk.operations.incidents.kinds import IncidentKind, find_kind
from anxin.desk.operations.incidents.models import Handover, Incident, Party, Task
from anxin.desk.operations.incidents.next_step import Standing
from anxin.desk.operations.incidents.queries import names_of
from anxin.desk.operations.incidents.stages import Stage
from anxin.desk.operations.incidents.surroundings import surroundings

GUARDS: Mapping[str, tuple[str, ...]] = {
    "start": ("actor.is_human", "actor.on_shift", "actor.certified", "lease.free"),
    "claim": ("actor.is_human", "lease.free", "actor.certified"),
    "release": ("lease.mine",),
    "contain": ("protection.effective",),
    "dismiss": ("measures.reverted",),
    "submit": (
        "steps.done",
        "measures.settled",
        "victim.informed",
        "loss.filled",
        "evidence.enough",
        "finding.recorded",
        "tasks.done",
    ),
    "verify": (
        "actor.is_human",
        "verifier.other",
        "level.closer",
        "measures.match",
        "measures.answered",
        "measures.owned",
        "window.quiet",
    ),
    "fail_verify": ("verifier.other",),
    "publish_review": ("actor.is_human", "review.published"),
    "close": ("actor.is_human", "finding.recorded", "actions.proven", "measures.owned"),
    "reopen": ("actor.is_human", "actor.certified"),
    "merge": ("measures.settled",),
    "triage": ("actor.is_human", "triage.open"),
    "record_no_action": ("actor.is_human", "decision.none"),
    "resume": ("pause.running",),
    "begin_care": ("care.none",),
    "end_care": ("care.begun",),
}
"""The guards of each command that can be told before it is tried; the others depend on what is typed."""


def read_standing(incident: Incident, *, by: Actor, at: datetime) -> Standing:
    """Return how it stands; whoever calls may see the incident."""
    holder = incident.holder_id or incident.commander_id
    now = Standing(
        stage=Stage(incident.stage),
        level=incident.level,
        at=at,
        leader=names_of({holder}).get(holder, ""),
        is_mine=by.person_id is not None and by.person_id == holder,
        is_held=bool(incident.holder_id),
        is_offered=_is_offered(incident, by),
        is_provisional=incident.is_provisional,
        is_caring=incident.care_until is not None and incident.care_until > at,
        has_decided=bool(incident.no_action_code),
        victims=incident.victims,
        has_reporter=Party.objects.filter(incident_id=incident.id, role="reporter", moved_to="").exists(),
        is_contacted=incident.contacted_at is not None,
        is_informed=incident.informed_at is not None,
        attempts=incident.attempts,
        is_loss_filled=incident.at_risk_minor is not None and incident.confirmed_minor is not None,
        is_found=bool(incident.cause and incident.responsible),
        open_tasks=Task.objects.filter(incident_id=incident.id, state__in=("open", "accepted")).count(),
        may_verify=_may_verify(incident, by),
    )
    return _surrounded(_timed(now, read_clocks(incident), at), incident, by, at)


def _timed(now: Standing, clocks: IncidentClocks, at: datetime) -> Standing:
    return replace(
        now,
        is_paused=any(each.standing is ClockStanding.PAUSED for each in clocks.clocks),
        triage_left=_left(clocks, "triage", at),
        promise_left=clocks.primary.remaining(at) if clocks.primary.is_open else None,
    )


def _surrounded(now: Standing, incident: Incident, by: Actor, at: datetime) -> Standing:
    """Add what the packages beside incidents say."""
    around = surroundings()
    measures = around.measures_of(incident_id=incident.id, at=at)
    kind = find_kind(incident.organisation_id, incident.kind, at=at)
    return replace(
        now,
        measures=measures,
        is_other=by.person_id not in (None, incident.commander_id) and by.person_id not in measures.actors,
        open_steps=around.count_open_steps(incident_id=incident.id),
        evidence=around.count_evidence(incident_id=incident.id),
        evidence_needed=kind.evidence if kind is not None else 0,
        quiet_at=_quiet_at(incident, kind),
        is_reviewed=around.is_review_published(incident_id=incident.id),
        unproven=around.count_unproven_actions(incident_id=incident.id),
    )


def guards_before(command: str, now: Standing, incident: Incident, *, by: Actor) -> tuple[tuple[str, bool], ...]:
    """Return the guards of a command (code, is met) as far as they can be told before it is tried."""
    around, at = surroundings(), now.at
    personal = {
        "actor.is_human": lambda: by.kind is ActorKind.PERSON,
        "actor.on_shift": lambda: around.is_on_shift(by=by, at=at),
        "actor.certified": lambda: (
            (incident.stage == Stage.IDENTIFIED and command == "claim") or is_certified(by, incident, at)
        ),
        "lease.free": lambda: incident.holder_id in ("", by.person_id),
        "lease.mine": lambda: bool(by.person_id) and incident.holder_id == by.person_id,
        "level.closer": lambda: incident.level > 1 or _holds(by, "incident.close", Grade.SECOND),
    }
    return tuple((code, personal[code]() if code in personal else _MET[code](now)) for code in GUARDS.get(command, ()))


_MET: Mapping[str, Callable[[Standing], bool]] = {
    "protection.effective": lambda now: now.is_stopped,
    "measures.reverted": lambda now: now.measures.in_force == 0 and now.measures.unsettled == 0,
    "measures.settled": lambda now: now.measures.unsettled == 0,
    "measures.match": lambda now: now.measures.matches,
    "measures.answered": lambda now: now.measures.unanswered == 0,
    "measures.owned": lambda now: now.measures.unowned == 0,
    "steps.done": lambda now: now.open_steps == 0,
    "victim.informed": lambda now: now.knows,
    "loss.filled": lambda now: now.is_loss_filled,
    "evidence.enough": lambda now: now.evidence >= now.evidence_needed,
    "finding.recorded": lambda now: now.is_found,
    "tasks.done": lambda now: now.open_tasks == 0,
    "verifier.other": lambda now: now.is_other,
    "window.quiet": lambda now: now.quiet_at is None or now.quiet_at <= now.at,
    "review.published": lambda now: now.is_reviewed,
    "actions.proven": lambda now: now.unproven == 0,
    "triage.open": lambda now: now.is_provisional,
    "decision.none": lambda now: not now.has_decided,
    "pause.running": lambda now: now.is_paused,
    "care.none": lambda now: not now.is_caring,
    "care.begun": lambda now: now.is_caring,
}


def _left(clocks: IncidentClocks, kind: str, at: datetime) -> timedelta | None:
    found = clocks.find(kind)
    return found.remaining(at) if found is not None and found.is_open else None


def _is_offered(incident: Incident, by: Actor) -> bool:
    offered = Handover.objects.filter(incident_id=incident.id, state="offered", to_id__in=("", by.person_id or "-"))
    return offered.exclude(from_id=by.person_id or "").exists()


def _quiet_at(incident: Incident, kind: IncidentKind | None) -> datetime | None:
    if kind is None:
        return None
    since = max(each for each in (incident.contained_at, incident.signal_at, incident.zero_at) if each is not None)
    return since + kind.observation[incident.level]


def _may_verify(incident: Incident, by: Actor) -> bool:
    return _holds(by, "incident.verify", Grade.SECOND) and (
        incident.level > 1 or _holds(by, "incident.close", Grade.SECOND)
    )


def _holds(by: Actor, permission: str, least: Grade) -> bool:
    grant = by.grant(permission)
    return grant is not None and grant.grade.rank >= least.rank
