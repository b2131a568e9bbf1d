"""How well promises were kept (C18, C20), and what looks like playing the clock (C21)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anxin.desk.operations.incidents.clocks.state import Clock, Standing


@dataclass(frozen=True)
class Promise:
    """One primary clock of one incident's generation, as reports count it; `is_excluded`: merged, drill or test."""

    clock: Clock
    is_excluded: bool = False


@dataclass(frozen=True)
class Attainment:
    """Promises of one cohort: gross counts waived ones as they went, net leaves them out.

    `n` is met + breached. Times are from zero to stop of those that stopped; None when none did.
    """

    n: int
    met: int
    breached: int
    gross: float | None
    net: float | None
    p50: timedelta | None
    p90: timedelta | None
    longest: timedelta | None


def attainment(promises: Iterable[Promise], *, since: datetime, until: datetime, now: datetime) -> Attainment:
    """Return how the promises that began in [since, until) were kept; open and past due counts as breached now."""
    clocks = [
        each.clock
        for each in promises
        if not each.is_excluded
        and since <= each.clock.zero < until
        and each.clock.standing not in (Standing.SUPERSEDED, Standing.MERGED)
    ]
    met = [each for each in clocks if each.standing is Standing.MET]
    broken = [each for each in clocks if _is_broken(each, now)]
    taken = sorted(each.stopped_at - each.zero for each in clocks if each.stopped_at is not None)
    return Attainment(
        n=len(met) + len(broken),
        met=len(met),
        breached=len(broken),
        gross=_share(met, broken),
        net=_share([e for e in met if not e.is_waived], [e for e in broken if not e.is_waived]),
        p50=_rank(taken, 0.5),
        p90=_rank(taken, 0.9),
        longest=taken[-1] if taken else None,
    )


def _is_broken(clock: Clock, now: datetime) -> bool:
    return clock.standing is Standing.BREACHED or (clock.standing is Standing.RUNNING and clock.due < now)


def _share(met: Sequence[Clock], broken: Sequence[Clock]) -> float | None:
    total = len(met) + len(broken)
    return len(met) / total if total else None


def _rank(ordered: Sequence[timedelta], share: float) -> timedelta | None:
    """Return the nearest-rank percentile."""
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)] if ordered else None
