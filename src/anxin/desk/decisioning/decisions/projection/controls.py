"""What the log's other records add: policies, holds, lists, brakes, skipped events, starts and stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import yaml
import zstandard

from anxin.desk.decisioning.decisions.ids import row_id
from anxin.desk.decisioning.decisions.models import EntityOrder, LogNote, PublishedPolicy
from anxin.desk.decisioning.decisions.projection.tables import Cell, Row, columns_of
from anxin.desk.decisioning.decisions.sealed_body import seal_words
from anxin.desk.foundation.edge.yaml_files import parse_yaml
from anxin.desk.foundation.vault.bulk import SealKey
from anxin.engine.control import (
    ControlRefused,
    Order,
    PlaceHold,
    PublishPolicy,
    PutListEntry,
    ReleaseHold,
    RemoveListEntry,
    WithdrawPolicy,
    parse_order,
)
from anxin.engine.log.records import BrakeRecord, ControlRecord, LabelRecord, MarkRecord, Record, SkippedRecord
from anxin.engine.verdict import Verdict

Statement = tuple[str, Row]
_compress = zstandard.ZstdCompressor(level=9).compress
_END = (
    "UPDATE decisions_entityorder SET ended_seq = %s WHERE projection_id = %s AND key = %s AND ended_seq IS NULL AND "
)


class OtherRecords:
    """Turns records that are no decisions into statements, to be run in their order."""

    def __init__(self, projection_id: int, organisation_id: str, learn: Callable[[str], None]) -> None:
        """`learn` is told the event types of a policy."""
        self._projection_id = projection_id
        self._organisation_id = organisation_id
        self._learn = learn

    def statements(self, seq: int, record: Record, key: SealKey) -> list[Statement]:
        """Return what the record changes."""
        if isinstance(record, ControlRecord):
            return self._control(seq, record, key)
        if isinstance(record, BrakeRecord):
            code = "brake.released" if record.released else "brake.tripped"
            detail = f"{record.rule} {record.budget} {record.spent:g}/{record.limit:g}"
            return [self._note(seq, "brake", record.at, (code, detail))]
        if isinstance(record, SkippedRecord):
            return [self._note(seq, "skipped", record.received_at, (record.reason, record.event_id))]
        if isinstance(record, MarkRecord):
            return [self._note(seq, "mark", record.at, (record.word, record.version))]
        if isinstance(record, LabelRecord):
            return [self._note(seq, "label", record.at, (record.label, record.event_id or ""))]
        return []

    def _control(self, seq: int, record: ControlRecord, key: SealKey) -> list[Statement]:
        try:
            order = parse_order(record.kind, record.body)
        except ControlRefused:
            # The gateway refused it too, or it is about API keys: noted, no more.
            return [self._note(seq, "control", record.at, (record.kind, record.refusal))]
        if record.refusal:
            return self._refused(seq, record, order, key)
        if isinstance(order, PublishPolicy):
            return [self._policy(seq, record, order)]
        if isinstance(order, WithdrawPolicy):
            return [self._insert(PublishedPolicy, *self._ids(seq), order.policy, "withdrawn", 0, record.at, b"")]
        if isinstance(order, PutListEntry):
            return self._put(seq, record, order, key)
        if isinstance(order, RemoveListEntry):
            where = "list_name = %s AND entry_kind = %s"
            return [self._end(seq, order.value, where, order.list, str(order.entry_kind))]
        if isinstance(order, PlaceHold):
            return self._hold(seq, record, order, key)
        if isinstance(order, ReleaseHold):
            if order.measure is None:
                return [self._end(seq, order.entity_id, "entity_kind = %s", order.entity_kind)]
            where = "entity_kind = %s AND measure = %s"
            return [self._end(seq, order.entity_id, where, order.entity_kind, order.measure)]
        return [self._note(seq, "control", record.at, (record.kind, order.rule))]

    def _refused(self, seq: int, record: ControlRecord, order: Order, key: SealKey) -> list[Statement]:
        """Keep what the gateway refused as never in force: it ends nothing that stands."""
        found = [self._note(seq, "control", record.at, (record.kind, record.refusal))]
        if isinstance(order, PutListEntry):
            found += self._put(seq, record, order, key)[1:]
        elif isinstance(order, PlaceHold):
            found += self._hold(seq, record, order, key)[1:]
        return found

    def _policy(self, seq: int, record: ControlRecord, order: PublishPolicy) -> Statement:
        self._learn(order.files.get("events.yaml", ""))
        label = _label_of(order.files.get("policy.yaml", ""))
        files = _compress(msgspec.json.encode(order.files))
        return self._insert(PublishedPolicy, *self._ids(seq), label, order.role, order.share_permille, record.at, files)

    def _put(self, seq: int, record: ControlRecord, order: PutListEntry, key: SealKey) -> list[Statement]:
        entry = order.entry
        words = {"reason": entry.reason, "by": entry.added_by, "source": entry.source}
        sealed = seal_words(words, key, organisation_id=self._organisation_id, seq=seq)
        columns: dict[str, Cell] = {
            "key": entry.value,
            "list_name": order.list,
            "entry_kind": str(entry.kind),
            "colour": order.colour or "",
            "until_at": entry.expires_at,
        }
        where = "list_name = %s AND entry_kind = %s"
        return [
            self._end(seq, entry.value, where, order.list, str(entry.kind)),
            self._order(seq, record, columns, sealed),
        ]

    def _hold(self, seq: int, record: ControlRecord, order: PlaceHold, key: SealKey) -> list[Statement]:
        try:
            verdict = Verdict.from_word(order.verdict)
        except KeyError:
            return [self._note(seq, "control", record.at, (record.kind, "unknown verdict"))]
        words = {"reason": order.reason, "by": order.placed_by}
        sealed = seal_words(words, key, organisation_id=self._organisation_id, seq=seq)
        columns: dict[str, Cell] = {
            "entity_kind": order.entity_kind,
            "key": order.entity_id,
            "measure": order.measure,
            "verdict": int(verdict),
            "until_at": order.until,
        }
        where = "entity_kind = %s AND measure = %s"
        return [
            self._end(seq, order.entity_id, where, order.entity_kind, order.measure),
            self._order(seq, record, columns, sealed),
        ]

    def _order(self, seq: int, record: ControlRecord, columns: dict[str, Cell], sealed: bytes) -> Statement:
        row: dict[str, Cell] = {
            "id": row_id(self._projection_id, seq),
            "projection_id": self._projection_id,
            "at": record.at,
            "control_seq": record.control_seq,
            "sealed": sealed,
            "refusal": record.refusal,
            **columns,
        }
        blank: dict[str, Cell] = {"verdict": None, "until_at": None, "ended_seq": seq if record.refusal else None}
        return self._insert(EntityOrder, *(row.get(name, blank.get(name, "")) for name in columns_of(EntityOrder)))

    def _end(self, seq: int, key: str, where: str, *parameters: Cell) -> Statement:
        return _END + where, (seq, self._projection_id, key, *parameters)

    def _note(self, seq: int, kind: str, at: int, words: tuple[str, str]) -> Statement:
        return self._insert(LogNote, *self._ids(seq), kind, at, *words)

    def _ids(self, seq: int) -> tuple[int, int]:
        return row_id(self._projection_id, seq), self._projection_id

    def _insert(self, model: type[Any], *row: Cell) -> Statement:
        columns = columns_of(model)
        places = ", ".join(["%s"] * len(columns))
        return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) VALUES ({places})", row


def _label_of(policy_yaml: str) -> str:
    """Return name@version as the policy's own text says it; empty when it says neither."""
    try:
        head = parse_yaml(policy_yaml)
    except yaml.YAMLError:
        return ""
    return f"{head.get('name', '')}@{head.get('version', '')}" if isinstance(head, dict) else ""
