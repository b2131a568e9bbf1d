"""Rule budgets and the auto-brake: a rule that acts too much is weakened to review, and goes on detecting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from anxin.engine.verdict import Verdict

MINUTE_MS = 60_000
MINUTES = 60
COOL_DOWN_MS = 15 * MINUTE_MS
LEAST_DECISIONS = 100

BudgetKind = Literal["share", "per_hour", "money_per_hour"]


class RuleBudget(msgspec.Struct, frozen=True):
    """How much a rule may act over the trailing hour; None means no bound.

    `share` is of all decisions (0–1), looked at from 100 decisions on. `per_hour` counts every non-allow action.
    `money_per_hour` is in minor units of `currency`; amounts in other currencies do not count.
    """

    rule: str
    owner: str = ""
    share: float | None = None
    per_hour: int | None = None
    money_per_hour: int | None = None
    currency: str | None = None

    @property
    def is_bounded(self) -> bool:
        """Return whether there is anything to watch."""
        return any(bound is not None for bound in (self.share, self.per_hour, self.money_per_hour))


class BrakeTripped(msgspec.Struct, frozen=True):
    """A rule went past a budget: `measured` (share, count or minor units) is above `limit`. One fact a trip."""

    rule: str
    at: int
    budget: BudgetKind
    measured: float
    limit: float
    owner: str


class RuleBrakeDump(msgspec.Struct, frozen=True):
    """One rule's brake in a snapshot: (minute, sum) pairs, end of the brake (ms), first minute its share looks at."""

    actions: list[tuple[int, int]]
    money: list[tuple[int, int]]
    until: int
    fresh_from: int


class BrakesDump(msgspec.Struct, frozen=True):
    """All brakes in a snapshot."""

    now: int
    decisions: list[tuple[int, int]]
    rules: dict[str, RuleBrakeDump]


class Brakes:
    """Budgets of one policy's rules, by rule index; None where a rule has none.

    The hour is the running minute and the 59 before it, so it is short by less than a minute. The clock is the largest
    event time seen: a late event counts in its own minute, and is weakened when the brake is on now. `are_bounded`
    tells whether any rule has a budget: without one, fired rules leave nothing behind.
    """

    def __init__(self, budgets: Sequence[RuleBudget | None]) -> None:
        self._states = [_State(budget) if budget is not None and budget.is_bounded else None for budget in budgets]
        self._by_rule = {state.budget.rule: state for state in self._states if state is not None}
        self.are_bounded = bool(self._by_rule)
        self._decisions = _Hour()
        self._now = 0
        self._trips: list[BrakeTripped] = []

    def count_decision(self, t: int) -> None:
        """Count one decision; call it before the rules of that decision."""
        if t > self._now:
            self._now = t
        if self._by_rule:
            self._decisions.add(t // MINUTE_MS, 1)

    def apply(
        self, rule_index: int, t: int, verdict: Verdict, amount: int | None, currency: str | None
    ) -> tuple[Verdict, bool]:
        """Count a fired rule; return its verdict, and whether the brake weakened it.

        `amount` is the event's money in minor units, None when it has none.
        """
        state = self._states[rule_index]
        if state is None or not verdict:
            return verdict, False
        if t > self._now:
            self._now = t
        state.count(t // MINUTE_MS, amount, currency)
        self._watch(state)
        if self._now < state.until and verdict > Verdict.REVIEW:
            return Verdict.REVIEW, True
        return verdict, False

    def take_trips(self) -> list[BrakeTripped]:
        """Return the trips since the last call, oldest first."""
        trips, self._trips = self._trips, []
        return trips

    def release(self, rule: str) -> bool:
        """Let a rule act again and start its budgets anew; return whether its brake was on."""
        state = self._by_rule.get(rule)
        if state is None:
            return False
        was_on = self._now < state.until
        state.start_anew(self._now // MINUTE_MS)
        return was_on

    def braked(self) -> list[str]:
        """Return the rules whose brake is on, sorted."""
        return sorted(rule for rule, state in self._by_rule.items() if self._now < state.until)

    def dump(self) -> BrakesDump:
        """Return the whole state as plain values."""
        rules = {rule: state.dump() for rule, state in sorted(self._by_rule.items())}
        return BrakesDump(self._now, self._decisions.dump(), rules)

    def load(self, dump: BrakesDump) -> None:
        """Take over a state, also one of another policy version: rules are matched by name, the rest starts empty."""
        self._now = dump.now
        self._decisions.load(dump.decisions)
        for rule, state in self._by_rule.items():
            saved = dump.rules.get(rule)
            if saved is not None:
                state.load(saved)

    def _watch(self, state: _State) -> None:
        breach = self._breach(state)
        if breach is None:
            return
        if self._now >= state.until:
            kind, measured, limit = breach
            self._trips.append(BrakeTripped(state.budget.rule, self._now, kind, measured, limit, state.budget.owner))
        state.until = self._now + COOL_DOWN_MS

    def _breach(self, state: _State) -> tuple[BudgetKind, float, float] | None:
        budget, minute = state.budget, self._now // MINUTE_MS
        actions = state.actions.total(minute)
        if budget.per_hour is not None and actions > budget.per_hour:
            return "per_hour", actions, budget.per_hour
        if budget.money_per_hour is not None:
            money = state.money.total(minute)
            if money > budget.money_per_hour:
                return "money_per_hour", money, budget.money_per_hour
        if budget.share is not None:
            decisions = self._decisions.total(minute, since=state.fresh_from)
            if decisions >= LEAST_DECISIONS and actions > budget.share * decisions:
                return "share", actions / decisions, budget.share
        return None


class _State:
    """One rule's budget, what it did in the last hour, and until when its brake is on."""

    __slots__ = ("actions", "budget", "fresh_from", "money", "until")

    def __init__(self, budget: RuleBudget) -> None:
        self.budget = budget
        self.actions = _Hour()
        self.money = _Hour()
        self.until = 0
        self.fresh_from = 0

    def count(self, minute: int, amount: int | None, currency: str | None) -> None:
        self.actions.add(minute, 1)
        if amount is not None and currency == self.budget.currency:
            self.money.add(minute, amount)

    def start_anew(self, minute: int) -> None:
        self.actions, self.money = _Hour(), _Hour()
        self.until, self.fresh_from = 0, minute

    def dump(self) -> RuleBrakeDump:
        return RuleBrakeDump(self.actions.dump(), self.money.dump(), self.until, self.fresh_from)

    def load(self, dump: RuleBrakeDump) -> None:
        self.actions.load(dump.actions)
        self.money.load(dump.money)
        self.until, self.fresh_from = dump.until, dump.fresh_from


class _Hour:
    """A sum over the latest 60 minutes, kept by minute."""

    __slots__ = ("_latest", "_sum", "_sums")

    def __init__(self) -> None:
        self._sums = [0] * MINUTES
        self._sum = 0
        self._latest = 0

    def add(self, minute: int, amount: int) -> None:
        if minute > self._latest:
            self._advance(minute)
        elif minute <= self._latest - MINUTES:
            return
        self._sums[minute % MINUTES] += amount
        self._sum += amount

    def total(self, minute: int, *, since: int = 0) -> int:
        if minute > self._latest:
            self._advance(minute)
        if since <= self._latest - MINUTES + 1:
            return self._sum
        return sum(self._sums[each % MINUTES] for each in range(since, self._latest + 1))

    def dump(self) -> list[tuple[int, int]]:
        minutes = range(max(0, self._latest - MINUTES + 1), self._latest + 1)
        kept = [(minute, self._sums[minute % MINUTES]) for minute in minutes]
        return [(minute, amount) for minute, amount in kept if amount or minute == self._latest]

    def load(self, minutes: list[tuple[int, int]]) -> None:
        self._sums, self._sum, self._latest = [0] * MINUTES, 0, 0
        for minute, amount in minutes:
            self.add(minute, amount)

    def _advance(self, minute: int) -> None:
        for passed in range(max(self._latest + 1, minute - MINUTES + 1), minute + 1):
            self._sum -= self._sums[passed % MINUTES]
            self._sums[passed % MINUTES] = 0
        self._latest = minute
