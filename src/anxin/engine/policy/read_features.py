"""Reading `features/*.yaml`."""

from __future__ import annotations

import math
from collections.abc import Mapping

from anxin.engine.decision import Text
from anxin.engine.policy.definition import Step, WindowFeature
from anxin.engine.policy.documents import Value
from anxin.engine.policy.language.check import suggestion
from anxin.engine.policy.language.types import OF_FIELD, Type
from anxin.engine.policy.read_parts import plain_text, read_duration, read_event_types, read_text, require
from anxin.engine.policy.scopes import FieldScope, read_expression
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import FieldType
from anxin.engine.windows.plan import EVER, EXACT_LIMIT_MS, LATEST_VALUES, Aggregate

LONGEST_MS = 400 * 86_400_000
SHORTEST_MS = 1000
MAX_STEPS = 8
_COMMON = ("aggregate", "of", "where", "by", "over", "delay", "text", "owner", "source")
KEYS = (*_COMMON, "value", "q", "min_rows", "steps", "without", "compute")
_ALLOWED: Mapping[Aggregate, tuple[str, ...]] = {
    **dict.fromkeys((Aggregate.SUM, Aggregate.DISTINCT, Aggregate.LAST), ("value",)),
    **dict.fromkeys((Aggregate.AVG, Aggregate.MIN, Aggregate.MAX), ("value", "min_rows")),
    **dict.fromkeys((Aggregate.MEDIAN, Aggregate.MAD), ("value", "min_rows")),
    Aggregate.QUANTILE: ("value", "min_rows", "q"),
    Aggregate.SEQUENCE: ("steps",),
    Aggregate.ABSENCE: ("without",),
}
_LIMITED = (
    Aggregate.LAST,
    Aggregate.MEDIAN,
    Aggregate.MAD,
    Aggregate.QUANTILE,
    Aggregate.SEQUENCE,
    Aggregate.ABSENCE,
)
_NUMERIC = (FieldType.INT, FieldType.MONEY)
_SUMMABLE = (*_NUMERIC, FieldType.BOOL)
_ORDERED = (*_SUMMABLE, FieldType.TIME)
_TEXTUAL = (FieldType.TEXT, FieldType.IP, FieldType.PHONE, FieldType.EMAIL)
_VALUES: Mapping[Aggregate, tuple[FieldType, ...]] = {
    Aggregate.SUM: _SUMMABLE,
    Aggregate.AVG: _SUMMABLE,
    Aggregate.MIN: _ORDERED,
    Aggregate.MAX: _ORDERED,
    Aggregate.DISTINCT: (*_ORDERED, *_TEXTUAL),
    Aggregate.LAST: (*_ORDERED, *_TEXTUAL),
    Aggregate.MEDIAN: _NUMERIC,
    Aggregate.MAD: _NUMERIC,
    Aggregate.QUANTILE: _NUMERIC,
}


def read_window_feature(name: str, value: Value, schema: Schema) -> WindowFeature | None:
    """Return a counted feature, or None after recording what is wrong."""
    section = value.section(KEYS)
    if section is None:
        return None
    word = require(section, "aggregate", value)
    aggregate_word = word.choice(each.name.lower() for each in Aggregate) if word is not None else None
    if aggregate_word is None:
        return None
    reader = _FeatureReader(value, section, schema, Aggregate[aggregate_word.upper()])
    return reader.read(name)


class _FeatureReader:
    def __init__(self, owner: Value, section: dict[str, Value], schema: Schema, aggregate: Aggregate) -> None:
        self.owner = owner
        self.section = section
        self.schema = schema
        self.aggregate = aggregate
        self.before = len(owner.document.problems.found)

    def read(self, name: str) -> WindowFeature | None:
        self._refuse_foreign_keys()
        steps = self._steps()
        source = steps[-1] if steps else self._step(self.section, self.owner)
        without = self._without()
        by = self._entities()
        window = self._window()
        delay = self._delay(window)
        field, field_type = self._value(source)
        text = read_text(self.section, "text", self.owner) if "text" in self.section else Text(zh=name, en=name)
        quantile, min_rows = self._quantile(), self._min_rows()
        if source is None or text is None or len(self.owner.document.problems.found) > self.before:
            return None
        return WindowFeature(
            name=name,
            aggregate=self.aggregate,
            source=source,
            by=by,
            window_ms=window,
            type=_answer_type(self.aggregate, field_type),
            text=text,
            delay_ms=delay,
            value=field,
            value_type=OF_FIELD[field_type] if field_type else None,
            quantile=quantile,
            min_rows=min_rows,
            steps=steps,
            without=without,
            owner=plain_text(self.section, "owner"),
            origin=plain_text(self.section, "source"),
            place=self.owner.place,
        )

    def _refuse_foreign_keys(self) -> None:
        allowed = (*_COMMON, *_ALLOWED.get(self.aggregate, ()))
        for key in self.section:
            if key not in allowed or (key in ("of", "where") and self.aggregate is Aggregate.SEQUENCE):
                word = self.aggregate.name.lower()
                self.owner.key(key).fail("policy.unknown_key", f"{word} 不使用 {key}", f"{word} does not use {key}")

    def _steps(self) -> tuple[Step, ...]:
        if self.aggregate is not Aggregate.SEQUENCE:
            return ()
        value = require(self.section, "steps", self.owner)
        parts = value.items() if value is not None else None
        if value is None or parts is None:
            return ()
        if not 2 <= len(parts) <= MAX_STEPS:
            value.fail("policy.range", "步骤应为 2 到 8 个", "a sequence has 2 to 8 steps")
        steps = [self._step(part.section(("of", "where")) or {}, part) for part in parts]
        return tuple(each for each in steps if each is not None)

    def _step(self, section: dict[str, Value], owner: Value) -> Step | None:
        if self.aggregate is Aggregate.SEQUENCE and owner is self.owner:
            return None
        value = require(section, "of", owner)
        of = read_event_types(value, self.schema) if value is not None else ()
        if not of:
            return None
        where = None
        if "where" in section:
            where = read_expression(section["where"], FieldScope(self.schema, of), Type.BOOL)
        return Step(tuple(sorted(of)), where)

    def _without(self) -> Step | None:
        if self.aggregate is not Aggregate.ABSENCE:
            return None
        value = require(self.section, "without", self.owner)
        section = value.section(("of", "where")) if value is not None else None
        return self._step(section, value) if section is not None and value is not None else None

    def _entities(self) -> tuple[str, ...]:
        value = require(self.section, "by", self.owner)
        if value is None:
            return ()
        found: list[str] = []
        for each in value.one_or_more():
            name = each.raw()
            if name not in self.schema.entities:
                zh, en = suggestion(name, self.schema.entities)
                each.fail("policy.entity", f"未知的实体 {name[:64]}{zh}", f"unknown entity {name[:64]}{en}")
            elif name in found:
                each.fail("policy.duplicate", f"重复的 {name}", f"{name} stands twice")
            else:
                self._refuse_uncarried(name, each)
                found.append(name)
        if len(found) > 2:
            value.fail("policy.entity", "最多两个实体", "at most two entities")
        return tuple(sorted(found))

    def _refuse_uncarried(self, entity: str, place: Value) -> None:
        parts = [self.section, *self._nested()]
        for part in parts:
            for each in part["of"].one_or_more() if "of" in part else ():
                event = self.schema.events.get(each.raw())
                if event is not None and entity not in event.entities:
                    place.fail(
                        "policy.entity", f"{event.name} 不带实体 {entity}", f"{event.name} does not carry {entity}"
                    )

    def _nested(self) -> list[dict[str, Value]]:
        quiet = [
            each for key in ("steps", "without") if key in self.section for each in self.section[key].one_or_more()
        ]
        return [
            {key.value: Value(each.document, node) for key, node in each.node.value}
            for each in quiet
            if isinstance(each.node.value, list) and all(isinstance(pair, tuple) for pair in each.node.value)
        ]

    def _window(self) -> int:
        value = require(self.section, "over", self.owner)
        if value is None:
            return EVER
        if value.raw() == "ever":
            if self.aggregate in _LIMITED and self.aggregate is not Aggregate.LAST:
                self._refuse_window(value)
            return EVER
        window = read_duration(value, SHORTEST_MS, LONGEST_MS)
        if window is not None and window > EXACT_LIMIT_MS and self.aggregate in _LIMITED:
            self._refuse_window(value)
        return window or EVER

    def _refuse_window(self, value: Value) -> None:
        word = self.aggregate.name.lower()
        value.fail("policy.window", f"{word} 最长 30 天", f"{word} reaches at most 30 days")

    def _delay(self, window: int) -> int:
        if "delay" not in self.section:
            return 0
        value = self.section["delay"]
        if window == EVER:
            value.fail("policy.window", "over: ever 不能延迟", "over: ever takes no delay")
            return 0
        return read_duration(value, 0, LONGEST_MS) or 0

    def _value(self, source: Step | None) -> tuple[str | None, FieldType | None]:
        if self.aggregate not in _VALUES:
            return None, None
        value = require(self.section, "value", self.owner)
        if value is None or source is None:
            return None, None
        name, kinds = value.raw(), set()
        for event in source.of:
            spec = self.schema.events[event].fields.get(name)
            if spec is None:
                zh, en = suggestion(name, self.schema.events[event].fields)
                value.fail("policy.unknown_name", f"{event} 没有字段 {name}{zh}", f"{event} has no field {name}{en}")
                return None, None
            kinds.add(spec.type)
        kind = kinds.pop()
        if kinds or kind not in _VALUES[self.aggregate]:
            word = self.aggregate.name.lower()
            value.fail("policy.type", f"{word} 不能用于 {kind.value}", f"{word} does not work on {kind.value}")
            return None, None
        return name, kind

    def _quantile(self) -> int:
        if self.aggregate is not Aggregate.QUANTILE:
            return 0
        value = require(self.section, "q", self.owner)
        share = value.number(0.001, 1) if value is not None else None
        if value is not None and share is not None and not math.isclose(share * 1000, round(share * 1000)):
            value.fail("policy.range", "q 精确到千分之一", "q is a whole number of thousandths")
        return round(share * 1000) if share is not None else 0

    def _min_rows(self) -> int:
        if "min_rows" not in self.section:
            return 1
        high = LATEST_VALUES if self.aggregate in _LIMITED else 1_000_000
        return self.section["min_rows"].integer(1, high) or 1


def _answer_type(aggregate: Aggregate, value: FieldType | None) -> Type:
    if aggregate in (Aggregate.COUNT, Aggregate.DISTINCT):
        return Type.INT
    if aggregate in (Aggregate.FIRST_SEEN, Aggregate.SINCE):
        return Type.DURATION
    if aggregate in (Aggregate.SEQUENCE, Aggregate.ABSENCE) or value is None:
        return Type.BOOL
    if aggregate is Aggregate.LAST:
        return Type.TOKEN if value in _TEXTUAL else OF_FIELD[value]
    if aggregate is Aggregate.AVG:
        return Type.MONEY if value is FieldType.MONEY else Type.NUMBER
    return Type.INT if value is FieldType.BOOL else OF_FIELD[value]
