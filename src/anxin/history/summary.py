"""What a backtest found, gathered row by row in bounded memory per event (about 30 bytes)."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from anxin.engine.decision import Decision, FeatureValue
from anxin.engine.errors import EngineError
from anxin.engine.schema.decoder import Received
from anxin.engine.verdict import Verdict
from anxin.history.metrics import Confusion, Curve, MoneyOutcome, confusion_of, money_outcomes

HOUR_MS = 3_600_000
OVERLAP_RULES_AT_ONCE = 12
REFUSALS_KEPT = 12
_UNLABELLED = -1
_SEVERITY = {each.word: each for each in Verdict}


@dataclass
class RuleOutcome:
    """How often a rule fired, and how often on labelled fraud and on labelled ordinary events."""

    hits: int = 0
    fraud: int = 0
    ordinary: int = 0

    @property
    def precision(self) -> float | None:
        """Return the share of fraud among its labelled hits; None without any."""
        labelled = self.fraud + self.ordinary
        return self.fraud / labelled if labelled else None


@dataclass
class RefusedRows:
    """How many rows were refused for the same reason, and what was said of the first."""

    row: int
    zh: str
    en: str
    count: int = 1


@dataclass
class Summary:
    """Counts and curves of one backtest.

    `features` names the answered features per event type. An event counts as stopped when its verdict is `stop_at`
    or stronger. `stopped_at` is the row at which too many refusals ended it. `volumes` and `moneys` are by (hour
    since 1970, verdict word) and, for money, currency.
    """

    features: Mapping[str, Sequence[str | None]]
    stop_at: Verdict = Verdict.CHALLENGE
    events: int = 0
    duplicates: int = 0
    refused: int = 0
    refusals: dict[tuple[str, str], RefusedRows] = field(default_factory=dict)
    stopped_at: int | None = None
    first_t: int | None = None
    last_t: int | None = None
    event_types: Counter[str] = field(default_factory=Counter)
    volumes: Counter[tuple[int, str]] = field(default_factory=Counter)
    moneys: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    rules: dict[str, RuleOutcome] = field(default_factory=dict)
    overlaps: Counter[tuple[str, str]] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    missing: dict[str, Counter[int]] = field(default_factory=dict)
    scores: array[float] = field(default_factory=lambda: array("d"))
    labels: array[int] = field(default_factory=lambda: array("b"))
    stops: array[int] = field(default_factory=lambda: array("b"))
    amounts: array[int] = field(default_factory=lambda: array("q"))
    currencies: list[str] = field(default_factory=list)
    _currency_places: dict[str, int] = field(default_factory=dict)
    _amount_currencies: array[int] = field(default_factory=lambda: array("h"))

    def add(
        self, received: Received, decision: Decision, vector: Sequence[FeatureValue], label: bool | None = None
    ) -> None:
        """Count one decided event; `label` is true for fraud, None when unknown."""
        t, word = received.t, decision.verdict
        self.events += 1
        if self.first_t is None or t < self.first_t:
            self.first_t = t
        if self.last_t is None or t > self.last_t:
            self.last_t = t
        self.event_types[received.event_type] += 1
        self._count_money(received.event, t // HOUR_MS, word)
        self.scores.append(decision.score)
        self.labels.append(_UNLABELLED if label is None else label)
        self.stops.append(_SEVERITY[word] >= self.stop_at)
        if decision.reasons:
            self._count_rules([reason.rule for reason in decision.reasons], label)
        if decision.unknown:
            self.unknown.update(each.rule for each in decision.unknown)
        if decision.flags:
            self.flags.update(decision.flags)
        if None in vector:
            gaps = self.missing.setdefault(received.event_type, Counter())
            for place, value in enumerate(vector):
                if value is None:
                    gaps[place] += 1

    @property
    def too_late(self) -> int:
        """Return how many events lay further behind the latest one than the policy allows, and were not counted."""
        return self.flags["too_late"]

    def undecided(self) -> list[tuple[str, int]]:
        """Return the rules that never fired and were unknown on some events, with how many, most first."""
        return [each for each in self.unknown.most_common() if each[0] not in self.rules]

    def refuse(self, row: int, reason: EngineError) -> None:
        """Count one refused event, by its code and place; reasons beyond the first few are only counted."""
        self.refused += 1
        known = reason.code, str(reason.details.get("column") or reason.pointer or "")
        if (alike := self.refusals.get(known)) is not None:
            alike.count += 1
        elif len(self.refusals) < REFUSALS_KEPT:
            self.refusals[known] = RefusedRows(row, reason.sentence("zh"), reason.sentence("en"))

    def _count_money(self, event: Any, hour: int, word: str) -> None:
        self.volumes[hour, word] += 1
        amount = getattr(event, "amount", None)
        if amount is None or event.currency is None:
            self.amounts.append(0)
            self._amount_currencies.append(-1)
            return
        place = self._currency_places.setdefault(event.currency, len(self.currencies))
        if place == len(self.currencies):
            self.currencies.append(event.currency)
        self.moneys[hour, word, event.currency] += amount
        self.amounts.append(amount)
        self._amount_currencies.append(place)

    def _count_rules(self, fired: list[str], label: bool | None) -> None:
        for rule in fired:
            outcome = self.rules.setdefault(rule, RuleOutcome())
            outcome.hits += 1
            outcome.fraud += label is True
            outcome.ordinary += label is False
        self.overlaps.update(combinations(sorted(fired[:OVERLAP_RULES_AT_ONCE]), 2))

    @property
    def verdicts(self) -> Counter[str]:
        """Return how many events got which verdict word."""
        found: Counter[str] = Counter()
        for (_, word), count in self.volumes.items():
            found[word] += count
        return found

    @property
    def labelled(self) -> int:
        """Return how many events have a label."""
        return self.events - self.labels.count(_UNLABELLED)

    @property
    def frauds(self) -> int:
        """Return how many events are labelled fraud."""
        return self.labels.count(1)

    def curve(self) -> Curve:
        """Return the curve of the score over the labelled events."""
        known = [(score, label) for score, label in zip(self.scores, self.labels, strict=True) if label >= 0]
        return Curve.of([score for score, _ in known], [label for _, label in known])

    def confusion(self) -> Confusion:
        """Return the counts of the verdicts over the labelled events."""
        pairs = zip(self.stops, self.labels, strict=True)
        return confusion_of((bool(stop), bool(label)) for stop, label in pairs if label >= 0)

    def money(self) -> tuple[MoneyOutcome, ...]:
        """Return money saved, lost and disturbed over the labelled events, by currency."""
        columns = zip(self.stops, self.labels, self._amount_currencies, self.amounts, strict=True)
        return money_outcomes(
            (bool(stop), bool(label), self.currencies[place], amount)
            for stop, label, place, amount in columns
            if label >= 0 and place >= 0
        )

    def missing_shares(self) -> list[tuple[str, str, float]]:
        """Return (event type, feature, share of events without it), most missing first."""
        shares = [
            (event_type, self.features[event_type][place] or "?", count / self.event_types[event_type])
            for event_type, counts in self.missing.items()
            for place, count in counts.items()
        ]
        return sorted(shares, key=lambda each: (-each[2], each[0], each[1]))
