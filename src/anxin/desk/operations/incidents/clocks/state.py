"""A clock, and what is written down about it. The state is a fold over these events, nothing else."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ZERO = timedelta()


class Mark(enum.StrEnum):
    """The kinds of event that a clock writes."""

    START = "start"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    WARN = "warn"
    BREACH = "breach"
    SUPERSEDE = "supersede"
    MERGE = "merge"
    WAIVE = "waive"


class Standing(enum.StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    SUPERSEDED = "superseded"
    MERGED = "merged"


@dataclass(frozen=True)
class ClockEvent:
    """One line of a clock's book: `at` when it takes effect, `noted_at` when it was written (never earlier).

    `word` says why: the cause of a resume or stop, the share of a warning, the approver of a waiver.
    """

    kind: str
    generation: int
    mark: Mark
    at: datetime
    noted_at: datetime
    word: str = ""
    due: datetime | None = None


@dataclass(frozen=True)
class Clock:
    """One promise of one generation.

    `base_due` is the due time without this clock's own pauses; `paused` adds up the closed ones. `paused_from` and
    `paused_until` are the open pause and the latest moment it may last. `late_at` is when a breach took effect: it
    stays even if the clock is stopped later.
    """

    kind: str
    generation: int
    policy_version: str
    zero: datetime
    level: int
    base_due: datetime
    target: timedelta
    standing: Standing = Standing.RUNNING
    paused: timedelta = ZERO
    paused_from: datetime | None = None
    paused_until: datetime | None = None
    stopped_at: datetime | None = None
    late_at: datetime | None = None
    noticed_at: datetime | None = None
    warned: frozenset[int] = field(default_factory=frozenset)
    is_waived: bool = False

    @property
    def due(self) -> datetime:
        """Return when it is due, with the pauses closed so far (C6)."""
        return self.base_due + self.paused

    @property
    def is_open(self) -> bool:
        """Return whether it still waits for its stop."""
        return self.standing in (Standing.RUNNING, Standing.PAUSED, Standing.BREACHED) and self.stopped_at is None

    def remaining(self, at: datetime) -> timedelta:
        """Return the time left at a moment, negative when late; a paused clock stands still."""
        return self.due - (self.paused_from if self.paused_from is not None else at)


@dataclass(frozen=True)
class Milestones:
    """What was reached in a generation, each at its earliest commit; None: not yet."""

    started: datetime | None = None
    protected: datetime | None = None
    contacted: datetime | None = None
    handled: datetime | None = None


@dataclass(frozen=True)
class IncidentClocks:
    """All clocks of one incident: the primary one of its level, those it superseded, and what was reached."""

    level: int
    generation: int
    zero: datetime
    clocks: tuple[Clock, ...]
    milestones: Milestones = Milestones()

    @property
    def primary(self) -> Clock:
        """Return the promise that stands now."""
        return next(each for each in reversed(self.clocks) if each.kind not in ("triage", "contain"))

    def find(self, kind: str) -> Clock | None:
        """Return the latest clock of a kind in this generation, None when there is none."""
        found = [each for each in self.clocks if each.kind == kind and each.generation == self.generation]
        return found[-1] if found else None
