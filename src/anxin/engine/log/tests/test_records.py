from __future__ import annotations

import msgspec
import pytest

from anxin.engine.log.records import (
    BrakeRecord,
    ControlRecord,
    DecisionRecord,
    Kind,
    LabelRecord,
    MarkRecord,
    Record,
    SkippedRecord,
    body_digest,
    decode_record,
    encode_record,
    kind_of,
)

RECORDS: list[tuple[Kind, Record]] = [
    (
        Kind.DECISION,
        DecisionRecord(
            received_at=1_700_000_000_000,
            event_id="e1",
            event_type="payment",
            event=b'{"event_id":"e1"}',
            digest=body_digest(b'{"event_id":"e1"}'),
            answer=b'{"seq":1}',
            vector=[1, 0.1, True, None, -(2**62), 1e300],
            policy="starter@1",
            model="events@3",
            control_seq=7,
            caller="k1",
            took_us=312,
        ),
    ),
    (Kind.CONTROL, ControlRecord(control_seq=4, at=5, kind="list_add", body=b"{}")),
    (Kind.BRAKE, BrakeRecord(at=5, rule="r", budget="share", spent=0.2, limit=0.1)),
    (Kind.SKIPPED, SkippedRecord(received_at=5, event_id="e", event=b"{}", reason="engine.fault")),
    (Kind.LABEL, LabelRecord(received_at=5, label="fraud", source="person", at=4, entity=("account", "t"))),
    (Kind.MARK, MarkRecord(at=5, word="started", version="0.1")),
]


@pytest.mark.parametrize(("kind", "record"), RECORDS, ids=[kind.name for kind, _ in RECORDS])
def test_a_record_comes_back_as_it_was(kind: Kind, record: Record) -> None:
    assert kind_of(record) == kind
    assert decode_record(kind, encode_record(record)) == record


def test_the_types_of_a_vector_are_kept() -> None:
    vector = RECORDS[0][1]
    decoded = decode_record(Kind.DECISION, encode_record(vector))
    assert isinstance(decoded, DecisionRecord)
    assert [type(value) for value in decoded.vector] == [int, float, bool, type(None), int, float]


def test_every_kind_has_a_record() -> None:
    assert [kind for kind, _ in RECORDS] == list(Kind)


def test_strange_bytes_are_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode_record(Kind.DECISION, b"\x93\x01\x02\x03")
    with pytest.raises(KeyError):
        decode_record(99, b"")


def test_records_of_logs_before_their_last_field_are_read() -> None:
    latest = RECORDS[0][1]
    old = decode_record(Kind.DECISION, msgspec.msgpack.encode(msgspec.structs.astuple(latest)[:-1]))
    assert old == msgspec.structs.replace(latest, took_us=None)
    assert decode_record(Kind.CONTROL, msgspec.msgpack.encode([4, 5, "k", b"{}"])) == ControlRecord(4, 5, "k", b"{}")


def test_digests_differ_by_body() -> None:
    assert body_digest(b"a") != body_digest(b"b")
    assert len(body_digest(b"")) == 16
