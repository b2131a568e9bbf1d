"""Windows in pure Python: the answers of the kernel, without a compiler."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence

from anxin.engine.errors import StateMismatch
from anxin.engine.windows.adoption import Adopter, Donor, adopt_streams
from anxin.engine.windows.asks import Ask
from anxin.engine.windows.contract import FeatureValue, Place, StreamStats, Windows
from anxin.engine.windows.entity import Entity, Moment
from anxin.engine.windows.keyed import check_key, entity_hash, key_check, text_token
from anxin.engine.windows.layout import MISSING, SWEEP, TIME_LIMIT, StreamLayout, is_text, layouts
from anxin.engine.windows.plan import WindowPlan
from anxin.engine.windows.saved import (
    digest_of,
    pack_header,
    pack_record,
    pack_stream,
    read_blocks,
    read_header,
    read_stream,
    write_blocks,
)
from anxin.engine.windows.scans import Span, spans_of
from anxin.engine.windows.state import blocks_of, entities_of, record_of

BEFORE_ALL = -(2**62)
ROW_BYTES = 120
ENTITY_BYTES = 400


class Stream:
    """The entities of one stream, least recently touched first."""

    __slots__ = ("entities", "evicted", "layout", "rows")

    def __init__(self, layout: StreamLayout) -> None:
        self.layout = layout
        self.entities: OrderedDict[int, Entity] = OrderedDict()
        self.evicted = 0


class Touch:
    """What one reader does with one stream: where its places are, and what it asks before and after the row enters."""

    __slots__ = ("after", "asks", "before", "first", "mask_limit", "mask_place", "salt", "stages", "stream", "texts")

    def __init__(self, plan: WindowPlan, layout: StreamLayout, reader: int, stream: int, first: int) -> None:
        spec = plan.readers[reader]
        self.stream = stream
        self.first = first
        self.texts = [is_text(layout.spec, each) for each in range(len(layout.spec.columns))]
        self.mask_place = first + layout.spec.key_parts
        self.mask_limit = 1 << len(layout.spec.filters)
        self.salt = layout.salt
        self.asks = [
            Ask(plan.features[each], layout, place)
            for place, each in enumerate(spec.features)
            if plan.features[each].stream == stream
        ]
        self.before = [each for each in self.asks if each.excludes_self]
        self.after = [each for each in self.asks if not each.excludes_self]
        self.stages = [(each, spans_of(each), [a for a in each if a.is_long]) for each in (self.before, self.after)]


Stage = tuple[list[Ask], list[Span], list[Ask]]
Entry = tuple[Touch, int, int, list[int | None]]


class ReferenceWindows:
    """The pure-Python `Windows`."""

    def __init__(self, plan: WindowPlan, *, key: bytes) -> None:
        self.plan = plan
        self.key = check_key(key)
        self.too_late = False
        self.approximate: tuple[int, ...] = ()
        self.streams = [Stream(each) for each in layouts(plan)]
        self._watermark: int | None = None
        self._seq = 0
        self._programs = [self._program(each) for each in range(len(plan.readers))]
        self._nothing = Entity()

    def _program(self, reader: int) -> tuple[int, int, list[Touch]]:
        spec = self.plan.readers[reader]
        touches, first = [], 0
        for stream in spec.streams:
            touches.append(Touch(self.plan, self.streams[stream].layout, reader, stream, first))
            first += self.plan.streams[stream].width
        return len(spec.features), first, touches

    @property
    def watermark(self) -> int | None:
        """Return the largest counted event time, or None before the first."""
        return self._watermark

    def token(self, text: str) -> int:
        return text_token(self.key, text)

    def observe(self, reader: int, t: int, places: Sequence[Place]) -> list[FeatureValue]:
        return self._run(reader, t, places, is_peek=False)

    def peek(self, reader: int, t: int, places: Sequence[Place]) -> list[FeatureValue]:
        watermark = self._watermark
        try:
            return self._run(reader, t, places, is_peek=True)
        finally:
            self._watermark = watermark

    def _run(self, reader: int, t: int, places: Sequence[Place], *, is_peek: bool) -> list[FeatureValue]:
        size, width, touches = self._programs[reader]
        if len(places) != width:
            raise ValueError(f"the reader takes {width} places, not {len(places)}")
        if not -TIME_LIMIT < t < TIME_LIMIT:
            raise OverflowError("event time out of range")
        entries = self._entries(touches, places)
        watermark = self._watermark
        self.too_late = watermark is not None and t < watermark - self.plan.lateness_ms
        if watermark is None or t > watermark:
            self._watermark = t
        self._seq += 1
        answers: list[FeatureValue] = [None] * size
        flagged: list[int] = []
        for entry in entries:
            self._touch(entry, t, answers, flagged, is_peek=is_peek)
        self.approximate = tuple(sorted(flagged))
        return answers

    def _entries(self, touches: list[Touch], places: Sequence[Place]) -> list[Entry]:
        entries = []
        for touch in touches:
            cursor = touch.mask_place
            parts = places[touch.first : cursor]
            values = [
                None if place is None else self._value(place, is_token=text)
                for place, text in zip(places[cursor + 1 :], touch.texts, strict=False)
            ]
            mask = _mask(places[cursor], touch.mask_limit)
            if None not in parts:
                entries.append((touch, entity_hash(self.key, touch.salt, _texts(parts)), mask, values))
        return entries

    def _value(self, place: str | int, *, is_token: bool) -> int:
        if is_token:
            if not isinstance(place, str):
                raise TypeError("a text column takes text")
            return text_token(self.key, place)
        if not isinstance(place, int):
            raise TypeError("an integer column takes an integer")
        if not MISSING < place < -MISSING:
            raise OverflowError("value beyond 64 bits")
        return int(place)

    def _touch(self, entry: Entry, t: int, answers: list[FeatureValue], flagged: list[int], *, is_peek: bool) -> None:
        touch, hashed, mask, values = entry
        stream = self.streams[touch.stream]
        layout = stream.layout
        lateness = self.plan.lateness_ms
        watermark = self._watermark if self._watermark is not None else BEFORE_ALL
        bound = watermark - layout.retention_ms - lateness
        entity = stream.entities.get(hashed)
        enters = mask != 0 and not self.too_late
        if entity is not None:
            if is_peek:
                entity = entity.copy()
            elif not self.too_late:
                stream.entities.move_to_end(hashed)
            entity.expire(layout, bound, watermark, lateness)
        elif enters:
            entity = Entity() if is_peek else self._create(stream, hashed, bound, watermark)
        if entity is None:
            entity, enters = self._nothing, False
        if enters and not entity.is_capped and len(entity.rows) + (t > bound) > self.plan.row_cap:
            entity.cap(layout)
        moment = (t, bound, watermark - lateness)
        self._answer(touch.stages[0], entity, layout, moment, answers)
        if enters:
            entity.insert(layout, (t, self._seq, mask, *values), bound)
        self._answer(touch.stages[1], entity, layout, moment, answers)
        if layout.has_days or entity.is_capped:
            flagged.extend([each.place for each in touch.asks if each.is_long or entity.is_capped])

    def _answer(
        self, stage: Stage, entity: Entity, layout: StreamLayout, moment: Moment, answers: list[FeatureValue]
    ) -> None:
        asks, spans, long = stage
        if entity.is_capped or entity.index is not None:
            for ask in asks:
                answers[ask.place] = entity.answer(ask, layout, moment)
            return
        for span in spans:
            if span.is_ever and entity.base is not None:
                for ask in span.asks:
                    answers[ask.place] = entity.answer(ask, layout, moment)
            else:
                span.fill(answers, entity.rows, moment[0], moment[1])
        for ask in long:
            answers[ask.place] = entity.answer(ask, layout, moment)

    def _create(self, stream: Stream, hashed: int, bound: int, watermark: int) -> Entity:
        entities = stream.entities
        for _ in range(SWEEP):
            coldest = next(iter(entities), None)
            if coldest is not None:
                entity = entities[coldest]
                entity.expire(stream.layout, bound, watermark, self.plan.lateness_ms)
                if not entity.is_live():
                    del entities[coldest]
        if len(entities) >= self.plan.entity_cap:
            entities.popitem(last=False)
            stream.evicted += 1
        entity = entities[hashed] = Entity()
        return entity

    def dump(self, write: Callable[[bytes], object]) -> None:
        write(pack_header(len(self.streams), key_check(self.key), self._watermark))
        for each in self.streams:
            write(pack_stream(each.layout.fingerprint, each.evicted, len(each.entities)))
            write_blocks(write, blocks_of(each.entities.items()))

    def load(self, read: Callable[[int], bytes]) -> None:
        if self._watermark is not None or any(each.entities for each in self.streams):
            raise ValueError("only empty windows can read a saved state")
        header = read_header(read, key_check(self.key))
        own = {each.layout.fingerprint: each for each in self.streams}
        for _ in range(header.streams):
            head = read_stream(read)
            stream = own.get(head.fingerprint)
            for block in read_blocks(read):
                if stream is not None:
                    self._seq += len(block)
                    stream.entities.update(entities_of(stream.layout, block))
            if stream is not None:
                stream.evicted = head.evicted
        self._watermark = header.watermark

    def digest(self) -> bytes:
        return digest_of(
            self._watermark,
            [(each.layout.fingerprint, each.evicted, self._live_records(each)) for each in self.streams],
        )

    def _live_records(self, stream: Stream) -> Iterator[bytes]:
        watermark = self._watermark if self._watermark is not None else BEFORE_ALL
        bound = watermark - stream.layout.retention_ms - self.plan.lateness_ms
        for hashed, entity in stream.entities.items():
            entity.expire(stream.layout, bound, watermark, self.plan.lateness_ms)
            if entity.is_live():
                yield pack_record(record_of(hashed, entity))

    def adopt(self, other: Windows) -> tuple[int, ...]:
        adopter = Adopter(self.plan, self.layouts, lambda new, old: self._steal(other, new, old), self._load)
        donor: Donor = other.donor()
        if key_check(self.key) != donor.key_check:
            raise StateMismatch(reason="another key")
        warming = adopt_streams(adopter, donor)
        self._watermark = donor.watermark
        return warming

    def donor(self) -> Donor:
        """Return what other windows need to adopt from these."""
        return Donor(
            plan=self.plan,
            layouts=self.layouts,
            watermark=self._watermark,
            key_check=key_check(self.key),
            blocks=lambda stream: blocks_of(self.streams[stream].entities.items()),
            evicted=lambda stream: self.streams[stream].evicted,
        )

    @property
    def layouts(self) -> list[StreamLayout]:
        """Return how each stream keeps its state."""
        return [each.layout for each in self.streams]

    def _steal(self, other: Windows, new: int, old: int) -> bool:
        if not isinstance(other, ReferenceWindows):
            return False
        mine, theirs = self.streams[new], other.streams[old]
        mine.entities, mine.evicted = theirs.entities, theirs.evicted
        theirs.entities, theirs.evicted = OrderedDict(), 0
        self._seq = max(self._seq, other._seq)
        return True

    def _load(self, number: int, records: Iterable[bytes], evicted: int) -> bool:
        stream = self.streams[number]
        stream.evicted = evicted
        for record in records:
            self._seq += len(record)
            stream.entities.update(entities_of(stream.layout, record))
        is_over = len(stream.entities) > self.plan.entity_cap
        while len(stream.entities) > self.plan.entity_cap:
            stream.entities.popitem(last=False)
            stream.evicted += 1
        return not is_over

    def stats(self) -> list[StreamStats]:
        found = []
        for each in self.streams:
            rows = sum(len(entity.rows) for entity in each.entities.values())
            size = rows * ROW_BYTES + len(each.entities) * ENTITY_BYTES
            found.append(StreamStats(len(each.entities), rows, each.evicted, size))
        return found


def _mask(place: Place, limit: int) -> int:
    if not isinstance(place, int):
        raise TypeError("a mask is an integer")
    if not 0 <= place < limit:
        raise OverflowError("mask beyond the filters of the stream")
    return place


def _texts(parts: Sequence[Place]) -> list[str]:
    for each in parts:
        if not isinstance(each, str):
            raise TypeError("a key part is text")
    return [each for each in parts if isinstance(each, str)]
