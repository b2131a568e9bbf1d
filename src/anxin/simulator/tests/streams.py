"""Streams that several tests look at, made once."""

from __future__ import annotations

from functools import cache

from anxin.engine.schema.decoder import EventDecoder
from anxin.engine.schema.schema import Schema
from anxin.simulator.labelled import Labelled
from anxin.simulator.simulator import Simulator, simulate_scenario

AT = 1_793_500_000_000


@cache
def decoder() -> EventDecoder:
    return EventDecoder(Schema.shipped())


@cache
def mixed() -> tuple[Labelled, ...]:
    """20 000 events of one day with the usual attacks."""
    return tuple(Simulator(7, events=20_000).stream())


@cache
def alone(name: str) -> tuple[Labelled, ...]:
    return tuple(simulate_scenario(name, 3, AT))
