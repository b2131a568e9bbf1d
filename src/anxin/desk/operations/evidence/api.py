"""Calls about evidence: hand in, read, hold, redact, verify, make packs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import AwareDatetime

from anxin.checkers.screenshots.page import Box
from anxin.desk.foundation.api.calls import caller
from anxin.desk.foundation.api.document import BYTES
from anxin.desk.foundation.api.given import Given
from anxin.desk.operations.evidence.actions import exporting, extracts, holding, looking, redacting, verifying
from anxin.desk.operations.evidence.actions.collecting import Collected, NewPiece, collect_evidence
from anxin.desk.operations.evidence.handing_out import as_attachment
from anxin.desk.operations.evidence.queries import PieceLine, get_piece, list_pieces

router = Router(tags=["evidence"])


class AboutIn(Given):
    """What is said of a file; `retention` "" by its kind."""

    source: str = "customer"
    note: str = ""
    claimed_at: AwareDatetime | None = None
    retention: str = ""


class PastedIn(Given):
    """Pasted text; `is_chat`: read as who said what when."""

    text: str
    is_chat: bool = False
    source: str = "customer"
    claimed_at: AwareDatetime | None = None


class LogIn(Given):
    """Decisions by event id."""

    event_ids: list[str]


class CollectedOut(Schema):
    """The piece; `is_repeated`: the incident had its content already."""

    evidence_id: str
    is_repeated: bool


class PieceOut(Schema):
    """One piece without its content; `name` masked, `state` how its file was found last, at `checked_at`."""

    id: str
    incident_id: str
    kind: str
    name: str
    sha256: str
    size: int
    media_type: str
    marks: list[str]
    collected_label: str
    collected_at: datetime
    claimed_at: datetime | None
    derivative_of: str
    covered: int
    is_held: bool
    is_erased: bool
    state: str
    checked_at: datetime
    custody_seq: int
    version: int


class PieceList(Schema):
    """Pieces, newest first."""

    items: list[PieceOut]


class CustodyOut(Schema):
    """One event of custody."""

    seq: int
    at: datetime
    act: str
    actor: str
    details: dict[str, str | int | bool | None]
    hash: str


class CustodyList(Schema):
    """Events, newest first."""

    items: list[CustodyOut]


class ReasonIn(Given):
    """Why."""

    reason: str = ""


class RedactIn(Given):
    """Boxes drawn by hand as [left, top, right, bottom] in pixels; `is_read`: cover what the reader finds, too."""

    boxes: tuple[tuple[int, int, int, int], ...] = ()
    is_read: bool = True


class VerifiedOut(Schema):
    """What was found: `custody` "" when it holds."""

    state: str
    custody: str
    holds: bool


class PackIn(Given, json_schema_extra={"examples": [{"purpose": "hand_over", "recipient": "市局反诈中心"}]}):
    """Which pack; `evidence_ids` empty for all."""

    purpose: str
    recipient: str = ""
    evidence_ids: tuple[str, ...] = ()
    with_originals: bool = False


class PackOut(Schema):
    """A pack that was made."""

    id: str
    sha256: str
    size: int
    pieces: int
    with_originals: bool


class EvidenceAskedOut(Schema):
    """The request to a second person."""

    approval_id: str


@router.get("/incidents/{slug:incident_id}/evidence", response=PieceList, url_name="evidence_of")
def list_(request: HttpRequest, incident_id: str) -> dict[str, object]:
    """List the evidence of an incident."""
    by, _ = caller(request)
    return {"items": [_piece(each) for each in list_pieces(incident_id=incident_id, by=by)]}


@router.post("/incidents/{slug:incident_id}/evidence", response={201: CollectedOut}, url_name="evidence_of")
def upload(
    request: HttpRequest,
    incident_id: str,
    file: File[UploadedFile],
    about: Form[AboutIn],
) -> Status[Collected]:
    """Hand in a file."""
    by, at = caller(request)
    new = NewPiece(
        file.read(),
        name=file.name or "",
        claimed_type=file.content_type or "",
        source=about.source,
        note=about.note,
        claimed_at=about.claimed_at,
        retention=about.retention,
    )
    return Status(201, collect_evidence(new, incident_id=incident_id, by=by, at=at))


@router.post("/incidents/{slug:incident_id}/evidence/texts", response={201: CollectedOut})
def paste(request: HttpRequest, incident_id: str, body: PastedIn) -> Status[Collected]:
    """Hand in text or a chat."""
    by, at = caller(request)
    made = extracts.collect_text(
        body.text,
        is_chat=body.is_chat,
        source=body.source,
        claimed_at=body.claimed_at,
        incident_id=incident_id,
        by=by,
        at=at,
    )
    return Status(201, made)


@router.post("/incidents/{slug:incident_id}/evidence/logs", response={201: CollectedOut})
def log(request: HttpRequest, incident_id: str, body: LogIn) -> Status[Collected]:
    """Freeze decisions of the log."""
    by, at = caller(request)
    return Status(201, extracts.collect_decisions(body.event_ids, incident_id=incident_id, by=by, at=at))


@router.post("/incidents/{slug:incident_id}/evidence/packs", response={201: PackOut})
def export(request: HttpRequest, incident_id: str, body: PackIn) -> Status[object]:
    """Make a signed pack."""
    by, at = caller(request)
    order = exporting.PackOrder(body.purpose, body.recipient, body.evidence_ids, body.with_originals)
    return Status(201, exporting.export_pack(order, incident_id=incident_id, by=by, at=at))


@router.post("/incidents/{slug:incident_id}/evidence/originals", response={202: EvidenceAskedOut})
def ask_originals(request: HttpRequest, incident_id: str, body: ReasonIn) -> Status[dict[str, str]]:
    """Ask a second person to let originals leave once."""
    by, at = caller(request)
    asked = exporting.ask_for_originals(incident_id=incident_id, reason=body.reason, by=by, at=at)
    return Status(202, {"approval_id": asked})


@router.get("/evidence_packs/{slug:pack_id}", openapi_extra={"responses": {200: BYTES}})
def pack(request: HttpRequest, pack_id: str) -> HttpResponse:
    """Return a pack's bytes."""
    by, at = caller(request)
    made, body = exporting.download_pack(pack_id=pack_id, by=by, at=at)
    return as_attachment(body, f"{made.id}.zip", made.sha256)


@router.get("/evidence/{slug:evidence_id}", response=PieceOut)
def get(request: HttpRequest, evidence_id: str) -> dict[str, object]:
    """Return one piece without its content."""
    by, _ = caller(request)
    return _piece(get_piece(evidence_id=evidence_id, by=by).line)


@router.get("/evidence/{slug:evidence_id}/custody", response=CustodyList)
def custody(request: HttpRequest, evidence_id: str) -> dict[str, object]:
    """Return the newest events of a piece's custody."""
    by, _ = caller(request)
    return {"items": [asdict(each) for each in get_piece(evidence_id=evidence_id, by=by).custody]}


@router.get("/evidence/{slug:evidence_id}/content", openapi_extra={"responses": {200: BYTES}})
def content(request: HttpRequest, evidence_id: str, purpose: str = "") -> HttpResponse:
    """Return a content as it came; recorded."""
    by, at = caller(request)
    given = looking.download_evidence(evidence_id=evidence_id, purpose=purpose, by=by, at=at)
    return as_attachment(given.data, given.file_name, given.sha256)


@router.post("/evidence/{slug:evidence_id}:redact", response={201: CollectedOut})
def redact(request: HttpRequest, evidence_id: str, body: RedactIn) -> Status[Collected]:
    """Make a redacted copy."""
    by, at = caller(request)
    boxes = tuple(Box(*each) for each in body.boxes)
    return Status(
        201, redacting.redact_evidence(evidence_id=evidence_id, boxes=boxes, is_read=body.is_read, by=by, at=at)
    )


@router.post("/evidence/{slug:evidence_id}:hold", response=PieceOut)
def hold(request: HttpRequest, evidence_id: str, body: ReasonIn) -> dict[str, object]:
    """Put a legal hold on a piece."""
    by, at = caller(request)
    holding.hold_evidence(evidence_id=evidence_id, reason=body.reason, by=by, at=at)
    return _piece(get_piece(evidence_id=evidence_id, by=by).line)


@router.post("/evidence/{slug:evidence_id}:ask_lift", response={202: EvidenceAskedOut})
def ask_lift(request: HttpRequest, evidence_id: str, body: ReasonIn) -> Status[dict[str, str]]:
    """Ask a second person to lift the hold."""
    by, at = caller(request)
    asked = holding.ask_to_lift(evidence_id=evidence_id, reason=body.reason, by=by, at=at)
    return Status(202, {"approval_id": asked})


@router.post("/evidence/{slug:evidence_id}:verify", response=VerifiedOut)
def verify(request: HttpRequest, evidence_id: str) -> dict[str, object]:
    """Hash the file anew and walk the custody."""
    by, at = caller(request)
    found = verifying.verify_evidence(evidence_id=evidence_id, by=by, at=at)
    return {"state": found.state, "custody": found.custody.code if found.custody else "", "holds": found.holds}


def _piece(line: PieceLine) -> dict[str, object]:
    return {**asdict(line), "marks": line.mark_codes}
