"""What a decision says: the answer to the caller, and the record in the decision log."""

from __future__ import annotations

import msgspec

FeatureValue = int | float | bool | None


class Text(msgspec.Struct, frozen=True):
    """One sentence in both languages."""

    zh: str
    en: str


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why: the rule that fired, how severe it is (1 critical … 4 information), and its text for the agent.

    `verdict` is the rule's own verdict after its brake; `braked` says that the auto-brake weakened it.
    """

    rule: str
    severity: int
    verdict: str
    text: Text
    braked: bool = False


class Unknown(msgspec.Struct, frozen=True):
    """A rule that could not be decided, and the names that were missing."""

    rule: str
    missing: tuple[str, ...]


class ShadowVerdict(msgspec.Struct, frozen=True):
    """What a shadow policy would have said."""

    policy: str
    verdict: str
    score: float
    rules: tuple[str, ...]


class Decision(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The answer to one event.

    `score` is 0–100. `flags` are the words `too_late`, `approximate`, `warming`. `degraded` names the parts that were
    left out, empty when whole. `policy` and `model` are `name@version`; `model` is None without a model.
    `control_seq` is the last control record applied before this decision. `user_text` may be shown to the user: the
    strongest rule's sentence for her, without values or thresholds; None when no rule fired.
    """

    event_id: str
    seq: int
    verdict: str
    score: float
    reasons: tuple[Reason, ...]
    flags: tuple[str, ...]
    policy: str
    model: str | None
    degraded: tuple[str, ...]
    control_seq: int = 0
    user_text: Text | None = None
    actions: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    shadows: tuple[ShadowVerdict, ...] = ()
    duplicate: bool = False
