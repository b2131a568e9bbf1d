"""What the simulator gives out: an event, when it arrives, and what it truly is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

Event: TypeAlias = dict[str, Any]
"""One event as the platform would send it, JSON-ready."""


@dataclass(frozen=True, slots=True)
class Label:
    """Tell what an event truly is; never part of the event itself.

    `scenario` is "ordinary" or the name of a scenario. A scenario may be an incident without fraud.
    `victim` is the actor or merchant that loses, None when nobody does. `loss_minor` is in minor units of
    the event's currency.
    `variant` names the harmless look-alike an ordinary event belongs to, or is "stealthy" for an attack that keeps
    below the shipped thresholds; None for plain life and plain attacks.
    `incident` is one playing of a scenario, None for ordinary life.
    """

    scenario: str = "ordinary"
    is_fraud: bool = False
    victim: str | None = None
    loss_minor: int = 0
    variant: str | None = None
    incident: str | None = None


ORDINARY = Label()


class Labelled(NamedTuple):
    """One delivery of an event; `arrival_at` is in ms UTC, `is_retry` marks the same body sent again."""

    arrival_at: int
    event: Event
    label: Label
    is_retry: bool = False


def label_record(item: Labelled) -> Event:
    """Return the label of `item` as a JSON-ready row that names its event."""
    label = item.label
    return {
        "event_id": item.event["event_id"],
        "arrival_at": item.arrival_at,
        "scenario": label.scenario,
        "is_fraud": label.is_fraud,
        "victim": label.victim,
        "loss_minor": label.loss_minor,
        "variant": label.variant,
        "incident": label.incident,
        "is_retry": item.is_retry,
    }
