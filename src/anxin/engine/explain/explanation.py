"""What an explanation says, ready for JSON."""

from __future__ import annotations

from typing import Literal

import msgspec

from anxin.engine.decision import FeatureValue, Text

Outcome = Literal["true", "false", "unknown"]
Plain = bool | int | float | str | tuple[str, ...] | None

OUTCOMES: dict[bool | None, Outcome] = {True: "true", False: "false", None: "unknown"}


class FeatureFact(msgspec.Struct, frozen=True):
    """A feature's answer: the value, what the feature is called, and the value as people read it."""

    value: FeatureValue
    text: Text
    shown: Text
    approximate: bool = False


class LeafFact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One leaf of a rule's condition: its text in the policy, what it asked of which quantity, and what it came to.

    `value` and `threshold` are None when missing or personal. `missing` names what was absent. `override` holds the
    fields of the event, such as its business line, for which the policy has this threshold instead of its usual one.
    """

    source: str
    item: str
    operator: str
    value: Plain
    threshold: Plain
    outcome: Outcome
    text: Text
    missing: tuple[str, ...] = ()
    override: dict[str, str] = msgspec.field(default_factory=dict)


class NeededChange(msgspec.Struct, frozen=True, omit_defaults=True):
    """A quantity that would have to change, to what, and which leaves (by number) that turns.

    `value` is None when it would have to be missing, or is no value but a condition that the text says.
    """

    item: str
    now: Plain
    value: Plain
    leaves: tuple[int, ...]
    text: Text


class WhyNot(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a rule did not fire: the leaves that failed (by number), and the smallest change that would make it fire.

    `changes` is empty when no change could. `is_smallest` is False when the search was cut short. `is_checked` says
    whether the rule, evaluated again with the changed values, is true; None when a change is not a plain value.
    """

    failed: tuple[int, ...]
    changes: tuple[NeededChange, ...]
    text: Text
    is_smallest: bool = True
    is_checked: bool | None = None


class ReaderTexts(msgspec.Struct, frozen=True):
    """A rule's reason for three readers; the user's text holds no values and no thresholds."""

    agent: Text
    user: Text
    auditor: Text


class RuleFact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule of the event's type, fired or not.

    `verdict` is after its brake. `reasons` are there when it fired, `why_not` when it did not.
    """

    rule: str
    title: Text
    condition: str
    outcome: Outcome
    has_fired: bool
    verdict: str
    severity: int
    leaves: tuple[LeafFact, ...]
    is_braked: bool = False
    points: float = 0.0
    reasons: ReaderTexts | None = None
    why_not: WhyNot | None = None


class ListMatch(msgspec.Struct, frozen=True, omit_defaults=True):
    """An entry that a rule's look-up met; `value` is None for personal values."""

    list: str
    colour: str
    item: str
    kind: str
    value: str | None
    reason: str = ""
    added_by: str = ""
    source: str = ""
    expires_at: int | None = None


class HoldFact(msgspec.Struct, frozen=True, omit_defaults=True):
    """A measure in force on one of the event's entities."""

    entity_kind: str
    verdict: str
    measure: str
    reason: str = ""
    placed_by: str = ""
    until: int | None = None


class ModelPart(msgspec.Struct, frozen=True):
    """An input of the model and how far it moved the raw score."""

    input: str
    value: Plain
    contribution: float
    text: Text


class ScoreParts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the score comes from: points of fired rules, and the model's five strongest inputs.

    `baseline` is the model's mean raw score.
    """

    score: float
    rule_points: dict[str, float]
    model_score: float | None = None
    baseline: float | None = None
    strongest: tuple[ModelPart, ...] = ()


class Versions(msgspec.Struct, frozen=True):
    """What the decision was made with."""

    policy: str
    model: str | None
    control_seq: int


class Explanation(msgspec.Struct, frozen=True):
    """Why one event was decided as it was."""

    event_id: str
    event_type: str
    at: int
    verdict: str
    features: dict[str, FeatureFact]
    rules: tuple[RuleFact, ...]
    lists: tuple[ListMatch, ...]
    holds: tuple[HoldFact, ...]
    score: ScoreParts
    versions: Versions
