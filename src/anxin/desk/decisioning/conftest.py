"""Decision logs as the gateway writes them, for the tests of decisioning."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.decisions.models import Projection
from anxin.desk.decisioning.decisions.projection.projector import Projector, Source
from anxin.desk.foundation.edge.clock import to_ms
from anxin.desk.foundation.organisations.models import Organisation
from anxin.engine.decide import Engine
from anxin.engine.errors import EngineError
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.log.records import ControlRecord, DecisionRecord, Record, body_digest, encode_record, kind_of
from anxin.engine.log.writer import LogWriter
from anxin.engine.policy.loader import parse_policy

NIGHT_MS = to_ms(NIGHT)
POLICY = {
    "policy.yaml": "name: night\nversion: '3'\nowner: lead\ntimezone: Asia/Shanghai\n",
    "features/all.yaml": (
        "features:\n  user_payments_1h: {aggregate: count, of: payment.attempted, by: user, over: 1h,"
        " text: {zh: 一小时支付次数, en: payments in an hour}}\n"
    ),
    "lists/all.yaml": "lists:\n  stolen_cards: {colour: black, text: {zh: 盗刷卡, en: stolen cards}}\n",
    "rules/all.yaml": """rules:
  TXN_MANY:
    area: TXN
    title: {zh: 频繁支付, en: Many payments}
    on: payment.attempted
    when: user_payments_1h >= 3 and amount >= CNY(100)
    verdict: hold
    severity: 2
    score: 60
    reasons:
      agent: {zh: "一小时内支付 {user_payments_1h} 次", en: "{user_payments_1h} payments in an hour"}
      user: {zh: 请稍后再试, en: Try again later}
      auditor: {zh: 频繁支付, en: Many payments}
    owner: lead
    expires: 2099-01-01
    source: test
    tests: {fires: [E, E], quiet: [E, E]}
  TXN_STOLEN:
    area: TXN
    title: {zh: 盗刷卡, en: Stolen card}
    on: payment.attempted
    when: pm_token in list("stolen_cards")
    verdict: block
    severity: 1
    score: 90
    reasons:
      agent: {zh: 卡在盗刷名单上, en: the card is on the list of stolen cards}
      user: {zh: 请换一张卡, en: Use another card}
      auditor: {zh: 盗刷卡, en: Stolen card}
    owner: lead
    expires: 2099-01-01
    source: test
    tests: {fires: [E, E], quiet: [E, E]}
""".replace("E,", "{event: {event_type: payment.attempted}},").replace(
        "E]", "{event: {event_type: payment.attempted}}]"
    ),
}


class Logged(NamedTuple):
    """One record, ready to be appended."""

    record: Record
    at: int


def event(number: int, event_type: str = "payment.attempted", user: str = "u1", **fields: object) -> dict[str, Any]:
    """Return an event of this night, `number` seconds after ten past three."""
    given = {
        "event_id": f"e{number}",
        "event_type": event_type,
        "occurred_at": NIGHT_MS + number * 1000,
        "actor_id": user,
        "device_id": f"d-{user}",
        "platform": "mall",
        "business_line": "goods",
        "region": "310000",
        **fields,
    }
    if event_type.startswith(("payment.", "order.", "refund.")):
        given = {"amount": 32_000, "currency": "CNY", **given}
    return {name: value for name, value in given.items() if value is not None}


def order(kind: str, number: int = 0, *, control_seq: int = 0, **body: object) -> Logged:
    """Return a control record, `number` seconds into the night."""
    at = NIGHT_MS + number * 1000
    return Logged(ControlRecord(control_seq, at, kind, msgspec.json.encode(body)), at)


@functools.cache
def _policy() -> Any:
    return parse_policy(POLICY)


def decided(ring: FileKeyRing, slug: str, happenings: Iterable[dict[str, Any] | Logged]) -> list[Logged]:
    """Return the records of a night: the policy first, then events decided and orders obeyed in turn."""
    index_key, windows_key = ring.derive(slug, "index", 32), ring.derive(slug, "windows", 16)
    engine = Engine([_policy()], index_key=index_key, windows_key=windows_key)
    found = [order("policy.publish", files=POLICY)]
    for each in happenings:
        if isinstance(each, Logged):
            found.append(_obeyed(engine, each) if isinstance(each.record, ControlRecord) else each)
        else:
            found.append(_decide(engine, each, len(found) + 1))
    return found


def _obeyed(engine: Engine, each: Logged) -> Logged:
    """Let the engine obey an order, and mark it as the gateway does when it refuses."""
    assert isinstance(each.record, ControlRecord)
    try:
        engine.apply(each.record)
    except EngineError as refusal:
        return each._replace(record=msgspec.structs.replace(each.record, refusal=refusal.code))
    return each


def _decide(engine: Engine, given: dict[str, Any], seq: int) -> Logged:
    body = msgspec.json.encode(given)
    received = engine.parse(body)
    made = engine.decide(received, seq=seq)
    decision = made.decision
    record = DecisionRecord(
        received.t,
        received.event_id,
        received.event_type,
        body,
        body_digest(body),
        made.answer,
        made.vector,
        decision.policy,
        decision.model,
        decision.control_seq,
        "ax_1",
        312,
    )
    return Logged(record, received.t)


def append(data: Path, slug: str, records: Sequence[Logged], *, capacity: int = 1 << 20) -> None:
    """Append records to the organisation's log."""
    ring = FileKeyRing(data / "master.key")
    writer = LogWriter.open(data / "organisations" / slug / "log", slug, ring, NIGHT_MS, capacity=capacity)
    for each in records:
        writer.append(kind_of(each.record), encode_record(each.record), each.at)
    writer.close()


@pytest.fixture
def data(tmp_path: Path, settings: Settings) -> Path:
    """A data folder of this test alone."""
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, data=tmp_path)
    return tmp_path


@pytest.fixture
def ring(data: Path) -> FileKeyRing:
    """The gateway's key ring."""
    return FileKeyRing(data / "master.key")


class Night:
    """One organisation's log and its projection."""

    def __init__(self, data: Path, ring: FileKeyRing, organisation: Organisation) -> None:
        self.data, self.ring, self.organisation = data, ring, organisation
        row, _ = Projection.objects.get_or_create(organisation_id=organisation.id, is_current=True)
        self.projection_id = row.pk
        self.records: list[Logged] = []
        self.projector = self.new_projector()

    def new_projector(self) -> Projector:
        """Return a projector that remembers nothing."""
        source = Source(self.organisation.id, self.organisation.slug)
        return Projector(source, self.ring, projection_id=self.projection_id)

    def log(self, *happenings: dict[str, Any] | Logged) -> list[Logged]:
        """Write a whole night's log; return its records."""
        self.records = decided(self.ring, self.organisation.slug, happenings)
        append(self.data, self.organisation.slug, self.records)
        return self.records

    def project(self) -> int:
        """Project all there is; return how many records."""
        total = 0
        while count := self.projector.step(at=NIGHT):
            total += count
        return total

    def happened(self, *happenings: dict[str, Any] | Logged) -> None:
        """Write a whole night's log and project it."""
        self.log(*happenings)
        self.project()


@pytest.fixture
def night(data: Path, ring: FileKeyRing, organisation: Organisation) -> Night:
    """The shop's night."""
    return Night(data, ring, organisation)


@pytest.fixture
def other_night(data: Path, ring: FileKeyRing, other_organisation: Organisation) -> Night:
    """Somebody else's night in the same installation."""
    return Night(data, ring, other_organisation)


def count_queries(act: Callable[[], object]) -> int:
    """Return how many queries of both databases an act makes."""
    watched = {id(connections[alias]): connections[alias] for alias in ("default", "projection")}
    with contextlib.ExitStack() as stack:
        contexts = [stack.enter_context(CaptureQueriesContext(each)) for each in watched.values()]
        act()
    return sum(len(each) for each in contexts)
