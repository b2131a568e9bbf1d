"""From the features of several policies to one window plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from anxin.engine.policy.definition import Policy, Step, WindowFeature
from anxin.engine.policy.language import nodes
from anxin.engine.policy.language.types import TEXTUAL
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import EventType
from anxin.engine.windows.plan import Aggregate, ColumnKind, FeatureSpec, ReaderSpec, StreamSpec, WindowPlan

MAX_FILTERS = 63


@dataclass(frozen=True)
class Filter:
    """One bit of a mask: events of some types that meet a condition; `text` is the same for the same meaning."""

    text: str
    step: Step = field(compare=False)
    timezone: str = field(compare=False)


@dataclass(frozen=True, order=True)
class Definition:
    """What a feature counts, whatever it is called."""

    by: tuple[str, ...]
    has_currency: bool
    aggregate: int
    source: str
    value: str
    is_text: bool
    window_ms: int
    delay_ms: int
    quantile: int
    min_rows: int
    steps: tuple[str, ...]
    without: str

    @property
    def filters(self) -> tuple[str, ...]:
        """Return the texts of all filters it needs."""
        return tuple(each for each in (self.source, *self.steps, self.without) if each)


@dataclass
class PlannedFeatures:
    """The plan, the filters behind its masks, and where each policy's features stand in it."""

    plan: WindowPlan
    filters: dict[str, Filter]
    places: dict[Definition, int]

    def place(self, definition: Definition) -> int:
        """Return the position of a definition among the plan's features."""
        return self.places[definition]


def filter_of(step: Step, timezone: str) -> Filter:
    """Return the filter of a step, with its canonical text `event types|where`."""
    where = step.where
    text = ",".join(step.of) + "|"
    if where is not None:
        text += where.canonical_text
        if any(isinstance(node, nodes.Call) and node.function in ("hour", "weekday") for node in where.tree.walk()):
            text += f"@{timezone}"
    return Filter(text, step, timezone)


def definition_of(feature: WindowFeature, timezone: str) -> Definition:
    """Return what the feature counts, free of its name."""
    return Definition(
        by=feature.by,
        has_currency=feature.has_currency,
        aggregate=int(feature.aggregate),
        source=filter_of(feature.source, timezone).text,
        value=feature.value or "",
        is_text=feature.value_type in TEXTUAL,
        window_ms=feature.window_ms,
        delay_ms=feature.delay_ms,
        quantile=feature.quantile,
        min_rows=feature.min_rows,
        steps=tuple(filter_of(each, timezone).text for each in feature.steps),
        without=filter_of(feature.without, timezone).text if feature.without is not None else "",
    )


def plan_features(
    policies: Sequence[Policy], schema: Schema, answered: Mapping[str, Iterable[Definition]]
) -> PlannedFeatures:
    """Return the plan shared by all policies; `answered` says what each event type must answer."""
    names: dict[Definition, str] = {}
    filters: dict[str, Filter] = {}
    for policy in policies:
        timezone = policy.settings.timezone
        for feature in policy.features.values():
            names.setdefault(definition_of(feature, timezone), feature.name)
            for step in (feature.source, *feature.steps, *([feature.without] if feature.without else [])):
                found = filter_of(step, timezone)
                filters.setdefault(found.text, found)
    streams, homes = _streams(sorted(names))
    ordered = sorted(names, key=lambda each: (homes[each], each))
    places = {each: index for index, each in enumerate(ordered)}
    specs = tuple(_feature_spec(each, names[each], homes[each], streams[homes[each]]) for each in ordered)
    readers = tuple(
        _reader(event, streams, filters, {places[each]: homes[each] for each in answered.get(event.name, ())})
        for event in schema.events.values()
    )
    settings = policies[0].settings
    plan = WindowPlan(
        streams=tuple(streams),
        features=specs,
        readers=readers,
        lateness_ms=settings.lateness_ms,
        row_cap=settings.row_cap,
        entity_cap=settings.entity_cap,
    )
    return PlannedFeatures(plan, filters, places)


def _streams(definitions: list[Definition]) -> tuple[list[StreamSpec], dict[Definition, int]]:
    """Group definitions by entities and currency; a group of more than 63 filters takes several streams."""
    groups: dict[tuple[tuple[str, ...], bool], list[list[Definition]]] = {}
    for each in definitions:
        parts = groups.setdefault((each.by, each.has_currency), [[]])
        if len({text for one in (*parts[-1], each) for text in one.filters}) > MAX_FILTERS:
            parts.append([])
        parts[-1].append(each)
    streams: list[StreamSpec] = []
    homes: dict[Definition, int] = {}
    for (by, has_currency), parts in sorted(groups.items()):
        for part in parts:
            homes.update(dict.fromkeys(part, len(streams)))
            filters = sorted({text for each in part for text in each.filters})
            columns = sorted({(each.value, _kind(each)) for each in part if each.value})
            streams.append(StreamSpec(by, has_currency, tuple(filters), tuple(columns)))
    return streams, homes


def _kind(definition: Definition) -> ColumnKind:
    return ColumnKind.TEXT if definition.is_text else ColumnKind.INTEGER


def _feature_spec(definition: Definition, name: str, home: int, stream: StreamSpec) -> FeatureSpec:
    index = stream.filters.index
    return FeatureSpec(
        name=name,
        stream=home,
        aggregate=Aggregate(definition.aggregate),
        filter=index(definition.source),
        column=stream.columns.index((definition.value, _kind(definition))) if definition.value else -1,
        window_ms=definition.window_ms,
        delay_ms=definition.delay_ms,
        min_rows=definition.min_rows,
        quantile=definition.quantile,
        steps=tuple(index(each) for each in definition.steps),
        without=index(definition.without) if definition.without else -1,
    )


def _reader(
    event: EventType, streams: Sequence[StreamSpec], filters: Mapping[str, Filter], answered: Mapping[int, int]
) -> ReaderSpec:
    """Return what an event type touches; `answered` gives the stream of each feature it answers."""
    needed = set(answered.values())
    for index, stream in enumerate(streams):
        is_source = any(event.name in filters[text].step.of for text in stream.filters)
        if is_source and all(entity in event.entities for entity in stream.entities):
            needed.add(index)
    return ReaderSpec(event.name, tuple(sorted(needed)), tuple(sorted(answered)))
