"""What the worker does as time passes: overdue promises first, in due order; each step re-reads the state."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby

from django.db.models import F

from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.duties import one_by_one, resting
from anxin.desk.foundation.outbox.actions import publish_fact
from anxin.desk.operations.incidents.actions.levels import raise_to
from anxin.desk.operations.incidents.clocks.lapse import advance
from anxin.desk.operations.incidents.clocks.policy import SlaPolicy
from anxin.desk.operations.incidents.clocks.state import ClockEvent, IncidentClocks, Mark
from anxin.desk.operations.incidents.clockwork import Tick, pinned_policy, read_clocks
from anxin.desk.operations.incidents.facts import CoverageGap, LadderStepDue, LeaseNudged, LeaseStalled
from anxin.desk.operations.incidents.holding import held_incidents, hold_incidents, keep_changed
from anxin.desk.operations.incidents.locking import lock_own
from anxin.desk.operations.incidents.models import Incident
from anxin.desk.operations.incidents.moments import ladder_moment, lease_moment, next_moment
from anxin.desk.operations.incidents.surroundings import surroundings
from anxin.desk.operations.incidents.timeline import Data, write

BATCH = 200
TOGETHER = 25
"""So many incidents share one transaction: a person's freeze waits no longer than for these."""


def tick(*, at: datetime, limit: int = BATCH) -> int:
    """Look at every incident for which something fell due, those with a broken promise first; return how many.

    One that cannot be settled keeps no other waiting, and stands in nobody's way next time.
    """
    due = Incident.objects.filter(look_at__lte=at).exclude(pk__in=resting(at))
    broken = due.filter(due_at__lt=at).order_by("due_at").values_list("id", "organisation_id", named=False)[:limit]
    found = list(broken)
    rest = due.exclude(pk__in=[each for each, _ in found]).order_by(F("look_at").asc(), "id")
    found += list(rest.values_list("id", "organisation_id")[: limit - len(found)])
    return one_by_one(_chunks(found), lambda some: _look_at_some(*some, at), at=at)


def look_at_incident(*, incident_id: str, organisation_id: str, at: datetime) -> int:
    """Settle what is due at one incident; return 0 when another worker was faster."""
    with hold_incidents(organisation_id, (incident_id,)):
        return _look_at(incident_id, organisation_id, at)


def _chunks(found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (organisation, incidents) in the order given: neighbours of one organisation share a transaction."""
    for organisation_id, lines in groupby(found, key=lambda each: each[1]):
        ids = [incident_id for incident_id, _ in lines]
        for first in range(0, len(ids), TOGETHER):
            yield organisation_id, tuple(ids[first : first + TOGETHER])


def _look_at_some(organisation_id: str, ids: tuple[str, ...], at: datetime) -> int:
    """Settle some together; when one of them fails, each by itself."""
    if len(ids) > 1:
        # Whatever it is that fails, it is told below by the one that it befalls again.
        with contextlib.suppress(Exception), hold_incidents(organisation_id, ids):
            return sum(_look_at(each, organisation_id, at) for each in ids)
    return one_by_one(
        ids, lambda each: look_at_incident(incident_id=each, organisation_id=organisation_id, at=at), at=at
    )


def _look_at(incident_id: str, organisation_id: str, at: datetime) -> int:
    incident = lock_own(incident_id, organisation_id=organisation_id)
    if incident is None or incident.look_at is None or incident.look_at > at:
        return 0
    by = system_actor(organisation_id, "clocks")
    _settle_clocks(incident, by, at)
    policy = pinned_policy(incident)
    _climb(incident, policy, by, at)
    _watch_lease(incident, policy, by, at)
    incident.look_at = next_moment(incident, read_clocks(incident), policy)
    keep_changed(incident)
    return 1


def _settle_clocks(incident: Incident, by: Actor, at: datetime) -> None:
    clocks, policy = read_clocks(incident), pinned_policy(incident)
    after, marks = advance(clocks, at, policy)
    if after == clocks and not marks:
        return
    data: Data = {"n": len(marks), "marks": _codes(marks)}
    write(incident, "clock", by=by, at=at, told=Tick(at), data=data, is_quiet=True)
    if _has_missed_triage(clocks, after) and incident.is_provisional and incident.level > 1:
        raise_to(incident, 1, "triage_missed", by=by, at=at)


def _codes(marks: Iterable[ClockEvent]) -> str:
    """Return what the clocks marked, as `start.breach handle.warn.75`; the number is the share that is used."""
    parts = ((each.kind, str(each.mark), each.word if each.mark is Mark.WARN else "") for each in marks)
    return " ".join(".".join(filter(None, each)) for each in parts) or "settled"


def _has_missed_triage(before: IncidentClocks, after: IncidentClocks) -> bool:
    """Return whether the triage clock broke just now (C2)."""
    old, new = before.find("triage"), after.find("triage")
    return new is not None and new.late_at is not None and (old is None or old.late_at is None)


def _climb(incident: Incident, policy: SlaPolicy, by: Actor, at: datetime) -> None:
    """Fire the steps of the ladder that are due; one that calls nobody fires the next at once (C16)."""
    clocks, is_gap = read_clocks(incident), False
    while (moment := ladder_moment(incident, clocks, policy)) is not None and (moment <= at or is_gap):
        step = incident.ladder_step
        role = policy.levels[clocks.level].ladder[step][1]
        people = _called(incident, role, at)
        incident.ladder_step = step + 1
        is_gap = people == ()
        fact = LadderStepDue(incident.id, incident.number, incident.level, step, role, people or ())
        data: Data = {"step": step, "role": role, "n": len(people or ()), "is_gap": is_gap}
        write(incident, "escalate", by=by, at=at, data=data, is_quiet=True)
        publish_fact(fact, organisation_id=incident.organisation_id, at=at)
        if is_gap:
            gap = CoverageGap(incident.id, incident.number, role)
            publish_fact(gap, organisation_id=incident.organisation_id, at=at)


def _called(incident: Incident, role: str, at: datetime) -> tuple[str, ...] | None:
    """Return whom a step calls; neighbours of one site and moment are asked for once."""
    held, place = held_incidents(), (role, incident.site_id)
    if held is not None and place in held.called:
        return held.called[place]
    people = surroundings().who_is(organisation_id=incident.organisation_id, role=role, site_id=incident.site_id, at=at)
    if held is not None:
        held.called[place] = people
    return people


def _watch_lease(incident: Incident, policy: SlaPolicy, by: Actor, at: datetime) -> None:
    """Nudge a silent holder; later let the incident go, and call somebody again (C15)."""
    moment = lease_moment(incident, policy)
    if moment is None or moment > at:
        return
    holder = incident.holder_id
    if incident.nudged_at is None:
        incident.nudged_at = at
        write(incident, "nudge", by=by, at=at, data={"holder": holder}, is_quiet=True)
        fact = LeaseNudged(incident.id, incident.number, holder)
    else:
        incident.holder_id, incident.nudged_at = "", None
        incident.ladder_from, incident.ladder_step = at, 0
        write(incident, "stall", by=by, at=at, data={"holder": holder})
        fact = LeaseStalled(incident.id, incident.number, holder)
    publish_fact(fact, organisation_id=incident.organisation_id, at=at)
