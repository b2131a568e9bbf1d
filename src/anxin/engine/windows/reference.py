"""Windows in pure Python: the answers of the kernel, without a compiler."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from anxin.engine.errors import StateMismatch
from anxin.engine.windows.adoption import BEFORE_ALL, claims_of
from anxin.engine.windows.asks import Ask
from anxin.engine.windows.contract import Donor, FeatureValue, Held, Place, StreamStats, Windows
from anxin.engine.windows.doors import Door, Hashes, Tokens, door_code
from anxin.engine.windows.entity import Entity, Moment
from anxin.engine.windows.keyed import check_key, key_check, text_token
from anxin.engine.windows.layout import SWEEP, TIME_LIMIT, StreamLayout, layouts
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
from anxin.engine.windows.scans import spans_of
from anxin.engine.windows.state import blocks_of, record_of
from anxin.engine.windows.streams import Stream
from anxin.engine.windows.touches import TouchCode, TouchWriter

ROW_BYTES = 120
ENTITY_BYTES = 400


class Stage:
    """Features that are answered together: by scans of short logs, else one by one."""

    __slots__ = ("asks", "long", "spans")

    def __init__(self, asks: Sequence[Ask]) -> None:
        self.asks = list(asks)
        self.spans = spans_of(asks)
        self.long = [each for each in asks if each.is_long]


class Touch:
    """What one reader does with one stream: where its places begin, what it asks before and after the row enters."""

    __slots__ = ("after", "asks", "before", "first", "stages", "stream")

    def __init__(self, plan: WindowPlan, layout: StreamLayout, reader: int, stream: int, first: int) -> None:
        features = enumerate(plan.readers[reader].features)
        self.stream = stream
        self.first = first
        self.asks = [
            Ask(plan.features[each], layout, place) for place, each in features if plan.features[each].stream == stream
        ]
        self.before = [each for each in self.asks if each.excludes_self]
        self.after = [each for each in self.asks if not each.excludes_self]
        self.stages = (Stage(self.before), Stage(self.after))


Entry = tuple[Touch, int, int, list[int | None]]


@dataclass(frozen=True)
class Program:
    """One reader: how many features and places, and the code that checks places and that observes."""

    size: int
    width: int
    entries: Callable[[Sequence[Place]], list[Entry]]
    observe: Callable[..., None]


class ReferenceWindows:
    """The pure-Python `Windows`."""

    def __init__(self, plan: WindowPlan, *, key: bytes) -> None:
        self.plan = plan
        self.key = check_key(key)
        self.too_late = False
        self.approximate: tuple[int, ...] = ()
        self.streams = [Stream(plan, number, each) for number, each in enumerate(layouts(plan))]
        self._watermark: int | None = None
        self._seq = 0
        self._nothing = Entity()
        self._leftovers: list[Stream] = []
        self._tokens = Tokens(key)
        self._hashes = {each.layout.salt: Hashes(key, each.layout.salt) for each in self.streams}
        self._programs = [self._program(each) for each in range(len(plan.readers))]

    def _program(self, reader: int) -> Program:
        spec = self.plan.readers[reader]
        doors, first = [], 0
        space: dict[str, Any] = {"tokens": self._tokens}
        for number in spec.streams:
            layout = self.streams[number].layout
            touch = Touch(self.plan, layout, reader, number, first)
            space |= {f"TOUCH{number}": touch, f"hashes{number}": self._hashes[layout.salt]}
            space[f"touch{number}"] = self._touch_code(touch)
            doors.append(Door(number, first, layout.spec))
            first += layout.spec.width
        return Program(len(spec.features), first, *door_code(doors, space))

    def _touch_code(self, touch: Touch) -> TouchCode:
        stream = self.streams[touch.stream]
        layout, running = stream.layout, stream.running
        writer = TouchWriter(running, touch.asks, retention=layout.retention_ms, has_panes=layout.has_days)
        space = {"TOUCH": touch, "STREAM": stream, "LAYOUT": layout, "RUNNING": running}
        space |= {"ROW_CAP": self.plan.row_cap, "LATENESS": self.plan.lateness_ms, "SWEEP": SWEEP}
        space |= {"BEFORE": Stage([each for each in writer.rest if each.excludes_self])}
        space |= {"AFTER": Stage([each for each in writer.rest if not each.excludes_self])}
        space |= {"slow": self._touch, "create": self._create, "answer": self._answer}
        space |= {"leave": running.leave}
        return writer.compiled(space)

    @property
    def watermark(self) -> int | None:
        """Return the largest counted event time, or None before the first."""
        return self._watermark

    def token(self, text: str) -> int:
        return text_token(self.key, text)

    def observe(self, reader: int, t: int, places: Sequence[Place]) -> list[FeatureValue]:
        program = self._programs[reader]
        _check(program, t, places)
        watermark = self._watermark
        if watermark is not None and t < watermark - self.plan.lateness_ms:
            return self._slowly(program, t, places, is_peek=False)
        answers: list[FeatureValue] = [None] * program.size
        flagged: list[int] = []
        program.observe(places, t, self._begin, answers, flagged)
        self.approximate = tuple(sorted(flagged)) if flagged else ()
        return answers

    def _begin(self, t: int) -> tuple[int, int]:
        """Count an event that is not too late; return its seq and the watermark."""
        self.too_late = False
        watermark = self._watermark
        if watermark is None or t > watermark:
            self._watermark = watermark = t
        self._seq = seq = self._seq + 1
        return seq, watermark

    def peek(self, reader: int, t: int, places: Sequence[Place]) -> list[FeatureValue]:
        watermark = self._watermark
        program = self._programs[reader]
        _check(program, t, places)
        try:
            return self._slowly(program, t, places, is_peek=True)
        finally:
            self._watermark = watermark

    def _slowly(self, program: Program, t: int, places: Sequence[Place], *, is_peek: bool) -> list[FeatureValue]:
        entries = program.entries(places)
        watermark = self._watermark
        self.too_late = watermark is not None and t < watermark - self.plan.lateness_ms
        if watermark is None or t > watermark:
            self._watermark = t
        self._seq += 1
        answers: list[FeatureValue] = [None] * program.size
        flagged: list[int] = []
        for entry in entries:
            self._touch(entry, t, answers, flagged, is_peek=is_peek)
        self.approximate = tuple(sorted(flagged))
        return answers

    def _touch(
        self, entry: Entry, t: int, answers: list[FeatureValue], flagged: list[int], *, is_peek: bool = False
    ) -> None:
        """Do what a touch does for any event; the written code of a touch does it for one in order."""
        touch, hashed, mask, values = entry
        stream = self.streams[touch.stream]
        layout = stream.layout
        lateness = self.plan.lateness_ms
        watermark = self._watermark if self._watermark is not None else BEFORE_ALL
        bound = watermark - layout.retention_ms - lateness
        entity = stream.entities.get(hashed)
        if entity is None and stream.formers:
            # What leaves the order of touches as it is leaves the entity where it lies, too.
            entity = stream.find(hashed) if is_peek or self.too_late else stream.recall(hashed)
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
        if enters and not entity.is_capped and len(entity) + (t > bound) > self.plan.row_cap:
            entity.cap(layout)
            stream.capped += not is_peek
        if stream.running.is_indexed:
            entity.indexed()
        moment = (t, bound, watermark - lateness)
        self._answer(touch.stages[0], entity, layout, moment, answers)
        if enters:
            entity.take(layout, (t, self._seq, mask, *values), bound)
        self._answer(touch.stages[1], entity, layout, moment, answers)
        if layout.has_days or entity.is_capped:
            flagged.extend([each.place for each in touch.asks if each.is_long or entity.is_capped])

    def _answer(
        self, stage: Stage, entity: Entity, layout: StreamLayout, moment: Moment, answers: list[FeatureValue]
    ) -> None:
        if entity.is_capped or entity.index is not None:
            for ask in stage.asks:
                answers[ask.place] = entity.answer(ask, layout, moment)
            return
        for span in stage.spans:
            if span.is_ever and entity.base is not None:
                for ask in span.asks:
                    answers[ask.place] = entity.answer(ask, layout, moment)
            else:
                span.fill(answers, entity, moment[0], moment[1])
        for ask in stage.long:
            answers[ask.place] = entity.answer(ask, layout, moment)

    def _create(self, stream: Stream, hashed: int, bound: int, watermark: int) -> Entity:
        entities = stream.entities
        if stream.formers:
            self._sweep(stream, bound, watermark)
        elif entities:
            rows = entities[next(iter(entities))].rows
            if not rows or rows[-1][0] <= bound:
                self._sweep(stream, bound, watermark)
        if stream.formers or len(entities) >= self.plan.entity_cap:
            self._keep_to_cap(stream)
        entity = entities[hashed] = Entity()
        return entity

    def _keep_to_cap(self, stream: Stream) -> None:
        """Make room for one entity; under a cap lower than the plan's before, for one of those too many besides."""
        for _ in range(SWEEP):
            if len(stream) >= self.plan.entity_cap:
                stream.forget_coldest()
                stream.evicted += 1

    def _sweep(self, stream: Stream, bound: int, watermark: int) -> None:
        """Forget the coldest entities that have nothing left, at most `SWEEP`."""
        for _ in range(SWEEP):
            entity = stream.coldest()
            if entity is None:
                return
            entity.expire(stream.layout, bound, watermark, self.plan.lateness_ms)
            if entity.is_live():
                return
            stream.forget_coldest()

    def dump(self, write: Callable[[bytes], object]) -> None:
        write(pack_header(len(self.streams), key_check(self.key), self._watermark))
        for each in self.streams:
            write(pack_stream(each.layout.fingerprint, each.evicted, len(each)))
            write_blocks(write, blocks_of(each.items()))

    def load(self, read: Callable[[int], bytes]) -> None:
        if self._watermark is not None or any(len(each) for each in self.streams):
            raise ValueError("only empty windows can read a saved state")
        header = read_header(read, key_check(self.key))
        own = {each.layout.fingerprint: each for each in self.streams}
        for _ in range(header.streams):
            head = read_stream(read)
            stream = own.get(head.fingerprint)
            for block in read_blocks(read):
                if stream is not None:
                    self._seq += len(block)
                    stream.load(block)
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
        for hashed, entity in stream.items():
            entity.expire(stream.layout, bound, watermark, self.plan.lateness_ms)
            if entity.is_live():
                yield pack_record(record_of(hashed, entity))

    def adopt(self, other: Windows) -> tuple[int, ...]:
        donor: Donor = other.donor()
        if key_check(self.key) != donor.key_check:
            raise StateMismatch(reason="another key", reason_zh="密钥不同")
        claims, warming = claims_of(self.plan, self.layouts, donor)
        for claim in claims:
            stream = self.streams[claim.stream]
            if isinstance(other, ReferenceWindows):
                stream.take(other.streams[claim.source], claim.rewriter, is_shared=claim.is_shared)
            else:
                for block in claim.blocks(donor):
                    self._seq += len(block)
                    stream.load(block)
                stream.evicted = donor.held(claim.source).evicted
        if isinstance(other, ReferenceWindows):
            self._seq = max(self._seq, other._seq)
            self._leftovers += [*other._leftovers, *other.streams]
        self._watermark = donor.watermark
        return warming

    def carry(self, work: int) -> bool:
        for each in self.streams:
            work = each.carry(work)
            if work <= 0:
                return True
        while self._leftovers:
            if not len(self._leftovers[-1]):
                self._leftovers.pop()
            elif work <= 0:
                return True
            else:
                self._leftovers[-1].forget_coldest()
                work -= 1
        return False

    def donor(self) -> Donor:
        """Return what other windows need to adopt from these."""
        return Donor(
            plan=self.plan,
            layouts=self.layouts,
            watermark=self._watermark,
            key_check=key_check(self.key),
            blocks=lambda stream: blocks_of(self.streams[stream].items()),
            held=self._held,
        )

    def _held(self, number: int) -> Held:
        stream = self.streams[number]
        return Held(entities=len(stream), evicted=stream.evicted, capped=stream.capped)

    @property
    def layouts(self) -> list[StreamLayout]:
        """Return how each stream keeps its state."""
        return [each.layout for each in self.streams]

    def stats(self) -> list[StreamStats]:
        found = []
        for each in self.streams:
            rows = sum(len(entity) for _, entity in each.items())
            size = rows * ROW_BYTES + len(each) * ENTITY_BYTES
            found.append(StreamStats(len(each), rows, each.evicted, size))
        return found


def _check(program: Program, t: int, places: Sequence[Place]) -> None:
    if len(places) != program.width:
        raise ValueError(f"the reader takes {program.width} places, not {len(places)}")
    if not -TIME_LIMIT < t < TIME_LIMIT:
        raise OverflowError("event time out of range")
