"""The demonstration's platform: does what it is asked and says so, over the public calls of desk and gateway alone."""

from __future__ import annotations

import heapq
import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Literal, TypeVar
from urllib.parse import quote

import msgspec

LOOK_SECONDS = 1.0
DELAY_SECONDS = (0.3, 1.5)
TIMEOUT_SECONDS = 10.0
TRUSTY = 20
"""So many pieces of work after each start all succeed: who looks for the first time sees the loop close."""
REFUSED_SHARE, SILENT_SHARE = 0.025, 0.025
"""Of what comes later: as often as a platform fails, so that NOT CONFIRMED is seen, too."""

Outcome = Literal["done", "refused", "silent"]
_Wanted = TypeVar("_Wanted")


class Asked(msgspec.Struct, frozen=True):
    """What the desk wants of a measure: its `receipt`, or the `answer` whether it stands."""

    id: str
    kind: str
    entity_kind: str
    entity_key: str
    wants: Literal["receipt", "answer"]


class _Hold(msgspec.Struct, frozen=True):
    measure: str


class _Standing(msgspec.Struct, frozen=True):
    holds: list[_Hold]


class _Attachment(msgspec.Struct, frozen=True):
    id: str


class _Letter(msgspec.Struct, frozen=True):
    attachments: list[_Attachment]


class Unanswered(Exception):
    """A call got no answer now: nobody there, overloaded, or nothing one can read."""


class Declined(Exception):
    """A call was refused, and would be again."""


class Line:
    """Calls of one server with one token, on a connection that is opened again after it broke."""

    def __init__(self, host: str, port: int, token: str, *, name: str = "localhost") -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_SECONDS)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Host": name}

    def get(self, path: str, wanted: type[_Wanted]) -> _Wanted:
        """Return what a path answers; raise Unanswered, Declined."""
        try:
            return msgspec.json.decode(self.call("GET", path), type=wanted)
        except msgspec.MsgspecError as error:
            raise Unanswered from error

    def post(self, path: str, body: dict[str, str | bool]) -> None:
        """Post JSON; raise Unanswered, Declined."""
        self.call("POST", path, json.dumps(body).encode())

    def call(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """Return the answer's body; raise Unanswered, Declined."""
        try:
            self._connection.request(method, path, body, self._headers)
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Unanswered from error
        if answer.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == http.HTTPStatus.TOO_MANY_REQUESTS:
            raise Unanswered
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise Declined
        return content


@dataclass(frozen=True)
class Plan:
    """How a piece of work will go: after how many seconds, with what outcome, under which number of the platform."""

    delay: float
    outcome: Outcome
    receipt: str


class Conduct:
    """How the platform behaves: drawn for each piece of work by its name, so that a second run does the same."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._begun = 0

    def plan(self, name: str, *, is_question: bool = False) -> Plan:
        """Return how a piece of work will go; a question is always answered."""
        chance = random.Random(f"{self._seed}:{name}")
        delay, drawn = chance.uniform(*DELAY_SECONDS), chance.random()
        receipt = f"NOM-{chance.randrange(16**10):010X}"
        if is_question:
            return Plan(delay, "done", receipt)
        self._begun += 1
        if self._begun <= TRUSTY or drawn >= REFUSED_SHARE + SILENT_SHARE:
            return Plan(delay, "done", receipt)
        return Plan(delay, "refused" if drawn < REFUSED_SHARE else "silent", receipt)


@dataclass(frozen=True, order=True)
class _Work:
    """One piece of work, due at a monotonic moment; `asked` None: a reply is to be delivered."""

    due: float
    name: str
    reply_id: str = field(compare=False)
    asked: Asked | None = field(compare=False)
    plan: Plan = field(compare=False)


class Platform:
    """Looks once a second what the desk waits for, and does each thing when a platform would be through with it.

    Its books are the gateway's holds, which its accounts obey: asked about a measure, it looks there. `unanswered`
    counts what got no answer, or a refusal.
    """

    def __init__(self, desk: Line, gateway: Line, conduct: Conduct) -> None:
        self.unanswered = 0
        self._desk = desk
        self._gateway = gateway
        self._conduct = conduct
        self._known: set[str] = set()
        self._works: list[_Work] = []
        self._looks_at = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demonstration platform", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End within a second; a call that hangs is left behind."""
        self._ended.set()
        self._thread.join(timeout=1)

    @property
    def is_running(self) -> bool:
        """Return whether it still looks."""
        return self._thread.is_alive()

    def turn(self, now: float) -> float:
        """Look and do what is due at a moment (monotonic seconds); return for how long there is nothing to do."""
        if now >= self._looks_at:
            self._look(now)
            self._looks_at = now + LOOK_SECONDS
        while self._works and self._works[0].due <= now:
            self._finish(heapq.heappop(self._works))
        next_at = min(self._looks_at, self._works[0].due) if self._works else self._looks_at
        return max(0.0, next_at - now)

    def _run(self) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            pause = self.turn(time.monotonic())

    def _look(self, now: float) -> None:
        """Take on what is new; while the desk starts anew, there is nothing."""
        try:
            asked = self._desk.get("/api/v1/measures/outgoing", list[Asked])
            replies = self._desk.get("/api/v1/replies", list[str])
        except (Unanswered, Declined):
            self.unanswered += 1
            return
        for each in asked:
            self._take_on(f"{each.wants}:{each.id}", now, asked=each)
        for reply_id in replies:
            self._take_on(f"reply:{reply_id}", now, reply_id=reply_id)

    def _take_on(self, name: str, now: float, *, asked: Asked | None = None, reply_id: str = "") -> None:
        if name in self._known:
            return
        self._known.add(name)
        plan = self._conduct.plan(name, is_question=asked is not None and asked.wants == "answer")
        if plan.outcome != "silent":
            heapq.heappush(self._works, _Work(now + plan.delay, name, reply_id, asked, plan))

    def _finish(self, work: _Work) -> None:
        """Do it and say so; what got no answer is taken on again at the next look, what was refused is not."""
        try:
            if work.asked is None:
                self._deliver(work.reply_id, work.plan)
            elif work.asked.wants == "receipt":
                self._confirm(work.asked, work.plan)
            else:
                self._answer(work.asked, work.plan)
        except Declined:
            self.unanswered += 1
            return
        except Unanswered:
            self.unanswered += 1
        self._known.discard(work.name)

    def _confirm(self, asked: Asked, plan: Plan) -> None:
        receipt: dict[str, str | bool] = {"receipt": plan.receipt, "has_worked": plan.outcome == "done"}
        self._desk.post(f"/api/v1/measures/{asked.id}:confirm", receipt)

    def _answer(self, asked: Asked, plan: Plan) -> None:
        path = f"/v1/holds/{asked.entity_kind}/{quote(asked.entity_key, safe='')}"
        is_standing = any(each.measure == asked.kind for each in self._gateway.get(path, _Standing).holds)
        answer: dict[str, str | bool] = {"is_standing": is_standing, "receipt": plan.receipt}
        self._desk.post(f"/api/v1/measures/{asked.id}:verify", answer)

    def _deliver(self, reply_id: str, plan: Plan) -> None:
        """Fetch the words and what goes along, as somebody who delivers must, and settle; nothing of it is kept."""
        path = f"/api/v1/replies/{reply_id}"
        failure = "" if plan.outcome == "done" else "offline"
        try:
            for each in self._desk.get(path, _Letter).attachments:
                self._desk.call("GET", f"{path}/attachments/{each.id}")
        except Declined:
            failure = "gone"
        settled: dict[str, str | bool] = {"receipt": plan.receipt, "has_arrived": not failure, "failure": failure}
        self._desk.post(f"{path}:settle", settled)
