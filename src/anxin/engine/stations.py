"""What is made ready for each event type, so that a decision only looks it up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from anxin.engine.judge import Judge
from anxin.engine.policy.compiler.program import Compiled, compile_policies
from anxin.engine.policy.definition import Policy
from anxin.engine.policy.language.runtime import Tokens
from anxin.engine.roster import Roster
from anxin.engine.schema.schema import Schema
from anxin.engine.windows.contract import Windows
from anxin.engine.windows.keyed import text_token
from anxin.engine.windows.plan import EVER, WindowPlan


@dataclass(frozen=True, slots=True)
class HoldPlace:
    """An entity that an event type carries: its kind, the field of its key, the kind of token when it is personal."""

    kind: str
    field: str
    token: str | None


@dataclass(frozen=True, slots=True)
class Station:
    """One event type: how its row entries are gathered, by which reader it is counted, whose holds it meets."""

    reader: int
    extract: Callable[..., tuple[Any, ...]]
    holds: tuple[HoldPlace, ...]
    features: tuple[int, ...]


@dataclass(frozen=True)
class Working:
    """A roster compiled: stations by event type, and a judge per judging policy, live first."""

    roster: Roster
    compiled: Compiled
    stations: dict[str, Station]
    judges: tuple[Judge, ...]

    @property
    def live(self) -> Judge:
        """Return the live policy's judge."""
        return self.judges[0]

    @property
    def canary(self) -> Judge | None:
        """Return the canary's judge, or None."""
        return self.judges[1] if self.roster.canary is not None else None

    @property
    def shadows(self) -> tuple[Judge, ...]:
        """Return the shadows' judges."""
        return self.judges[2:] if self.roster.canary is not None else self.judges[1:]

    @property
    def plan(self) -> WindowPlan:
        """Return the window plan that all policies share."""
        return self.compiled.plan


class Prepared(NamedTuple):
    """What an order about policies puts to work: stations and judges, empty windows, and the policy that is new."""

    working: Working
    windows: Windows
    policy: Policy | None


class Foreseen(NamedTuple):
    """A policy order's slow part, done ahead: good as long as the roster it began from is still at work."""

    body: bytes
    began_from: Roster
    prepared: Prepared


def put_to_work(roster: Roster, schema: Schema, *, index_key: bytes, windows_key: bytes) -> Working:
    """Return the roster compiled over one window plan; raise SchemaInvalid when two policies' schemas disagree."""
    joint = _joint_schema(roster, schema)

    def token(text: str) -> int:
        return text_token(windows_key, text)

    compiled = compile_policies(roster.counting, joint, index_key=index_key, text_token=token)
    judging = compiled.programs[: len(roster.judging)]
    judges = tuple(Judge(program, has_brakes=program is compiled.live) for program in judging)
    return Working(roster, compiled, _stations(compiled), judges)


def warming_until(working: Working, streams: tuple[int, ...], watermark: int) -> dict[int, int]:
    """Return, by feature of the plan, the event time from which its window no longer reaches before `watermark`."""
    features = enumerate(working.plan.features)
    return {
        index: watermark + each.window_ms + each.delay_ms
        for index, each in features
        if each.stream in streams and each.window_ms != EVER
    }


def warming_again(old: WindowPlan, new: WindowPlan, warming: Mapping[int, int]) -> dict[int, int]:
    """Return what is still warming, by the new plan's numbers; features are matched by what they count."""
    by_meaning = {
        (old.streams[each.stream].entities, each.name): warming.get(index) for index, each in enumerate(old.features)
    }
    found = {}
    for index, each in enumerate(new.features):
        until = by_meaning.get((new.streams[each.stream].entities, each.name))
        if until is not None:
            found[index] = until
    return found


def _joint_schema(roster: Roster, schema: Schema) -> Schema:
    texts = dict.fromkeys(policy.files.get("events.yaml", "") for policy in roster.counting)
    for text in texts:
        if text:
            schema = schema.extended(text)
    return schema


def _stations(compiled: Compiled) -> dict[str, Station]:
    found = {}
    for event in compiled.schema.events.values():
        reader = compiled.reader[event.name]
        holds = tuple(
            HoldPlace(kind, field, _token_kind(event.fields[field].type.value, compiled.tokens))
            for kind, field in event.entities.items()
            if event.fields[field].derived_from is None
        )
        features = compiled.plan.readers[reader].features
        found[event.name] = Station(reader, compiled.extract[event.name], holds, features)
    return found


def _token_kind(field_type: str, _tokens: Tokens) -> str | None:
    return field_type if field_type in ("ip", "phone", "email") else None
