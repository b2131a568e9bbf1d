"""A scenario: one named attack or incident, its texts, its place in the taxonomy, and the rules it should trigger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from anxin.simulator.event_ids import EventIds
from anxin.simulator.labelled import Event, Label
from anxin.simulator.stage import Stage
from anxin.simulator.timeline import next_local_hour
from anxin.simulator.world import World

ANY_HOUR = range(24)
STEALTHY = "stealthy"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Name an attack and play it.

    `taxonomy` is an id of the risk taxonomy, `rules` the starter rules that must fire on it.
    `hours` are the local hours at which it may begin. `play` writes it onto a stage.
    `is_fraud` is False for incidents that harm without deceit.
    `stealthy` plays the same attack below the shipped thresholds, None when nobody wrote that.
    `variant` is "stealthy" for the scenario that does so, else None.
    """

    name: str
    zh: str
    en: str
    taxonomy: str
    rules: tuple[str, ...]
    play: Callable[[Stage], None]
    hours: range = ANY_HOUR
    is_fraud: bool = True
    stealthy: Callable[[Stage], None] | None = None
    variant: str | None = None

    @property
    def full_name(self) -> str:
        """Return the name it is asked for by, such as "card_testing" or "card_testing:stealthy"."""
        return self.name if self.variant is None else f"{self.name}:{self.variant}"

    def events(self, world: World, rng: Random, ids: EventIds, at: int) -> list[tuple[Event, Label]]:
        """Return what happens from `at`, in ms UTC, or from the next fitting hour, in order of event time."""
        begin_at = next_local_hour(at, self.hours)
        stage = Stage(self.name, world, rng, ids, begin_at, variant=self.variant)
        stage.accuse(is_fraud=self.is_fraud)
        self.play(stage)
        return sorted(stage.scene.events, key=_event_time)

    def in_stealth(self) -> Scenario | None:
        """Return the stealthy variant, which need trigger no rule, or None when there is none."""
        if self.stealthy is None:
            return None
        return replace(self, play=self.stealthy, rules=(), stealthy=None, variant=STEALTHY)


def _event_time(item: tuple[Event, Label]) -> int:
    at: int = item[0]["occurred_at"]
    return at
