"""Evidence of an incident: hand in, look at, redact, hold, hand out. Every look at a content is recorded."""

from __future__ import annotations

import base64
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.edge.pages import page
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.privacy.purposes import purposes
from anxin.desk.foundation.ui.words import say
from anxin.desk.operations.evidence.actions import (
    exporting,
    extracts,
    holding,
    letting_go,
    looking,
    redacting,
    verifying,
)
from anxin.desk.operations.evidence.actions.collecting import NewPiece, collect_evidence
from anxin.desk.operations.evidence.forms import (
    MOST_FILES,
    Typed,
    parse_boxes,
    parse_claimed,
    parse_ids,
    parse_number,
    read_order,
    read_reason,
    read_typed,
)
from anxin.desk.operations.evidence.handing_out import as_attachment, as_picture
from anxin.desk.operations.evidence.panels import KEPT, REPEATED, Taken, may, panel_context, refused, tile_of
from anxin.desk.operations.evidence.queries import find_incident_id, get_piece


@require_GET
@page
def panel(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Show the evidence of an incident, and take in more."""
    return _panel(request, by, incident_id)


@require_POST
@page
def add(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Take in files, or pasted text; each is kept or refused by itself."""
    typed, taken = read_typed(request.POST), list[Taken]()
    files = request.FILES.getlist("files")[:MOST_FILES]
    for file in files:
        taken.append(_take_file(file, typed, request, by, incident_id))
    if typed.text.strip() or not files:
        taken.append(_take_text(typed, request, by, incident_id))
    is_refused = any(each.tone == "danger" for each in taken)
    return _panel(request, by, incident_id, typed if is_refused else None, taken)


@require_POST
@page
def add_log(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Freeze decisions as evidence."""
    try:
        chosen = parse_ids(request.POST.get("decisions", ""))
        made = extracts.collect_decisions(chosen, incident_id=incident_id, by=by, at=request.moment)
    except Refusal as refusal:
        _pass_on(refusal)
        return _panel(request, by, incident_id, None, [refused("", refusal)])
    return _panel(request, by, incident_id, None, [_kept("", is_repeated=made.is_repeated)])


@require_POST
@page
def export(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Make a pack."""
    try:
        pack = exporting.export_pack(read_order(request.POST), incident_id=incident_id, by=by, at=request.moment)
    except Refusal as refusal:
        _pass_on(refusal)
        return _panel(request, by, incident_id, None, [refused("", refusal)])
    done = Taken(pack.sha256[:16], "success", say(("证据包已签名，可下载", "the pack is signed; download it below")))
    return _panel(request, by, incident_id, None, [done])


@require_POST
@page
def ask_originals(request: DeskRequest, by: Actor, incident_id: str) -> HttpResponse:
    """Ask a second person to let originals leave."""
    exporting.ask_for_originals(incident_id=incident_id, reason=read_reason(request.POST), by=by, at=request.moment)
    asked = Taken("", "info", say(("已申请，等待第二人批准", "asked; a second person decides")))
    return _panel(request, by, incident_id, None, [asked])


@require_GET
@page
def pack(request: DeskRequest, by: Actor, pack_id: str) -> HttpResponse:
    """Hand out a pack."""
    made, body = exporting.download_pack(pack_id=pack_id, by=by, at=request.moment)
    return as_attachment(body, f"{made.id}.zip", made.sha256)


@require_POST
@page
def keep_checked(request: DeskRequest, by: Actor, job_id: str) -> HttpResponse:
    """Keep a picture that was just checked."""
    incident_id = find_incident_id(parse_number(request.POST.get("number", "")), by=by)
    made = extracts.collect_checked(job_id=job_id, incident_id=incident_id, by=by, at=request.moment)
    return redirect("evidence:piece", made.evidence_id)


@require_GET
@page
def piece(request: DeskRequest, by: Actor, evidence_id: str) -> HttpResponse:
    """Show one piece and its custody; its content stays closed until somebody opens it."""
    view = get_piece(evidence_id=evidence_id, by=by)
    context = {
        "view": view,
        "line": view.line,
        "tile": tile_of(view.line),
        "copies": [tile_of(each) for each in view.copies],
        "purposes": purposes().items(),
        "can_download": may(by, "evidence.export" if view.line.derivative_of else looking.ORIGINAL),
        "can_redact": view.can_redact and may(by, redacting.REDACT),
        "can_hold": may(by, holding.HOLD),
        "can_lift": may(by, holding.LIFT, Grade.REQUEST),
        "can_erase": may(by, letting_go.ERASE, Grade.REQUEST),
    }
    response = render(request, "evidence/piece.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@page
def show(request: DeskRequest, by: Actor, evidence_id: str) -> HttpResponse:
    """Open a content; the look is in its custody before anything is seen."""
    look = looking.look_at_evidence(evidence_id=evidence_id, by=by, at=request.moment)
    picture = base64.b64encode(look.picture).decode() if look.picture else ""
    context = {"look": look, "picture": picture, "evidence_id": evidence_id}
    is_fragment = request.headers.get("HX-Request") == "true"
    response = render(request, "evidence/shown.html" if is_fragment else "evidence/look.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_GET
@page
def blurred(request: DeskRequest, by: Actor, evidence_id: str) -> HttpResponse:
    """Answer a preview in which nothing can be read."""
    found = looking.blurred_picture(evidence_id=evidence_id, by=by)
    if found is None:
        raise NotFound
    return as_picture(found)


@require_POST
@page
def download(request: DeskRequest, by: Actor, evidence_id: str) -> HttpResponse:
    """Hand out a content as it came."""
    given = looking.download_evidence(
        evidence_id=evidence_id, purpose=request.POST.get("purpose", ""), by=by, at=request.moment
    )
    return as_attachment(given.data, given.file_name, given.sha256)


@require_POST
@page
def redact(request: DeskRequest, by: Actor, evidence_id: str) -> HttpResponse:
    """Make a redacted copy."""
    boxes = parse_boxes(request.POST.get("boxes", ""))
    is_read = "read" in request.POST
    made = redacting.redact_evidence(evidence_id=evidence_id, boxes=boxes, is_read=is_read, by=by, at=request.moment)
    return redirect("evidence:piece", made.evidence_id)


@require_POST
@page
def hold(request: DeskRequest, by: Actor, evidence_id: str) -> HttpResponse:
    """Put a legal hold on a piece."""
    holding.hold_evidence(evidence_id=evidence_id, reason=read_reason(request.POST), by=by, at=request.moment)
    return redirect("evidence:piece", evidence_id)


@require_POST
@page
def lift(request: DeskRequest, by: Actor, evidence_id: str) -> HttpResponse:
    """Ask a second person to lift the hold."""
    holding.ask_to_lift(evidence_id=evidence_id, reason=read_reason(request.POST), by=by, at=request.moment)
    return redirect("evidence:piece", evidence_id)


@require_POST
@page
def erase(request: DeskRequest, by: Actor, evidence_id: str) -> HttpResponse:
    """Ask a second person to erase a piece."""
    letting_go.ask_to_erase(evidence_id=evidence_id, reason=read_reason(request.POST), by=by, at=request.moment)
    return redirect("evidence:piece", evidence_id)


@require_POST
@page
def verify(request: DeskRequest, by: Actor, evidence_id: str) -> HttpResponse:
    """Hash the file anew and walk the custody."""
    verifying.verify_evidence(evidence_id=evidence_id, by=by, at=request.moment)
    return redirect("evidence:piece", evidence_id)


def _take_file(file: UploadedFile[Any], typed: Typed, request: DeskRequest, by: Actor, incident_id: str) -> Taken:
    name = file.name or ""
    try:
        new = NewPiece(
            file.read(),
            name=name,
            claimed_type=file.content_type or "",
            how="upload" if typed.as_ == "upload" else "paste",
            source=typed.source,
            note=typed.note,
            claimed_at=parse_claimed(typed.claimed),
            retention=typed.retention,
        )
        made = collect_evidence(new, incident_id=incident_id, by=by, at=request.moment)
    except Refusal as refusal:
        _pass_on(refusal)
        return refused(name, refusal)
    return _kept(name, is_repeated=made.is_repeated)


def _take_text(typed: Typed, request: DeskRequest, by: Actor, incident_id: str) -> Taken:
    try:
        made = extracts.collect_text(
            typed.text,
            is_chat=typed.as_ == "chat",
            source=typed.source,
            claimed_at=parse_claimed(typed.claimed),
            incident_id=incident_id,
            by=by,
            at=request.moment,
        )
    except Refusal as refusal:
        _pass_on(refusal)
        return refused("", refusal)
    return _kept("", is_repeated=made.is_repeated)


def _kept(name: str, *, is_repeated: bool) -> Taken:
    return Taken(name, "info" if is_repeated else "success", say(REPEATED if is_repeated else KEPT))


def _pass_on(refusal: Refusal) -> None:
    """Let refusals about the person or the incident answer the whole request; the others are said in the panel."""
    if refusal.status in (401, 404) or refusal.code.startswith("permission."):
        raise refusal


def _panel(
    request: DeskRequest, by: Actor, incident_id: str, typed: Typed | None = None, taken: list[Taken] | None = None
) -> HttpResponse:
    context = panel_context(incident_id, by=by, typed=typed, taken=taken or ())
    is_fragment = request.headers.get("HX-Request") == "true"
    is_refused = any(each.tone == "danger" for each in taken or ())
    context["language"] = get_language() or "zh"
    response = render(
        request,
        "evidence/panel.html" if is_fragment else "evidence/of.html",
        context,
        status=422 if is_refused else 200,
    )
    response["Cache-Control"] = "no-store"
    return response
