"""Generated functions that read from an event what the windows count."""

from __future__ import annotations

from collections.abc import Mapping

from anxin.engine.policy.compiler.frame import Frame, Surroundings
from anxin.engine.policy.compiler.pieces import Mode
from anxin.engine.policy.compiler.plan import Filter
from anxin.engine.policy.compiler.render import Renderer
from anxin.engine.schema.types import EventType, FieldType
from anxin.engine.windows.plan import ColumnKind, ReaderSpec, StreamSpec, WindowPlan

_INTEGERS = (FieldType.INT, FieldType.MONEY, FieldType.BOOL, FieldType.TIME)
_TEXTS = (FieldType.TEXT, FieldType.IP, FieldType.PHONE, FieldType.EMAIL)


def extract_source(
    event: EventType,
    plan: WindowPlan,
    filters: Mapping[str, Filter],
    surroundings: Surroundings,
) -> str:
    """Return the source of `extract(event, lists)`, which gives the flat places of `windows.contract.observe`."""
    return _Extract(event, filters, surroundings).source(plan, plan.readers[plan.reader_index[event.name]])


class _Extract:
    def __init__(self, event: EventType, filters: Mapping[str, Filter], surroundings: Surroundings) -> None:
        self.event = event
        self.filters = filters
        self.frame = Frame(event, surroundings, {})
        self.renderer = Renderer(self.frame)

    def source(self, plan: WindowPlan, reader: ReaderSpec) -> str:
        places = [place for index in reader.streams for place in self._places(plan.streams[index])]
        lines = ["def extract(event, lists=no_lists):", "    t = event.occurred_at"]
        lines += [f"    {line}" for line in self.frame.lines]
        lines.append(f"    return ({', '.join(places)}{',' if places else ''})")
        return "\n".join(lines) + "\n"

    def _places(self, stream: StreamSpec) -> list[str]:
        keys = [self.frame.field(self.event.entities[entity]) for entity in stream.entities]
        if stream.has_currency:
            keys.append(self.frame.field("currency"))
        return [*keys, self._mask(stream), *(self._column(*column) for column in stream.columns)]

    def _mask(self, stream: StreamSpec) -> str:
        always, terms = 0, []
        for bit, text in enumerate(stream.filters):
            step = self.filters[text].step
            self.frame.timezone = self.filters[text].timezone
            if self.event.name not in step.of:
                continue
            if step.where is None:
                always |= 1 << bit
                continue
            condition = self.renderer.truth(step.where.tree, Mode.TRUE)
            local = self.frame.load(f"w_{self.frame.constant(text)}", lambda code=condition: code)  # type: ignore[misc]  # bound now
            terms.append(f"({1 << bit} if {local} else 0)")
        if always or not terms:
            terms.insert(0, str(always))
        return " | ".join(terms)

    def _column(self, name: str, kind: ColumnKind) -> str:
        spec = self.event.fields.get(name)
        wanted = _TEXTS if kind is ColumnKind.TEXT else _INTEGERS
        return self.frame.field(name) if spec is not None and spec.type in wanted else "None"
