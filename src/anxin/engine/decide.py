"""The engine: one organisation's events in, decisions with reasons out; time and order come with the events."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from anxin.engine.brakes import BrakeTripped
from anxin.engine.control import ControlRefused, Order, PublishPolicy, WithdrawPolicy, obey, parse_order
from anxin.engine.decision import Decision, FeatureValue, Reason, ShadowVerdict
from anxin.engine.declared import declare_lists
from anxin.engine.errors import EngineError, EventTimeAhead
from anxin.engine.explain.explain import explain
from anxin.engine.explain.explanation import Explanation
from anxin.engine.judge import MODEL, Judge, Judged
from anxin.engine.judgement import actions_of, hold_reason, reasons_of
from anxin.engine.lists.ended import free_ended
from anxin.engine.lists.holds import Hold, HoldStore
from anxin.engine.lists.store import ListStore
from anxin.engine.log.records import ControlRecord
from anxin.engine.policy.definition import Policy
from anxin.engine.policy.interpreter import Situation
from anxin.engine.policy.loader import parse_policy
from anxin.engine.roster import Roster
from anxin.engine.saved import SavedParts, digest_parts, dump_parts, load_parts
from anxin.engine.schema.decoder import EventDecoder, Received
from anxin.engine.schema.invalid import SchemaInvalid
from anxin.engine.schema.normalise import normal_form
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import FieldType
from anxin.engine.stations import Foreseen, Prepared, Station, Working, put_to_work, warming_again, warming_until
from anxin.engine.windows.choice import Implementation, new_windows

MAX_AHEAD_MS = 300_000
SHARES = 1000
_encode = msgspec.json.Encoder().encode


class Decided(msgspec.Struct, gc=False):
    """A decision and the feature vector it saw.

    `trips` are the brakes that tripped with it; `held` are the holds it met; `approximate` are places in the vector.
    """

    decision: Decision
    vector: list[FeatureValue]
    judged: Judged
    judge: Judge
    trips: tuple[BrakeTripped, ...]
    held: tuple[Hold, ...]
    approximate: tuple[int, ...]
    _answer: bytes | None = None

    @property
    def answer(self) -> bytes:
        """Return the decision's JSON."""
        if self._answer is None:
            self._answer = _encode(self.decision)
        return self._answer


class Engine:
    """Decides the events of one organisation.

    `policies` is the live policy, then shadows. `index_key` (32 bytes) keys the tokens of personal values,
    `windows_key` (16 bytes) the entities. `stopwatch` returns nanoseconds; None means that no decision is ever late.
    `budget_us` is what a decision may take before its model is left out.
    """

    def __init__(
        self,
        policies: Sequence[Policy],
        *,
        schema: Schema | None = None,
        index_key: bytes,
        windows_key: bytes,
        stopwatch: Callable[[], int] | None = None,
        budget_us: int = 50_000,
        implementation: Implementation | None = None,
    ) -> None:
        self._base_schema = schema or Schema.shipped()
        self._index_key = index_key
        self._windows_key = windows_key
        self._stopwatch = stopwatch
        self._budget_ns = budget_us * 1000
        self._implementation = implementation
        self.lists = ListStore()
        self.holds = HoldStore()
        self.control_seq = 0
        self._warming: dict[int, int] = {}
        self._foreseen: Foreseen | None = None
        self._is_carrying = False
        live, *shadows = policies
        self._working = self._put_to_work(Roster(live, shadows=tuple(shadows)))
        self.windows = new_windows(self._working.plan, key=windows_key, force=implementation)
        self._take_up(self._working)
        declare_lists(self.lists, policies)

    @property
    def schema(self) -> Schema:
        """Return the schema of all working policies together."""
        return self._working.compiled.schema

    @property
    def roster(self) -> Roster:
        """Return which policies work, and in which role."""
        return self._working.roster

    @property
    def working(self) -> Working:
        """Return the compiled policies."""
        return self._working

    def parse(self, raw: bytes, *, received_at: int | None = None) -> Received:
        """Return the event of a body; raise EventRefused.

        With `received_at` (ms UTC) an event over 5 min ahead of it is refused; a replay has no such door.
        """
        received = self._decoder.decode(raw)
        if received_at is not None and received.t > received_at + MAX_AHEAD_MS:
            ahead = (received.t - received_at) // 1000
            raise EventTimeAhead(pointer="/occurred_at", ahead_seconds=ahead)
        return received

    def decide(self, received: Received, *, seq: int, without: Sequence[str] = ()) -> Decided:
        """Count one event and return its decision.

        `without` names parts that are left out, here or before the event came here: the decision says so in `degraded`,
        and its replay needs the same.
        """
        is_late = self._lateness(without) if without or self._stopwatch is not None else None
        vector, flags = self._count(received)
        judge = self._live if self._canary is None else self._judge_of(received)
        judged = judge.judge(received, vector, self.lists, is_late=is_late)
        fired, verdict = judged.fired, judged.verdict
        reasons = reasons_of(fired) if fired else ()
        holds: tuple[Hold, ...] = ()
        if self.holds.has_any and (held := self._holds_of(received)):
            holds = tuple(hold for hold, _ in held)
            reasons = (*(reason for _, reason in held), *reasons)
            verdict = max(verdict, *(hold.verdict for hold in holds))
        decision = Decision(
            event_id=received.event_id,
            seq=seq,
            verdict=verdict.word,
            score=judged.score,
            reasons=reasons,
            flags=flags,
            policy=judge.label,
            model=judge.model_title,
            degraded=(*judged.degraded, *(part for part in without if part != MODEL)) if without else judged.degraded,
            control_seq=self.control_seq,
            user_text=fired[0].user_text if fired else None,
            actions=actions_of(fired) if fired else (),
            unknown=judged.unknown,
            shadows=self._shadow_verdicts(received, vector, is_late) if self._shadows else (),
        )
        trips = tuple(judge.brakes.take_trips()) if fired else ()
        return Decided(decision, vector, judged, judge, trips, holds, self.windows.approximate)

    def replay(self, received: Received, *, without: Sequence[str] = ()) -> list[FeatureValue]:
        """Count one event that was decided before, and return its features; the state is then as after `decide`.

        Lists, holds and policies must be those of then. No answer is made and no judge but the brakes' is asked.
        """
        vector, _ = self._count(received)
        judge = self._live if self._canary is None else self._judge_of(received)
        judge.recount(received, vector, self.lists, is_late=self._lateness(without) if without else None)
        return vector

    def _count(self, received: Received) -> tuple[list[FeatureValue], tuple[str, ...]]:
        """Let the windows count one event; return its features and flags."""
        station, windows = self._working.stations[received.event_type], self.windows
        vector = windows.observe(station.reader, received.t, station.extract(received.event, self.lists))
        if windows.too_late or windows.approximate or self._warming:
            return vector, self._flags(station, received.t)
        return vector, ()

    def explain(self, received: Received, decided: Decided) -> Explanation:
        """Return why a decision was made, as long as the lists and policies it was made with are at work."""
        judge, vector = decided.judge, decided.vector
        situation = Situation(
            received.event_type, received.event, received.t, vector, self.lists, decided.judged.model_score
        )
        inputs = judge.program.model_inputs.get(received.event_type)
        positions = judge.program.positions[received.event_type]
        has_score = decided.judged.model_score is not None and inputs is not None
        return explain(
            judge.program.interpreter,
            situation,
            decided.decision,
            lists=self.lists,
            holds=decided.held,
            approximate=tuple(name for name, place in positions.items() if place in decided.approximate),
            model=judge.model if has_score else None,
            model_inputs=inputs(received.event, received.t, vector, self.lists) if has_score and inputs else None,
        )

    def entity_key(self, kind: str, entity_id: str) -> str:
        """Return how holds and lists know an entity: personal kinds by the keyed token of their one spelling."""
        for station in self._working.stations.values():
            for place in station.holds:
                if place.kind == kind and place.token is not None:
                    return self._working.compiled.tokens.personal(
                        place.token, normal_form(FieldType(place.token), entity_id)
                    )
        return entity_id

    def apply(self, record: ControlRecord) -> list[str]:
        """Take a control record into effect and return remarks.

        Raise an EngineError (ControlRefused, PolicyErrors, …) when it is refused: the state is then as before.
        """
        foreseen, self._foreseen = self._foreseen, None
        if foreseen is not None and foreseen.body == record.body and foreseen.began_from is self.roster:
            remarks = self._take_over(foreseen.prepared)
        else:
            remarks = self._obey(parse_order(record.kind, record.body))
        self.control_seq = max(self.control_seq, record.control_seq)
        return remarks

    def foresee(self, record: ControlRecord) -> None:
        """Read and compile what an order about policies wants, so that `apply` of the same record is quick.

        Changes no answer, and may run in another thread beside decisions; whatever is wrong, `apply` will say.
        """
        roster = self.roster
        try:
            order = parse_order(record.kind, record.body)
            if isinstance(order, PublishPolicy | WithdrawPolicy):
                self._foreseen = Foreseen(record.body, roster, self._prepare(order, roster))
        except EngineError:
            self._foreseen = None

    def carry(self, work: int) -> bool:
        """Do about `work` entities' worth of what a change of policies left to do; return whether more is left.

        Windows are carried over to a new plan at an entity's next event, or here; nothing an engine says depends on
        how much of it is done. Without it, what no policy wants any more keeps its memory.
        """
        self._is_carrying = self.windows.carry(work)
        return self._is_carrying

    @property
    def must_carry(self) -> bool:
        """Tell whether another change of policies may first have to do the rest of `carry` at once.

        Two streams over one kind of entity may still share what they took over.
        """
        streams = self._working.plan.streams
        return self._is_carrying and len({(each.entities, each.has_currency) for each in streams}) < len(streams)

    def dump(self, write: Callable[[bytes], object]) -> None:
        """Write the whole state but the policies; fit for a forked child."""
        dump_parts(self._parts(), write)

    def load(self, read: Callable[[int], bytes]) -> None:
        """Read a state into this engine, whose policies are already at work; raise StateMismatch."""
        self.windows = new_windows(self._working.plan, key=self._windows_key, force=self._implementation)
        self.control_seq, self._warming = load_parts(self._parts(), read)

    def digest(self) -> bytes:
        """Return a 32-byte digest of the live state: equal for equal states."""
        return digest_parts(self._parts())

    def _parts(self) -> SavedParts:
        brakes = {judge.label: judge.brakes for judge in self._working.judges[:1]}
        return SavedParts(self.windows, self.lists, self.holds, brakes, self.control_seq, self._warming)

    def _lateness(self, without: Sequence[str]) -> Callable[[], bool] | None:
        if without and MODEL in without:
            return lambda: True
        stopwatch = self._stopwatch
        if stopwatch is None:
            return None
        until = stopwatch() + self._budget_ns
        return lambda: stopwatch() > until

    def _judge_of(self, received: Received) -> Judge:
        """Return the judge that this event's share falls to."""
        canary = self._canary
        if canary is None or received.event.actor_id is None:
            return self._live
        is_chosen = self.windows.token(received.event.actor_id) % SHARES < self._working.roster.canary_permille
        return canary if is_chosen else self._live

    def _flags(self, station: Station, t: int) -> tuple[str, ...]:
        flags = []
        if self.windows.too_late:
            flags.append("too_late")
        if self.windows.approximate:
            flags.append("approximate")
        if self._warming:
            if any(self._warming.get(index, 0) > t for index in station.features):
                flags.append("warming")
            watermark = self.windows.watermark or 0
            if all(until <= watermark for until in self._warming.values()):
                self._warming = {}
        return tuple(flags)

    def _holds_of(self, received: Received) -> list[tuple[Hold, Reason]]:
        held = []
        for place in self._working.stations[received.event_type].holds:
            if not self.holds.has_kind(place.kind):
                continue
            key = getattr(received.event, place.field)
            if key is None:
                continue
            if place.token is not None:
                key = self._working.compiled.tokens.personal(place.token, key)
            hold = self.holds.hold_for(place.kind, key, received.t)
            if hold is not None:
                kind = self.schema.entities[place.kind]
                held.append((hold, hold_reason(hold, kind.zh, kind.en)))
        return held

    def _shadow_verdicts(
        self, received: Received, vector: list[FeatureValue], is_late: Callable[[], bool] | None
    ) -> tuple[ShadowVerdict, ...]:
        found = []
        for judge in self._shadows:
            judged = judge.judge(received, vector, self.lists, is_late=is_late)
            rules = tuple(each.rule for each in judged.fired)
            found.append(ShadowVerdict(judge.label, judged.verdict.word, judged.score, rules))
        return tuple(found)

    def _obey(self, order: Order) -> list[str]:
        if isinstance(order, PublishPolicy | WithdrawPolicy):
            return self._take_over(self._prepare(order, self.roster))
        free_ended(self.lists, self.holds, self.windows.watermark, lateness_ms=self._working.plan.lateness_ms)
        return obey(order, self.lists, self.holds, self._live.brakes)

    def _prepare(self, order: PublishPolicy | WithdrawPolicy, roster: Roster) -> Prepared:
        policy = None
        if isinstance(order, PublishPolicy):
            policy = parse_policy(order.files)
            roster = roster.with_policy(policy, order.role, order.share_permille)
        else:
            roster = roster.without(order.policy)
        working = self._put_to_work(roster)
        windows = new_windows(working.plan, key=self._windows_key, force=self._implementation)
        return Prepared(working, windows, policy)

    def _take_over(self, prepared: Prepared) -> list[str]:
        self._change(prepared)
        if prepared.policy is None:
            return []
        declare_lists(self.lists, [prepared.policy])
        warming = len(self._warming)
        return [f"{warming} features are warming"] if warming else []

    def _put_to_work(self, roster: Roster) -> Working:
        keys = {"index_key": self._index_key, "windows_key": self._windows_key}
        try:
            return put_to_work(roster, self._base_schema, **keys)
        except SchemaInvalid as problem:
            raise ControlRefused(kind="policy.publish", reason=str(problem)) from None

    def _change(self, prepared: Prepared) -> None:
        working, windows = prepared.working, prepared.windows
        starting = windows.adopt(self.windows)
        if windows.watermark is not None:
            again = warming_again(self._working.plan, working.plan, self._warming)
            kept = {index: until for index, until in again.items() if until > windows.watermark}
            self._warming = kept | warming_until(working, starting, windows.watermark)
        working.live.brakes.load(self._live.brakes.dump())
        self.windows, self._working, self._is_carrying = windows, working, True
        self._take_up(working)

    def _take_up(self, working: Working) -> None:
        self._decoder = EventDecoder(working.compiled.schema)
        self._live, self._canary, self._shadows = working.live, working.canary, working.shadows
