"""What a policy says, as values: features, rules, lists, thresholds, budgets, tests."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from anxin.engine.decision import Text
from anxin.engine.policy.canonical import canonical, canonical_text
from anxin.engine.policy.language.nodes import Node, Scalar
from anxin.engine.policy.language.types import Type
from anxin.engine.policy.problems import PolicyProblem
from anxin.engine.schema.schema import Schema
from anxin.engine.verdict import Verdict
from anxin.engine.windows.plan import Aggregate

Place = tuple[str, int, int]


@dataclass(frozen=True)
class Expression:
    """An expression: its text as written, and the checked tree."""

    source: str
    tree: Node

    @cached_property
    def canonical_text(self) -> str:
        """Return the text in one layout: equal for expressions that differ only in spaces, quotes or brackets."""
        return canonical_text(self.source)


@dataclass(frozen=True)
class Step:
    """Events of some types that meet a condition; `where` None means all of them."""

    of: tuple[str, ...]
    where: Expression | None = None


@dataclass(frozen=True)
class WindowFeature:
    """A feature counted over a window; `window_ms` 0 means ever.

    `source` is what is counted (for a sequence, its last step), `origin` where the idea comes from. `value` is a field
    name or None. `quantile` is in 1/1000.
    """

    name: str
    aggregate: Aggregate
    source: Step
    by: tuple[str, ...]
    window_ms: int
    type: Type
    text: Text
    delay_ms: int = 0
    value: str | None = None
    value_type: Type | None = None
    quantile: int = 0
    min_rows: int = 1
    steps: tuple[Step, ...] = ()
    without: Step | None = None
    owner: str = ""
    origin: str = ""
    place: Place = field(default=("", 0, 0), compare=False)

    @property
    def has_currency(self) -> bool:
        """Return whether it keeps one row log per currency."""
        return self.value_type is Type.MONEY


@dataclass(frozen=True)
class ComputeFeature:
    """A feature that is an expression over fields and other features."""

    name: str
    expression: Expression
    text: Text
    owner: str = ""
    origin: str = ""
    place: Place = field(default=("", 0, 0), compare=False)

    @property
    def type(self) -> Type:
        """Return the type of its answers."""
        return self.expression.tree.type


@dataclass(frozen=True)
class Override:
    """Another value of a threshold for events whose fields equal `when` (`business_line`, `region`)."""

    when: tuple[tuple[str, str], ...]
    value: Scalar


@dataclass(frozen=True)
class NamedValue:
    """A named threshold; the first override that fits wins."""

    name: str
    type: Type
    value: Scalar
    currency: str | None = None
    overrides: tuple[Override, ...] = ()
    text: Text | None = None


@dataclass(frozen=True)
class Money:
    """An amount in minor units."""

    amount_minor: int
    currency: str


@dataclass(frozen=True)
class Budget:
    """How much a rule may act before the auto-brake weakens it; None means no bound."""

    share: float | None = None
    per_hour: int | None = None
    money_per_hour: Money | None = None


@dataclass(frozen=True)
class RuleTest:
    """One event a rule must fire on, or must not; `given` sets features, `lists` sets list entries."""

    fires: bool
    event: Mapping[str, object]
    given: Mapping[str, object]
    lists: Mapping[str, tuple[str, ...]]
    place: Place = field(default=("", 0, 0), compare=False)


@dataclass(frozen=True)
class Reasons:
    """Why, for the three readers: staff, the user, an auditor."""

    agent: Text
    user: Text
    auditor: Text


@dataclass(frozen=True)
class Rule:
    """One rule; `fails_closed` means that it fires when unknown."""

    id: str
    area: str
    title: Text
    on: tuple[str, ...]
    when: Expression
    verdict: Verdict
    severity: int
    reasons: Reasons
    owner: str
    expires: date
    tests: tuple[RuleTest, ...]
    score: float | None = None
    actions: tuple[str, ...] = ()
    fails_closed: bool = False
    source: str = ""
    budget: Budget = Budget()
    place: Place = field(default=("", 0, 0), compare=False)


@dataclass(frozen=True)
class ListEntry:
    """A first entry of a list; `until` is ms UTC or None."""

    value: str
    kind: str = "exact"
    reason: str = ""
    until: int | None = None


@dataclass(frozen=True)
class ListDeclaration:
    """A named list with its first entries; `kind` and `colour` are words of `engine.lists`."""

    name: str
    text: Text
    kind: str = "exact"
    colour: str = "grey"
    owner: str = ""
    entries: tuple[ListEntry, ...] = ()
    place: Place = field(default=("", 0, 0), compare=False)


@dataclass(frozen=True)
class ModelFile:
    """A scoring model's file: its text, the names it takes in order, and the event types it scores (empty: all).

    `categories` gives, for an input that is a text, its words in the order of their codes 0, 1, 2 …
    """

    name: str
    version: str
    inputs: tuple[str, ...]
    event_types: tuple[str, ...]
    categories: Mapping[str, tuple[str, ...]]
    text: str


@dataclass(frozen=True)
class Settings:
    """What `policy.yaml` says beside thresholds; `score_levels` maps a verdict to the least score that reaches it."""

    name: str
    version: str
    owner: str
    timezone: str = "Asia/Shanghai"
    lateness_ms: int = 600_000
    row_cap: int = 1_000_000
    entity_cap: int = 5_000_000
    score_levels: tuple[tuple[Verdict, float], ...] = ()
    model: str | None = None
    description: str = ""


@dataclass(frozen=True)
class Policy:
    """A whole policy, checked; `warnings` are problems that do not keep it from being used."""

    settings: Settings
    schema: Schema
    features: Mapping[str, WindowFeature]
    computes: Mapping[str, ComputeFeature]
    rules: tuple[Rule, ...]
    lists: Mapping[str, ListDeclaration]
    values: Mapping[str, NamedValue]
    model: ModelFile | None
    files: Mapping[str, str]
    warnings: tuple[PolicyProblem, ...] = ()

    @property
    def name(self) -> str:
        """Return the policy's name."""
        return self.settings.name

    @property
    def version(self) -> str:
        """Return the policy's version."""
        return self.settings.version

    @property
    def label(self) -> str:
        """Return `name@version`, as decisions name it."""
        return f"{self.name}@{self.version}"

    @cached_property
    def fingerprint(self) -> str:
        """Return a hash of what the policy means: the same whatever the order or the layout of its files."""
        parts = [canonical(self.settings), self.schema.fingerprint, canonical(self.model)]
        for group in (self.features, self.computes, self.lists, self.values):
            parts += [canonical(each) for _, each in sorted(group.items())]
        parts += [canonical(each) for each in sorted(self.rules, key=lambda rule: rule.id)]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()
