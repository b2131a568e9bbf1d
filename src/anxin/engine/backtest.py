"""Going through a history in arrival order with the very calls that decide online."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

import msgspec

from anxin.engine.arrival import Arrival
from anxin.engine.decide import Decided, Engine
from anxin.engine.errors import EngineError, EventIdReused, EventRefused
from anxin.engine.schema.decoder import Received

KEPT_MS = 24 * 3_600_000


class DecidedArrival(msgspec.Struct, gc=False):
    """An arrival with its event as the engine read it, and the decision on it."""

    arrival: Arrival
    received: Received
    decided: Decided


class RefusedArrival(NamedTuple):
    """An arrival that the engine refused; nothing of it was counted."""

    arrival: Arrival
    error: EngineError


class RepeatedArrival(NamedTuple):
    """An arrival with an event id that was decided within the last 24 h; the first decision stands."""

    arrival: Arrival


class ObservedArrival(msgspec.Struct, gc=False):
    """What the live policy's model reads at one arrival: `inputs` in the model's order, nan where missing."""

    arrival: Arrival
    received: Received
    inputs: list[float]


def backtest(
    engine: Engine, arrivals: Iterable[Arrival], *, first_seq: int = 1
) -> Iterator[DecidedArrival | RefusedArrival | RepeatedArrival]:
    """Decide every arrival in order, label events in between at the moment they become known.

    Label events are decided and counted, but not yielded, save those that are refused: with the arrival they belong to.
    """
    seq, decide = first_seq, engine.decide
    for arrival, received in _in_order(engine, arrivals):
        if not isinstance(received, Received):
            yield received
            continue
        decided = decide(received, seq=seq)
        seq += 1
        if arrival is not None:
            yield DecidedArrival(arrival, received, decided)


def observe_inputs(
    engine: Engine, arrivals: Iterable[Arrival]
) -> Iterator[ObservedArrival | RefusedArrival | RepeatedArrival]:
    """Count every arrival as `backtest` does, and yield the inputs of the live policy's model instead of a decision.

    Event types that the model does not score are counted and not yielded.
    """
    live = engine.working.live
    scored = live.program.policy.model.event_types if live.program.policy.model else ()
    inputs = {each: read for each, read in live.program.model_inputs.items() if not scored or each in scored}
    stations, lists, observe = engine.working.stations, engine.lists, engine.windows.observe
    for arrival, received in _in_order(engine, arrivals):
        if not isinstance(received, Received):
            yield received
            continue
        event_type, t, event = received.event_type, received.t, received.event
        station = stations[event_type]
        vector = observe(station.reader, t, station.extract(event, lists))
        if arrival is not None and event_type in inputs:
            yield ObservedArrival(arrival, received, inputs[event_type](event, t, vector, lists))


def _in_order(
    engine: Engine, arrivals: Iterable[Arrival]
) -> Iterator[tuple[Arrival | None, Received | RefusedArrival | RepeatedArrival]]:
    """Yield arrivals with what became of each, and before them, without an arrival, the label events known by then."""
    parse, labels, ids = engine.parse, _KnownLabels(), _RecentIds()
    for arrival in arrivals:
        try:
            received = parse(arrival.raw)
            is_repeated = ids.has(received)
        except EventRefused as error:
            yield arrival, RefusedArrival(arrival, arrival.unfit or error)
            continue
        if is_repeated:
            yield arrival, RepeatedArrival(arrival)
            continue
        if labels.waiting and labels.waiting[0][0] <= received.t:
            yield from _label_events(parse, labels, received.t)
        yield arrival, received
        if arrival.later:
            labels.add(arrival)


def _label_events(
    parse: Callable[[bytes], Received], labels: _KnownLabels, t: int
) -> Iterator[tuple[Arrival | None, Received | RefusedArrival]]:
    for raw, arrival in labels.known_by(t):
        try:
            yield None, parse(raw)
        except EventRefused as error:
            yield arrival, RefusedArrival(arrival, error)


class _KnownLabels:
    """Label events that wait for the moment they become known; those after the last event never come."""

    def __init__(self) -> None:
        self.waiting: list[tuple[int, int, bytes, Arrival]] = []
        self._count = 0

    def add(self, arrival: Arrival) -> None:
        for later in arrival.later:
            self._count += 1
            heappush(self.waiting, (later.known_at, self._count, later.raw, arrival))

    def known_by(self, t: int) -> Iterator[tuple[bytes, Arrival]]:
        """Yield, and forget, the bodies of the label events known at `t` or before, with what led to them."""
        waiting = self.waiting
        while waiting and waiting[0][0] <= t:
            _, _, raw, arrival = heappop(waiting)
            yield raw, arrival


class _RecentIds:
    """Event ids with their bodies' hash, in two generations of 24 h by event time."""

    def __init__(self) -> None:
        self._since = 0
        self._young: dict[str, int] = {}
        self._old: dict[str, int] = {}

    def has(self, received: Received) -> bool:
        """Return whether the event was seen before, else remember it; raise EventIdReused for another body."""
        digest = hash(received.raw)
        known = self._young.get(received.event_id)
        if known is None:
            known = self._old.get(received.event_id)
        if known is not None:
            if known != digest:
                raise EventIdReused(pointer="/event_id", event_id=received.event_id)
            return True
        if received.t - self._since >= KEPT_MS:
            self._old, self._young, self._since = self._young, {}, received.t
        self._young[received.event_id] = digest
        return False
