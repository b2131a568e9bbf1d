"""The rules of the clocks, C1–C21: what happens to an incident moves its clocks, and every move is written down.

All functions are pure: the same happenings and the same moments give the same book, today and at any replay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import singledispatch

from anxin.desk.operations.incidents.clocks import happenings as happened
from anxin.desk.operations.incidents.clocks.lapse import Moved, replaced, resumed, settle
from anxin.desk.operations.incidents.clocks.policy import SlaPolicy
from anxin.desk.operations.incidents.clocks.refusals import OutOfOrder, PauseRefused
from anxin.desk.operations.incidents.clocks.state import (
    Clock,
    ClockEvent,
    IncidentClocks,
    Mark,
    Milestones,
    Standing,
)

PAUSABLE = frozenset({"handle", "contain"})
REASONS = frozenset({"waiting_customer", "waiting_external"})

_STOPS: Mapping[str, Callable[[Milestones], tuple[datetime | None, ...]]] = {
    "start": lambda reached: (reached.started, reached.protected),
    "respond": lambda reached: (reached.started, reached.contacted),
    "handle": lambda reached: (reached.handled,),
    "contain": lambda reached: (reached.handled,),
}
"""What must be reached for a clock to stop (C3); the latest of them is when it stops."""


def open_clocks(opened: happened.Opened, policy: SlaPolicy) -> Moved:
    """Start the promise of an incident: from its zero (C1); a provisional level also runs the triage clock (C2)."""
    empty = IncidentClocks(opened.level, 1, opened.zero, ())
    clocks, events = _begin(empty, opened.level, opened.zero, opened.at, policy)
    if opened.is_triaged:
        return clocks, events
    triage = Clock(
        kind="triage",
        generation=1,
        policy_version=policy.version,
        zero=opened.zero,
        level=opened.level,
        base_due=opened.zero + policy.triage,
        target=policy.triage,
    )
    started = ClockEvent("triage", 1, Mark.START, opened.zero, opened.at, due=triage.due)
    return replace(clocks, clocks=(triage, *clocks.clocks)), (started, *events)


def apply(clocks: IncidentClocks, what: happened.Happening, policy: SlaPolicy) -> Moved:
    """Return the clocks after a happening, and what was written; lapses before it are settled first.

    Raise PauseRefused for a pause that the rules forbid: then nothing has changed.
    """
    settled, lapsed = settle(clocks, what.at)
    moved, events = _apply(what, settled, policy)
    return moved, (*lapsed, *events)


@singledispatch
def _apply(what: happened.Happening, clocks: IncidentClocks, _policy: SlaPolicy) -> Moved:
    raise TypeError(f"no rule for {type(what).__name__}")


@_apply.register
def _(what: happened.Started, clocks: IncidentClocks, _policy: SlaPolicy) -> Moved:
    return _reach(clocks, what.at, started=what.at, word="start")


@_apply.register
def _(what: happened.Protected, clocks: IncidentClocks, _policy: SlaPolicy) -> Moved:
    return _reach(clocks, what.at, protected=what.at, word="protect")


@_apply.register
def _(what: happened.Contacted, clocks: IncidentClocks, _policy: SlaPolicy) -> Moved:
    return _reach(clocks, what.at, contacted=what.at, word="contact")


@_apply.register
def _(what: happened.Handled, clocks: IncidentClocks, _policy: SlaPolicy) -> Moved:
    return _reach(clocks, what.at, handled=what.at, word="handle")


@_apply.register
def _(what: happened.Triaged, clocks: IncidentClocks, _policy: SlaPolicy) -> Moved:
    triage = clocks.find("triage")
    if triage is None or not triage.is_open:
        return clocks, ()
    return _change(clocks, triage, *_stop(triage, what.at, what.at, "triage"))


@_apply.register(happened.Wrote)
@_apply.register(happened.Heard)
@_apply.register(happened.Resumed)
@_apply.register(happened.OwnerChanged)
def _(what: happened.Happening, clocks: IncidentClocks, _policy: SlaPolicy) -> Moved:
    return _resume_all(clocks, what.at, type(what).__name__.lower())


@_apply.register
def _(what: happened.Paused, clocks: IncidentClocks, policy: SlaPolicy) -> Moved:
    clock = clocks.primary
    _require_pausable(clocks, clock, what, policy)
    until = min(what.expected_by, what.at + policy.pause_cap - clock.paused)
    paused = replace(clock, standing=Standing.PAUSED, paused_from=what.at, paused_until=until)
    event = ClockEvent(clock.kind, clock.generation, Mark.PAUSE, what.at, what.at, what.reason)
    return _change(clocks, clock, paused, (event,))


def _require_pausable(clocks: IncidentClocks, clock: Clock, what: happened.Paused, policy: SlaPolicy) -> None:
    """Refuse by C7 and C8, naming the first rule that forbids it."""
    rules = (
        ("C7.level", clock.kind not in PAUSABLE, "一级和二级的承诺从不暂停", "promises of L1 and L2 never pause"),
        ("C7.contact", clocks.milestones.contacted is None, "还没有联系过对方", "nobody has contacted the party yet"),
        ("C8.reason", what.reason not in REASONS, "原因不在列表中", "the reason is not one of the list"),
        ("C8.request", not what.request_id, "没有已送达的请求", "no delivered request"),
        ("C8.expected", what.expected_by <= what.at, "预计时间已过", "the expected time is past"),
        ("C8.running", clock.standing is not Standing.RUNNING, "计时未在进行", "the clock is not running"),
        ("C8.cap", clock.paused >= policy.pause_cap, "暂停已达上限", "the pauses are used up"),
    )
    for rule, is_unmet, zh, en in rules:
        if is_unmet:
            raise PauseRefused(unmet=(rule,), reason=en, reason_zh=zh)


@_apply.register
def _(what: happened.LevelRaised, clocks: IncidentClocks, policy: SlaPolicy) -> Moved:
    """C10: never looser than before, and never late by the raise itself."""
    clocks, resumes = _resume_all(clocks, what.at, "level")
    old, target = clocks.primary, policy.levels[what.level].target
    fresh_due = what.at + target
    if not old.is_open:
        clocks = replace(clocks, generation=clocks.generation + 1)
        moved, events = _begin(clocks, what.level, what.at, what.at, policy)
        return moved, (*resumes, *events)
    due = min(old.due, fresh_due)
    moved, events = _supersede(clocks, old, (what.level, due), what.at, policy)
    return moved, (*resumes, *events)


@_apply.register
def _(what: happened.LevelLowered, clocks: IncidentClocks, policy: SlaPolicy) -> Moved:
    """C11, once approved: counted from the same zero; a breach already written stays."""
    clocks, resumes = _resume_all(clocks, what.at, "level")
    old, target = clocks.primary, policy.levels[what.level].target
    if not old.is_open:
        return replace(clocks, level=what.level), resumes
    moved, events = _supersede(clocks, old, (what.level, old.zero + target + old.paused), what.at, policy)
    return moved, (*resumes, *events)


@_apply.register
def _(what: happened.Reopened, clocks: IncidentClocks, policy: SlaPolicy) -> Moved:
    """C13: another generation from the moment of reopening; earlier results stay."""
    clocks, resumes = _resume_all(clocks, what.at, "reopen")
    fresh = replace(clocks, generation=clocks.generation + 1, milestones=Milestones())
    moved, events = _begin(fresh, clocks.level, what.at, what.at, policy)
    return moved, (*resumes, *events)


@_apply.register
def _(what: happened.Recomputed, clocks: IncidentClocks, policy: SlaPolicy) -> Moved:
    """C19: counted from the same zero by another version; a breach already written stays."""
    clocks, resumes = _resume_all(clocks, what.at, "policy")
    old, target = clocks.primary, policy.levels[clocks.level].target
    if not old.is_open:
        return clocks, resumes
    moved, events = _supersede(clocks, old, (clocks.level, old.zero + target + old.paused), what.at, policy)
    return moved, (*resumes, *events)


@_apply.register
def _(what: happened.Absorbed, clocks: IncidentClocks, _policy: SlaPolicy) -> Moved:
    """C12: an absorbed incident's clocks end without a result."""
    clocks, events = _resume_all(clocks, what.at, "merge")
    for clock in clocks.clocks:
        if clock.is_open:
            ended = replace(clock, standing=Standing.MERGED, stopped_at=what.at)
            event = ClockEvent(clock.kind, clock.generation, Mark.MERGE, what.at, what.at)
            clocks, written = _change(clocks, clock, ended, (event,))
            events += written
    return clocks, events


@_apply.register
def _(what: happened.Waived, clocks: IncidentClocks, _policy: SlaPolicy) -> Moved:
    clock = clocks.primary
    event = ClockEvent(clock.kind, clock.generation, Mark.WAIVE, what.at, what.at, what.approver)
    return _change(clocks, clock, replace(clock, is_waived=True), (event,))


def absorb(survivor: IncidentClocks, absorbed: IncidentClocks, at: datetime, policy: SlaPolicy) -> Moved:
    """Return the survivor's clocks after a merge (C12): earliest zero, strictest level, the earliest due that is unmet.

    Where the strictest one's promise was kept already, that result stands and the other's goes on as `contain`.
    """
    survivor, events = settle(survivor, at)
    absorbed, _ = settle(absorbed, at)
    survivor, resumes = _resume_all(survivor, at, "merge")
    absorbed, _ = _resume_all(absorbed, at, "merge")
    strict, other = sorted((survivor, absorbed), key=lambda each: each.level)
    joined = replace(
        survivor,
        level=strict.level,
        zero=min(survivor.zero, absorbed.zero),
        milestones=_earliest(survivor.milestones, absorbed.milestones),
    )
    moved, written = _joined(joined, survivor.primary, (strict, other), at, policy)
    return moved, (*events, *resumes, *written)


def _joined(
    joined: IncidentClocks, mine: Clock, both: tuple[IncidentClocks, IncidentClocks], at: datetime, policy: SlaPolicy
) -> Moved:
    """Give the survivor, whose primary clock is `mine`, the promise of the stricter of both (C12)."""
    strict, other = both
    if strict.primary.is_open:
        dues = [each.primary.due for each in (strict, other) if each.primary.is_open]
        late = [each.primary.late_at for each in (strict, other) if each.primary.late_at is not None]
        moved, events = _supersede(joined, mine, (strict.level, min(dues)), at, policy)
        if late and moved.primary.late_at is None:
            moved = replaced(moved, moved.primary, replace(moved.primary, late_at=min(late)))
        return moved, events
    result = replace(strict.primary, generation=joined.generation)
    ended = replace(mine, standing=Standing.SUPERSEDED, stopped_at=at) if mine.is_open else mine
    clocks = replaced(joined, mine, ended)
    clocks = replace(clocks, clocks=(*clocks.clocks, result))
    if not other.primary.is_open:
        return clocks, ()
    onward = replace(other.primary, kind="contain", generation=joined.generation)
    started = ClockEvent("contain", joined.generation, Mark.START, onward.zero, at, "merge", onward.due)
    return replace(clocks, clocks=(*clocks.clocks, onward)), (started,)


def _earliest(one: Milestones, other: Milestones) -> Milestones:
    def first(name: str) -> datetime | None:
        found = [value for each in (one, other) if (value := getattr(each, name)) is not None]
        return min(found, default=None)

    return Milestones(first("started"), first("protected"), first("contacted"), first("handled"))


def _begin(clocks: IncidentClocks, level: int, zero: datetime, at: datetime, policy: SlaPolicy) -> Moved:
    """Start the primary clock of a level; what was reached already stops it at once."""
    promise = policy.levels[level]
    return _start(replace(clocks, level=level), promise.kind, (zero, zero + promise.target), at, policy)


def _start(
    clocks: IncidentClocks, kind: str, span: tuple[datetime, datetime], at: datetime, policy: SlaPolicy
) -> Moved:
    """Start a clock that runs from zero to due."""
    zero, base_due = span
    clock = Clock(
        kind=kind,
        generation=clocks.generation,
        policy_version=policy.version,
        zero=zero,
        level=clocks.level,
        base_due=base_due,
        target=base_due - zero,
    )
    started = ClockEvent(kind, clock.generation, Mark.START, zero, at, due=base_due)
    fresh = replace(clocks, clocks=(*clocks.clocks, clock))
    if (reached_at := _reached_at(clock, clocks.milestones)) is None:
        return fresh, (started,)
    # C10: what already holds is met at this moment, not at the moment it was reached.
    moved, events = _change(fresh, clock, *_stop(clock, max(reached_at, at), at, "held"))
    return moved, (started, *events)


def _supersede(
    clocks: IncidentClocks, old: Clock, fresh_promise: tuple[int, datetime], at: datetime, policy: SlaPolicy
) -> Moved:
    """End a clock without a result and start that of a level with a due time of its own; a breach written stays."""
    level, due = fresh_promise
    without, events = clocks, tuple[ClockEvent, ...]()
    if old.is_open:
        ended = replace(old, standing=Standing.SUPERSEDED, stopped_at=at)
        without = replaced(clocks, old, ended)
        events = (ClockEvent(old.kind, old.generation, Mark.SUPERSEDE, at, at),)
    zero = clocks.zero if old.generation == 1 else old.zero
    moved, started = _start(replace(without, level=level), policy.levels[level].kind, (zero, due), at, policy)
    fresh = moved.primary
    if old.late_at is not None and due == old.due:
        # The same promise was late already: one breach, not two.
        moved = replaced(
            moved, fresh, replace(fresh, late_at=old.late_at, noticed_at=old.noticed_at, standing=Standing.BREACHED)
        )
    return moved, (*events, *started)


def _reach(clocks: IncidentClocks, at: datetime, *, word: str, **reached: datetime) -> Moved:
    """Note a milestone at its earliest commit, end a pause, and stop every clock that has now all it needs."""
    (name, when), *_ = reached.items()
    known = getattr(clocks.milestones, name)
    milestones = replace(clocks.milestones, **{name: when if known is None else min(known, when)})
    clocks, events = _resume_all(replace(clocks, milestones=milestones), at, word)
    for clock in clocks.clocks:
        is_mine = clock.generation == clocks.generation and clock.is_open and clock.kind in _STOPS
        if is_mine and (reached_at := _reached_at(clock, milestones)) is not None:
            clocks, written = _change(clocks, clock, *_stop(clock, reached_at, at, word))
            events += written
    return clocks, events


def _reached_at(clock: Clock, milestones: Milestones) -> datetime | None:
    if clock.kind not in _STOPS:
        return None
    needed = _STOPS[clock.kind](milestones)
    return max(each for each in needed if each is not None) if all(each is not None for each in needed) else None


def _stop(clock: Clock, at: datetime, noted_at: datetime, word: str) -> tuple[Clock, tuple[ClockEvent, ...]]:
    """Stop a clock: met when not after its due time, equality included (C6)."""
    is_met = at <= clock.due and clock.late_at is None
    stopped = replace(clock, stopped_at=at, standing=Standing.MET if is_met else Standing.BREACHED)
    return stopped, (ClockEvent(clock.kind, clock.generation, Mark.STOP, at, noted_at, word, clock.due),)


def _resume_all(clocks: IncidentClocks, at: datetime, cause: str) -> Moved:
    events: tuple[ClockEvent, ...] = ()
    for clock in clocks.clocks:
        if clock.standing is Standing.PAUSED:
            clocks, written = _change(clocks, clock, *resumed(clock, at, at, cause))
            events += written
    return clocks, events


def _change(clocks: IncidentClocks, old: Clock, new: Clock, events: tuple[ClockEvent, ...]) -> Moved:
    return replaced(clocks, old, new), events


def replay(happenings: Iterable[happened.Happening], policies: Mapping[str, SlaPolicy], version: str) -> Moved:
    """Return the clocks and the book that these happenings make, in the order of their commits.

    The first must be the opening. `version` names the policy of the incident's first clock (C19).
    """
    ordered = sorted(happenings, key=lambda each: (each.at, not isinstance(each, happened.Opened)))
    if not ordered or not isinstance(ordered[0], happened.Opened):
        raise OutOfOrder("an incident begins with its opening")
    policy = policies[version]
    clocks, book = open_clocks(ordered[0], policy)
    for what in ordered[1:]:
        clocks, events = apply(clocks, what, policy)
        book += events
    return clocks, book
