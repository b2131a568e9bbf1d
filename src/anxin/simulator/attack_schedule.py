"""Decide which scenario begins when, so that attacks keep a stated share of all events."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from anxin.simulator.event_ids import EventIds
from anxin.simulator.labelled import Event, Label
from anxin.simulator.scenario import Scenario
from anxin.simulator.timeline import MINUTE_MS, local_hour
from anxin.simulator.world import World


class AttackSchedule:
    """Deal scenarios from a shuffled deck, so that each comes before any comes again.

    `share` is the part of all events that belongs to a scenario, at least 0 and below 1.
    """

    def __init__(self, seed: str, world: World, ids: EventIds, scenarios: Sequence[Scenario], share: float) -> None:
        self._seed = seed
        self._world = world
        self._ids = ids
        self._scenarios = scenarios
        self._per_ordinary = share / (1 - share) if scenarios else 0.0
        self._rng = Random(f"{seed}:attacks")
        self._deck = list(scenarios)
        self._rng.shuffle(self._deck)
        self._owed = 0.0
        self._played = 0

    def play_minute(self, at: int, ordinary: int) -> list[tuple[Event, Label]]:
        """Return the events of the scenarios that begin in the minute from `at`, after `ordinary` ordinary events."""
        self._owed += ordinary * self._per_ordinary
        written: list[tuple[Event, Label]] = []
        hour = local_hour(at)
        while self._owed > 0 or self._has_last_chance(hour):
            scenario = self._deal(hour)
            if scenario is None:
                break
            self._played += 1
            rng = Random(f"{self._seed}:{scenario.name}:{self._played}")
            events = scenario.events(self._world, rng, self._ids, at + int(self._rng.random() * MINUTE_MS))
            self._owed -= sum(1 for _, label in events if label.scenario == scenario.name)
            written += events
        return written

    def _has_last_chance(self, hour: int) -> bool:
        """Tell whether a choosy scenario would have to wait another day; it then goes ahead of its share."""
        return self._per_ordinary > 0 and any(
            hour == scenario.hours[-1] and len(scenario.hours) < 24 for scenario in self._deck
        )

    def _deal(self, hour: int) -> Scenario | None:
        """Take the next scenario that may begin at `hour`, the choosy before the others; None when none may."""
        for _ in range(2):
            fitting = [scenario for scenario in self._deck if hour in scenario.hours]
            if fitting:
                chosen = min(fitting, key=lambda scenario: len(scenario.hours))
                self._deck.remove(chosen)
                return chosen
            fresh = [scenario for scenario in self._scenarios if scenario not in self._deck]
            self._rng.shuffle(fresh)
            self._deck += fresh
        return None
