"""Many events in one call: decided in order, committed together, answered together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from anxin.engine.errors import EngineError
from anxin.engine.schema.refusals import malformed_of
from anxin.gateway.answers import Slot
from anxin.gateway.intake import submission
from anxin.gateway.organisation import Organisation
from anxin.gateway.problems import BatchTooLong, render_problem

# One turn of the event loop decides at most this many, so that a long batch does not hold up single events.
_TURN = 32


class BatchPlace:
    """Waits for one event of a batch."""

    __slots__ = ("_batch", "_place")

    def __init__(self, batch: Batch, place: int) -> None:
        self._batch = batch
        self._place = place

    def ok(self, body: bytes) -> None:
        """Put the answer in its place."""
        self._batch.fill(self._place, body)

    def refuse(self, error: EngineError) -> None:
        """Put the problem in its place."""
        self._batch.fill_problem(self._place, error)


class Batch:
    """One batch under way; `refused` counts each refusal."""

    def __init__(
        self, organisation: Organisation, slot: Slot, *, caller: str, refused: Callable[[EngineError], None]
    ) -> None:
        self._organisation = organisation
        self._slot = slot
        self._caller = caller
        self._refused = refused
        self._answers: list[bytes] = []
        self._missing = 0

    def split(self, body: bytes, *, limit: int) -> list[bytes]:
        """Return the bodies of a JSON array or of JSON lines; raise EventMalformed or BatchTooLong."""
        if body.lstrip(b" \t\r\n")[:1] == b"[":
            try:
                bodies = [bytes(each) for each in msgspec.json.decode(body, type=list[msgspec.Raw])]
            except (msgspec.DecodeError, UnicodeDecodeError) as problem:
                raise malformed_of(problem) from None
        else:
            bodies = [line for line in body.split(b"\n") if line.strip()]
        if not 1 <= len(bodies) <= limit:
            raise BatchTooLong(limit=limit)
        return bodies

    def run(self, bodies: list[bytes]) -> None:
        """Decide the events in order, a few each turn."""
        self._answers = [b""] * len(bodies)
        self._missing = len(bodies)
        self._take(bodies, 0)

    def _take(self, bodies: list[bytes], start: int) -> None:
        for place in range(start, min(start + _TURN, len(bodies))):
            waiter = BatchPlace(self, place)
            try:
                given = submission(bodies[place], caller=self._caller)
                self._organisation.intake.take(given, waiter, self._slot.connection)
            except EngineError as refusal:
                self._refused(refusal)
                waiter.refuse(refusal)
        if start + _TURN < len(bodies):
            asyncio.get_running_loop().call_soon(self._take, bodies, start + _TURN)

    def fill(self, place: int, answer: bytes) -> None:
        """Put an answer in its place; the last one sends them all."""
        self._answers[place] = answer
        self._missing -= 1
        if self._missing == 0:
            self._slot.ok(b"[" + b",".join(self._answers) + b"]")

    def fill_problem(self, place: int, error: EngineError) -> None:
        """Put a problem document in its place."""
        problem = render_problem(error, language=self._slot.language, request_id=self._slot.request_id)
        self.fill(place, problem)
