"""Extracts: text and chats as they were pasted, decisions of the log frozen as they stand."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from datetime import datetime

from anxin.desk.decisioning.decisions.access import access_decision
from anxin.desk.decisioning.decisions.queries import DecisionLine, lines_of, origins_of
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.operations.checks.picture_actions import kept_picture
from anxin.desk.operations.evidence.actions.collecting import COLLECT, Collected, NewPiece, collect_evidence, keep_piece
from anxin.desk.operations.evidence.errors import PictureGone
from anxin.desk.operations.incidents.access import access_incident

MOST_DECISIONS = 200
LONGEST_TEXT = 200_000


def collect_text(
    text: str, *, is_chat: bool, source: str, claimed_at: datetime | None, incident_id: str, by: Actor, at: datetime
) -> Collected:
    """Keep pasted text as it is, without a byte changed; a chat is read into lines only when it is shown."""
    if len(text) > LONGEST_TEXT:
        raise FieldInvalid(pointer="/text", field="text", reason=f"<= {LONGEST_TEXT}")
    how = "chat" if is_chat else "paste"
    data = text.encode() if text.strip() else b""
    new = NewPiece(data, how=how, source=source, claimed_at=claimed_at, kind="chat" if is_chat else "text")
    return collect_evidence(new, incident_id=incident_id, by=by, at=at)


def collect_decisions(event_ids: Sequence[str], *, incident_id: str, by: Actor, at: datetime) -> Collected:
    """Freeze decisions of the projected log as JSON; raise NotFound when one of them is not there."""
    require(by, COLLECT)
    access_incident(incident_id=incident_id, by=by)
    chosen = list(dict.fromkeys(event_ids))
    if not 1 <= len(chosen) <= MOST_DECISIONS:
        raise FieldInvalid(pointer="/decisions", field="decisions", reason=f"1–{MOST_DECISIONS}")
    found = [access_decision(event_id=each, by=by) for each in chosen]
    lines = lines_of([each.row for each in found], origins_of(found[0].scope))
    ordered = sorted(lines, key=lambda each: each.seq)
    data = json.dumps([_frozen(each) for each in ordered], ensure_ascii=False, sort_keys=True, indent=1).encode()
    new = NewPiece(data, how="log", source="platform", kind="log", claimed_at=ordered[-1].occurred_at)
    return collect_evidence(new, incident_id=incident_id, by=by, at=at)


def collect_checked(*, job_id: str, incident_id: str, by: Actor, at: datetime) -> Collected:
    """Keep a picture that was checked a moment ago, and its redacted copy; raise PictureGone."""
    require(by, COLLECT)
    access_incident(incident_id=incident_id, by=by)
    kept = kept_picture(job_id=job_id, by=by, at=at)
    if kept is None:
        raise PictureGone
    original = keep_piece(NewPiece(kept.data, how="check", kind="picture"), incident_id=incident_id, by=by, at=at)
    copy = NewPiece(
        kept.redacted,
        how="redaction",
        kind="picture",
        derivative_of=original.evidence_id,
        covered=kept.covered,
    )
    keep_piece(copy, incident_id=incident_id, by=by, at=at)
    return original


def _frozen(line: DecisionLine) -> dict[str, object]:
    """Return a decision as it stands in the log: ids, codes and figures."""
    values = dataclasses.asdict(line)
    return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in values.items()}
