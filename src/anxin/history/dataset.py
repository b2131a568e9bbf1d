"""The engine's own point-in-time inputs of a history, as a matrix to learn from."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from anxin.engine.arrival import Arrival
from anxin.engine.backtest import ObservedArrival, RefusedArrival, observe_inputs
from anxin.engine.decide import Engine
from anxin.engine.errors import EngineError, EventRefused
from anxin.engine.policy.definition import ModelFile as PolicyModel
from anxin.engine.policy.definition import Policy
from anxin.engine.schema.decoder import EventDecoder
from anxin.engine.schema.types import FieldType
from anxin.engine.scoring.model import ModelFile, dump_model
from anxin.engine.scoring.tables import LinearTables
from anxin.history.errors import HistoryError, RowRefused, TrainingImpossible
from anxin.history.replay import history_engine

UNLABELLED = -1
MOST_WORDS = 256
_NUMBERS = frozenset({FieldType.INT, FieldType.NUMBER, FieldType.BOOL, FieldType.MONEY})


@dataclass(frozen=True)
class InputChoice:
    """What a model reads: features, computed features and event fields by name, on some event types.

    `categories` gives the words of the inputs that are texts.
    """

    names: tuple[str, ...]
    event_types: tuple[str, ...]
    categories: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class Dataset:
    """Rows of inputs, row after row in `values`, with labels (1 fraud, 0 ordinary, −1 unknown), times and parts."""

    names: tuple[str, ...]
    values: array[float] = field(default_factory=lambda: array("d"))
    labels: array[int] = field(default_factory=lambda: array("b"))
    times: array[int] = field(default_factory=lambda: array("q"))
    parts: list[str | None] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.labels)


def choose_inputs(
    policy: Policy, *, event_types: Sequence[str], fields: Sequence[str], without: Sequence[str] = ()
) -> InputChoice:
    """Return all features of a policy that the event types answer, and the given fields, less those in `without`.

    Raises TrainingImpossible for a name or event type that does not exist.
    """
    for event_type in event_types:
        if event_type not in policy.schema.events:
            raise TrainingImpossible(
                reason=f"there is no event type {event_type}", reason_zh=f"没有事件类型 {event_type}"
            )
    known = {name for event_type in event_types for name in policy.schema.events[event_type].fields}
    for name in fields:
        if name not in known:
            types = ", ".join(event_types)
            raise TrainingImpossible(reason=f"no field {name} on {types}", reason_zh=f"{types} 没有字段 {name}")
    carried = [set(policy.schema.events[event_type].entities) for event_type in event_types]
    answered = [name for name, each in policy.features.items() if any(set(each.by) <= have for have in carried)]
    names = [name for name in (*fields, *answered, *policy.computes) if name not in set(without)]
    if not names:
        raise TrainingImpossible(
            reason="the policy has no feature that these events answer", reason_zh="策略中没有这些事件能回答的特征"
        )
    return InputChoice(tuple(names), tuple(event_types))


def with_categories(choice: InputChoice, policy: Policy, open_arrivals: Callable[[], Iterable[Arrival]]) -> InputChoice:
    """Return the choice with the words of its text fields, most frequent first, at most 256 each.

    Without a text field the arrivals are not opened. Raises RowRefused as `collect` does.
    """
    kinds = {name: _field_type(policy, choice, name) for name in choice.names}
    texts = [name for name, kind in kinds.items() if kind is not None and kind not in _NUMBERS]
    if not texts:
        return choice
    decode = EventDecoder(policy.schema).decode
    counts: dict[str, dict[str, int]] = {name: {} for name in texts}
    for arrival in open_arrivals():
        try:
            received = decode(arrival.raw)
        except EventRefused as error:
            raise _refusal(arrival.row, arrival.unfit or error) from error
        if received.event_type in choice.event_types:
            for name, seen in counts.items():
                word = getattr(received.event, name)
                if isinstance(word, str):
                    seen[word] = seen.get(word, 0) + 1
    words = {name: sorted(seen, key=lambda word: (-seen[word], word))[:MOST_WORDS] for name, seen in counts.items()}
    return replace(choice, categories=words)


def collect(policy: Policy, choice: InputChoice, arrivals: Iterable[Arrival], *, key_field: str = "") -> Dataset:
    """Return the inputs at every arrival of the chosen event types, as the engine would have had them online.

    `key_field` names an event field to keep beside each row. Raises RowRefused where the engine refuses an event,
    ValueUnfit where a value does not fit.
    """
    found = Dataset(choice.names)
    extend, label, moment = found.values.extend, found.labels.append, found.times.append
    for item in observe_inputs(_engine_for(policy, choice), arrivals):
        if isinstance(item, ObservedArrival):
            extend(item.inputs)
            label(UNLABELLED if item.arrival.label is None else int(item.arrival.label))
            moment(item.received.t)
            found.parts.append(item.arrival.part)
            if key_field:
                found.keys.append(str(getattr(item.received.event, key_field, "")))
        elif isinstance(item, RefusedArrival):
            raise _refusal(item.arrival.row, item.error)
    return found


def _refusal(row: int, error: EngineError) -> HistoryError:
    if isinstance(error, HistoryError):
        return error
    return RowRefused(row=row, reason=error.sentence("en"), reason_zh=error.sentence("zh"))


def _engine_for(policy: Policy, choice: InputChoice) -> Engine:
    """Return an engine whose model reads the chosen inputs and weighs none of them."""
    width = len(choice.names)
    plain = ModelFile(
        name="inputs",
        version="0",
        inputs=list(choice.names),
        tables=LinearTables(weights=[0.0] * width, means=[0.0] * width, bias=0.0),
        event_types=list(choice.event_types),
    )
    document = dump_model(plain).decode()
    categories = {name: tuple(words) for name, words in choice.categories.items()}
    model = PolicyModel("inputs", "0", choice.names, choice.event_types, categories, document)
    return history_engine(replace(policy, model=model))


def _field_type(policy: Policy, choice: InputChoice, name: str) -> FieldType | None:
    for event_type in choice.event_types:
        spec = policy.schema.events[event_type].fields.get(name)
        if spec is not None:
            return spec.type
    return None
