"""What the mere passing of time does to clocks: pauses end, warnings come due, promises are broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from anxin.desk.operations.incidents.clocks.policy import SlaPolicy
from anxin.desk.operations.incidents.clocks.state import Clock, ClockEvent, IncidentClocks, Mark, Standing

Moved = tuple[IncidentClocks, tuple[ClockEvent, ...]]


def advance(clocks: IncidentClocks, now: datetime, policy: SlaPolicy) -> Moved:
    """Settle everything that is due by `now`, in the order in which it fell due: resumes, warnings, breaches.

    Running it twice, or late, writes nothing twice: a breach found late still happened at its due time (C17).
    """
    clocks, events = settle(clocks, now)
    for clock in clocks.clocks:
        if clock.is_open and clock.standing is Standing.RUNNING:
            warned, written = _warned(clock, now, policy)
            clocks = replaced(clocks, clock, warned)
            events += written
    return clocks, tuple(sorted(events, key=lambda each: each.at))


def settle(clocks: IncidentClocks, now: datetime) -> Moved:
    """Settle ended pauses and breaches before `now`; they are noted now and took effect when they fell due."""
    events: tuple[ClockEvent, ...] = ()
    for clock in clocks.clocks:
        moved = clock
        if moved.standing is Standing.PAUSED and moved.paused_until is not None and moved.paused_until <= now:
            moved, written = resumed(moved, moved.paused_until, now, "lapse")
            events += written
        if moved.is_open and moved.standing is Standing.RUNNING and moved.due < now:
            moved, written = _broken(moved, now)
            events += written
        clocks = replaced(clocks, clock, moved)
    return clocks, events


def resumed(clock: Clock, at: datetime, noted_at: datetime, cause: str) -> tuple[Clock, tuple[ClockEvent, ...]]:
    """End the open pause: the half-open stretch [pause, resume) is added to the due time (C8)."""
    assert clock.paused_from is not None
    end = min(at, clock.paused_until or at)
    running = replace(
        clock,
        standing=Standing.RUNNING,
        paused=clock.paused + (end - clock.paused_from),
        paused_from=None,
        paused_until=None,
    )
    return running, (ClockEvent(clock.kind, clock.generation, Mark.RESUME, end, noted_at, cause, running.due),)


def next_look(clocks: IncidentClocks, policy: SlaPolicy) -> datetime | None:
    """Return when something falls due next, None when nothing does any more."""
    moments: list[datetime] = []
    for clock in clocks.clocks:
        if not clock.is_open or clock.standing is Standing.BREACHED:
            continue
        if clock.standing is Standing.PAUSED and clock.paused_until is not None:
            moments.append(clock.paused_until)
        else:
            moments.append(clock.due)
            moments += [at for share, at in _warnings(clock, policy) if share not in clock.warned]
    return min(moments, default=None)


def _broken(clock: Clock, noted_at: datetime) -> tuple[Clock, tuple[ClockEvent, ...]]:
    if clock.late_at is not None:
        return replace(clock, standing=Standing.BREACHED), ()
    late = replace(clock, standing=Standing.BREACHED, late_at=clock.due, noticed_at=noted_at)
    return late, (ClockEvent(clock.kind, clock.generation, Mark.BREACH, clock.due, noted_at, due=clock.due),)


def _warned(clock: Clock, now: datetime, policy: SlaPolicy) -> tuple[Clock, tuple[ClockEvent, ...]]:
    due = [(share, at) for share, at in _warnings(clock, policy) if at <= now and share not in clock.warned]
    if not due:
        return clock, ()
    events = tuple(ClockEvent(clock.kind, clock.generation, Mark.WARN, at, now, str(share)) for share, at in due)
    return replace(clock, warned=clock.warned | {share for share, _ in due}), events


def _warnings(clock: Clock, policy: SlaPolicy) -> list[tuple[int, datetime]]:
    """Return the moments of the warnings: shares of the target, counted back from the due time (C16)."""
    return [(share, clock.due - clock.target * (100 - share) / 100) for share in policy.warnings]


def replaced(clocks: IncidentClocks, old: Clock, new: Clock) -> IncidentClocks:
    """Return the clocks with one of them in another standing."""
    return replace(clocks, clocks=tuple(new if each is old else each for each in clocks.clocks))
