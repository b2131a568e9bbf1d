"""The simulator: a seeded, labelled stream of a shop's events in the order in which they arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count, islice
from random import Random

from anxin.simulator.attack_schedule import AttackSchedule
from anxin.simulator.event_ids import EventIds
from anxin.simulator.label_events import LabelEvents
from anxin.simulator.labelled import ORDINARY, Event, Label, Labelled
from anxin.simulator.ordinary.life import OrdinaryLife
from anxin.simulator.scenario_catalogue import all_scenarios, get_scenario
from anxin.simulator.scene import Scene
from anxin.simulator.timeline import DAY_MS, HOUR_MS, MINUTE_MS, Peak, busyness, sale_peaks
from anxin.simulator.transport import PERFECT, USUAL, Transport
from anxin.simulator.world import World

START_AT = 1793462400_000
"""2026-11-01 00:00 in Shanghai: an ordinary Sunday."""
DAILY_EVENTS = 20_000
EVENTS_PER_USER_A_DAY = 10


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the simulated life runs in.

    `daily_events` and `users` None follow from the number of events asked for. `is_steady` keeps every hour equally
    busy. `peaks` None takes the sale days that fall in the period. `labels_after_days` (fewest, most) adds events that
    reveal frauds later; None adds none.
    """

    daily_events: int | None = None
    users: int | None = None
    is_steady: bool = False
    peaks: tuple[Peak, ...] | None = None
    transport: Transport = USUAL
    labels_after_days: tuple[float, float] | None = None


class Simulator:
    """Simulate a platform from `start_at`, in ms UTC, for `days`, or until `events` have arrived if given.

    The same arguments give the same stream, byte for byte. `scenarios` None plays all, an empty sequence none.
    `attack_share` is the part of all events that belongs to scenarios, at least 0 and below 1.
    Raises ScenarioUnknown for a name that no scenario has, ValueError for a share or a length out of range.
    """

    def __init__(
        self,
        seed: int | str = 1,
        *,
        start_at: int = START_AT,
        days: float = 1.0,
        events: int | None = None,
        scenarios: Sequence[str] | None = None,
        attack_share: float = 0.015,
        surroundings: Surroundings | None = None,
    ) -> None:
        if not 0 <= attack_share < 1:
            raise ValueError("attack_share must be at least 0 and below 1")
        if days <= 0 or (events is not None and events < 0):
            raise ValueError("days must be above 0 and events at least 0")
        self.seed = str(seed)
        self.start_at = start_at - start_at % MINUTE_MS
        self.days = days
        self.limit = events
        names = all_scenarios() if scenarios is None else dict.fromkeys(scenarios)
        self.scenarios = tuple(get_scenario(name) for name in names)
        self.attack_share = attack_share
        self.surroundings = surroundings or Surroundings()
        by_limit = max(1, int((events or 0) / days))
        self.daily_events = self.surroundings.daily_events or (DAILY_EVENTS if events is None else by_limit)
        self.world = self._new_world()
        self._is_world_used = False

    def stream(self) -> Iterator[Labelled]:
        """Yield deliveries in order of arrival; memory holds only what has not yet arrived and who lives there.

        Every call begins anew, in a world as it was at the start.
        """
        if self._is_world_used:
            self.world = self._new_world()
        self._is_world_used = True
        return islice(_Run(self).deliveries(), self.limit)

    @property
    def fingerprint(self) -> str:
        """Return a text that differs where streams differ, so that two streams never share an event id."""
        names = " ".join(scenario.full_name for scenario in self.scenarios)
        return f"{self.seed}|{self.start_at}|{self.days}|{self.limit}|{names}|{self.attack_share}|{self.surroundings}"

    def _new_world(self) -> World:
        users = self.surroundings.users or self.daily_events // EVENTS_PER_USER_A_DAY
        return World(self.seed, users=users, start_at=self.start_at)


class _Run:
    """One run of a simulator, from the first minute on."""

    def __init__(self, plan: Simulator) -> None:
        self.plan = plan
        around = plan.surroundings
        self.ids = EventIds(plan.fingerprint)
        self.scene = Scene(plan.world, Random(f"{plan.seed}:life"), self.ids)
        self.life = OrdinaryLife(self.scene)
        self.attacks = AttackSchedule(plan.seed, plan.world, self.ids, plan.scenarios, plan.attack_share)
        self.labels = around.labels_after_days and LabelEvents(plan.seed, self.ids, around.labels_after_days)
        self.peaks = sale_peaks(plan.start_at, plan.days) if around.peaks is None else around.peaks
        self.per_minute = self._events_per_busyness()
        self.road = Random(f"{plan.seed}:transport")
        self.under_way: list[tuple[int, int, Event, Label, bool]] = []
        self.number = count()

    def deliveries(self) -> Iterator[Labelled]:
        """Yield what has arrived, minute by minute; ends after `days` unless a number of events is asked for."""
        plan = self.plan
        self.life.begin(plan.start_at, plan.daily_events)
        end_at = plan.start_at + int(plan.days * DAY_MS)
        for at in count(plan.start_at, MINUTE_MS):
            yield from self._arrived(at if plan.limit is not None else min(at, end_at))
            if plan.limit is None and at >= end_at:
                return
            wanted = self._busyness(at) * self.per_minute
            self.life.live_minute(at, wanted * (1 - plan.attack_share))
            ordinary, self.scene.events = self.scene.events, []
            self._send(ordinary)
            self._send(self.attacks.play_minute(at, len(ordinary)))

    def _arrived(self, before: int) -> Iterator[Labelled]:
        under_way = self.under_way
        while under_way and under_way[0][0] < before:
            arrival_at, _, event, label, is_retry = heappop(under_way)
            yield Labelled(arrival_at, event, label, is_retry)

    def _send(self, written: list[tuple[Event, Label]]) -> None:
        transport = self.plan.surroundings.transport
        for event, label in written:
            self._put(event, label, transport)
            revealed = self.labels and self.labels.of(event, label)
            if revealed:
                self._put(revealed, ORDINARY, transport)

    def _put(self, event: Event, label: Label, transport: Transport) -> None:
        road = self.road
        arrival_at = event["occurred_at"] + transport.delay_ms(road)
        heappush(self.under_way, (arrival_at, next(self.number), event, label, False))
        again = transport.retry_ms(road)
        if again is not None:
            heappush(self.under_way, (arrival_at + again, next(self.number), event, label, True))

    def _busyness(self, at: int) -> float:
        return 1.0 if self.plan.surroundings.is_steady else busyness(at, self.peaks)

    def _events_per_busyness(self) -> float:
        """Return events a minute at busyness 1, so that the whole period gets its number of events."""
        plan = self.plan
        hours = max(1, int(plan.days * 24))
        total = sum(self._busyness(plan.start_at + hour * HOUR_MS) for hour in range(hours))
        return plan.daily_events * plan.days / (total * plan.days * 24 * 60 / hours)


def simulate_scenario(name: str, seed: int | str, at: int) -> list[Labelled]:
    """Play one scenario alone, in a small world, from `at` in ms UTC or the next hour that fits it.

    Every event arrives in order and in time. Raises ScenarioUnknown.
    """
    scenario = get_scenario(name)
    world = World(f"{seed}:{name}", users=0, start_at=at)
    written = scenario.events(world, Random(f"{seed}:{name}"), EventIds(f"{seed}:{name}"), at)
    delay = PERFECT.delay_ms(Random(str(seed)))
    return [Labelled(event["occurred_at"] + delay, event, label) for event, label in written]
