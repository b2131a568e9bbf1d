"""A history file as a stream of arrivals, in arrival order."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from anxin.engine.arrival import Arrival, LaterEvent
from anxin.history.conversions import (
    UNIT_MS,
    Convert,
    convert_bool,
    convert_int,
    convert_number,
    money_conversion,
    text_conversion,
    time_conversion,
)
from anxin.history.errors import FileUnreadable, HistoryError, MappingInvalid, Misfit, ValueUnfit
from anxin.history.files import OnBytes, Values, kind_of, read_columns, read_lines, read_rows
from anxin.history.mapping import FieldSource, FileMapping, LabelEvent, LabelSource, TypeByColumn, span_ms

Read = Callable[[Values], object]
Numbered = tuple[int, Values | HistoryError]
LabelValue = bool | None
Labels = Mapping[str, bool]
FIRST = -(2**63)
LABEL_COLUMNS = ("event_id", "is_fraud")
WORDS_OF_TRUTH = {"1": True, "0": False, "true": True, "false": False}
_encode = msgspec.json.Encoder().encode


class _Named(msgspec.Struct):
    event_id: str | None = None


_named = msgspec.json.Decoder(_Named)


def file_arrivals(path: Path, mapping: FileMapping | None, *, on_bytes: OnBytes | None = None) -> Iterator[Arrival]:
    """Return the arrivals of a file; without a mapping it must be event JSON lines.

    A row of which no event can be made arrives unfit. Raises FileUnreadable or MappingInvalid.
    """
    if mapping is not None:
        return mapped_arrivals(path, mapping, on_bytes=on_bytes)
    if kind_of(path) != "json lines":
        raise FileUnreadable(
            file=path.name,
            reason="without a mapping (--map) only event JSON lines can be read",
            reason_zh="没有映射文件时，只能读取事件的 JSON 行；CSV 与 Parquet 请用 --map",
        )
    return (Arrival(raw, number) for number, raw in read_lines(path, on_bytes=on_bytes))


def mapped_arrivals(path: Path, mapping: FileMapping, *, on_bytes: OnBytes | None = None) -> Iterator[Arrival]:
    """Return the arrivals of a file whose columns `mapping` explains."""
    converter = RowConverter(mapping, source=path.name.partition(".")[0])
    rows = enumerate(read_rows(path, converter.columns, encoding=mapping.encoding, on_bytes=on_bytes), start=1)
    return map(converter.arrival, _in_arrival_order(rows, converter))


def with_labels(arrivals: Iterable[Arrival], labels: Labels) -> Iterator[Arrival]:
    """Yield the arrivals, those without a label with the one of their event id."""
    for arrival in arrivals:
        if arrival.label is None and (event_id := _event_id(arrival.raw)) is not None:
            yield msgspec.structs.replace(arrival, label=labels.get(event_id))
        else:
            yield arrival


def read_labels(path: Path) -> dict[str, bool]:
    """Return the labels by event id of a file with the columns `event_id` and `is_fraud`; other words are no label.

    Raise FileUnreadable when no row has one.
    """
    words = ((str(event_id), str(is_fraud).lower()) for event_id, is_fraud in read_columns(path, LABEL_COLUMNS))
    labels = {event_id: WORDS_OF_TRUTH[word] for event_id, word in words if word in WORDS_OF_TRUTH}
    if not labels:
        raise FileUnreadable(
            file=path.name,
            reason="no row has an event_id with is_fraud true or false",
            reason_zh="没有一行同时有 event_id 和取值为 true 或 false 的 is_fraud",
        )
    return labels


def _event_id(raw: bytes) -> str | None:
    try:
        return _named.decode(raw).event_id
    except msgspec.DecodeError:
        return None  # the engine refuses this event with its reason


def _in_arrival_order(rows: Iterable[Numbered], converter: RowConverter) -> Iterable[Numbered]:
    """Sort by arrival time where there is such a column; rows without a readable one come first."""
    if converter.arrived_at is None:
        return rows
    keyed = [converter.arrived_at(numbered) for numbered in rows]
    keyed.sort(key=operator.itemgetter(0, 1))
    return ((row, values) for _, row, values in keyed)


class RowConverter:
    """The compiled form of a mapping: turns the values of `columns` into an arrival."""

    def __init__(self, mapping: FileMapping, *, source: str) -> None:
        """Raise MappingInvalid when a conversion does not exist; `source` begins the ids of rows that have none."""
        self._source = source
        self.columns: list[str] = []
        self._mapping = mapping
        self._missing = frozenset(mapping.missing)
        self._row = 0
        self._type = self._event_type(mapping.event.type)
        self._id = None if mapping.event.id is None else self._read("event.id", mapping.event.id)
        self._occurred_at = self._read("event.occurred_at", mapping.event.occurred_at)
        self._fields = [(name, self._read(f"fields.{name}", source)) for name, source in mapping.fields.items()]
        self._label = None if mapping.label is None else self._label_reader(mapping.label)
        self._later = [] if mapping.label is None else [_LaterSource(each) for each in mapping.label.events]
        self._part = None if mapping.part is None else self._place(mapping.part.column)
        self.arrived_at = self._arrival_reader()

    def arrival(self, numbered: Numbered) -> Arrival:
        """Return the arrival of a numbered row, an unfit one where a value does not fit."""
        row, values = numbered
        if isinstance(values, HistoryError):
            return Arrival(b"", row, unfit=values)
        self._row = row
        try:
            return self._fitting(values)
        except ValueUnfit as problem:
            return Arrival(b"", row, unfit=problem)

    def _fitting(self, values: Values) -> Arrival:
        event: dict[str, object] = {
            "event_id": f"{self._source}-{self._row}" if self._id is None else self._id(values),
            "event_type": self._type(values),
            "occurred_at": self._occurred_at(values),
        }
        for name, read in self._fields:
            value = read(values)
            if value is not None:
                event[name] = value
        label = None if self._label is None else self._label(values)
        later = () if label is None else tuple(each.event(event) for each in self._later if each.of_fraud is label)
        part = None if self._part is None else str(values[self._part])
        return Arrival(_encode(event), self._row, label, later, part)

    def _unfit(self, column: str, zh: str, en: str) -> ValueUnfit:
        return ValueUnfit(row=self._row, column=column, reason=en, reason_zh=zh)

    def _place(self, column: str) -> int:
        if column not in self.columns:
            self.columns.append(column)
        return self.columns.index(column)

    def _read(self, place: str, source: FieldSource) -> Read:
        if source.constant is not None:
            constant = source.constant
            return lambda _values: constant
        try:
            if source.kind == "difference":
                return self._difference(source)
            return self._converted(source.column, _conversion(source))
        except ValueError as problem:
            raise MappingInvalid(file=self._mapping.name, place=place, reason=str(problem)) from problem

    def _converted(self, column: str, convert: Convert) -> Read:
        place = self._place(column)
        missing = self._missing

        def read(values: Values) -> object:
            value = values[place]
            if value is None or (isinstance(value, str) and value in missing):
                return None
            try:
                return convert(value)
            except Misfit as problem:
                raise self._unfit(column, problem.zh, str(problem)) from None
            except (ValueError, ArithmeticError) as problem:
                raise self._unfit(column, f"无法读取 {value!r}（{problem}）", f"{problem}") from problem

        return read

    def _difference(self, source: FieldSource) -> Read:
        time = time_conversion(source.format, timezone=source.timezone, base=source.base)
        until, since = self._converted(source.column, time), self._converted(source.since, time)
        unit = UNIT_MS[source.unit]

        def read(values: Values) -> object:
            end, start = until(values), since(values)
            return (end - start) // unit if isinstance(end, int) and isinstance(start, int) else None

        return read

    def _event_type(self, source: str | TypeByColumn) -> Read:
        if isinstance(source, str):
            return lambda _values: source
        place, types, column = self._place(source.column), source.values, source.column

        def read(values: Values) -> str:
            found = types.get(str(values[place]))
            if found is None:
                word = values[place]
                raise self._unfit(column, f"{word!r} 没有对应的事件类型", f"{word!r} names no event type")
            return found

        return read

    def _label_reader(self, source: LabelSource) -> Callable[[Values], LabelValue]:
        place = self._place(source.column)
        meanings: dict[str, LabelValue] = dict.fromkeys(source.fraud, True)
        meanings.update(dict.fromkeys(source.ordinary, False))
        meanings.update(dict.fromkeys(source.unlabelled))

        def read(values: Values) -> LabelValue:
            word = str(values[place])
            if word not in meanings:
                raise self._unfit(source.column, f"{word!r} 不是已知的标签", f"{word!r} is no known label")
            return meanings[word]

        return read

    def _arrival_reader(self) -> Callable[[Numbered], tuple[int, int, Values | HistoryError]] | None:
        source = self._mapping.arrival
        if source is None:
            return None
        time = time_conversion(source.format, timezone=source.timezone, base=source.base)
        read = self._converted(source.column, time)

        def arrived_at(numbered: Numbered) -> tuple[int, int, Values | HistoryError]:
            self._row, values = numbered
            if isinstance(values, HistoryError):
                return FIRST, self._row, values
            try:
                moment = read(values)
            except ValueUnfit as problem:
                return FIRST, self._row, problem
            if isinstance(moment, int):
                return moment, self._row, values
            return FIRST, self._row, self._unfit(source.column, "缺少到达时间", "the arrival time is missing")

        return arrived_at


class _LaterSource:
    """The label event of a row's event."""

    def __init__(self, source: LabelEvent) -> None:
        self.of_fraud = source.of == "fraud"
        self._type = source.type
        self._delay_ms = span_ms(source.delay)
        self._carry = tuple(source.carry)
        self._constants = source.constants

    def event(self, event: dict[str, object]) -> LaterEvent:
        """Return the label event of an event."""
        occurred_at = event["occurred_at"]
        known_at = (occurred_at if isinstance(occurred_at, int) else 0) + self._delay_ms
        body = {"event_id": f"{event['event_id']}:{self._type}", "event_type": self._type, "occurred_at": known_at}
        body.update((name, event[name]) for name in self._carry if name in event)
        body.update(self._constants)
        return LaterEvent(known_at, _encode(body))


def _conversion(source: FieldSource) -> Convert:
    if source.kind == "money":
        return money_conversion(source.currency, is_rounded=source.round)
    if source.kind == "time":
        return time_conversion(source.format, timezone=source.timezone, base=source.base)
    simple = {"int": convert_int, "number": convert_number, "bool": convert_bool}
    return simple.get(source.kind) or text_conversion(source.prefix)
