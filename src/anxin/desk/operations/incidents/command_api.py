"""Commands on one incident: `POST /incidents/{id}:command`, If-Match with the version it is based on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TypedDict

from django.http import HttpRequest, HttpResponse
from ninja import Router

from anxin.desk.foundation.api.calls import caller, etag
from anxin.desk.foundation.api.document import needs_version
from anxin.desk.foundation.api.errors import VersionNeeded
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Conflict
from anxin.desk.operations.incidents.actions import (
    consults,
    contacts,
    department_tasks,
    disposing,
    ending,
    joining,
    leases,
    levels,
    notes,
    responding,
)
from anxin.desk.operations.incidents.queries import Changed, outcome_of
from anxin.desk.operations.incidents.schemas import (
    CareIn,
    ChecksIn,
    CodeIn,
    ContactIn,
    DismissIn,
    FailIn,
    FindingIn,
    LevelIn,
    LossIn,
    MadeOut,
    MergeIn,
    OfferIn,
    PauseIn,
    PlainIn,
    QuestionIn,
    SplitIn,
    StateOut,
    TakeIn,
    TaskIn,
)

router = Router(tags=["incidents"])


class Where(TypedDict):
    """What every command gets."""

    incident_id: str
    by: Actor
    at: datetime
    version: int | None


def _where(request: HttpRequest, incident_id: str) -> Where:
    by, at = caller(request)
    return {"incident_id": incident_id, "by": by, "at": at, "version": _version(request)}


def _version(request: HttpRequest) -> int | None:
    """Return the version of If-Match, None for `*`; raise VersionNeeded without one."""
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise VersionNeeded
    if given == "*":
        return None
    number = given.strip('"')
    if not number.isdecimal():
        raise Conflict(version="?")
    return int(number)


def _state(done: Changed, response: HttpResponse) -> Mapping[str, object]:
    outcome = outcome_of(done)
    if not outcome.approval_id:
        response["ETag"] = etag(outcome.version)
    return asdict(outcome)


@router.post("/incidents/{slug:incident_id}:start", response=StateOut)
def start(request: HttpRequest, incident_id: str, body: TakeIn, response: HttpResponse) -> Mapping[str, object]:
    """Respond: the caller leads it."""
    done = responding.start(**_where(request, incident_id), is_taking_over=body.is_taking_over)
    return _state(done, response)


@router.post("/incidents/{slug:incident_id}:dismiss", response=StateOut)
def dismiss(request: HttpRequest, incident_id: str, body: DismissIn, response: HttpResponse) -> Mapping[str, object]:
    """Say that it is no incident; L1 and L2 wait for a second person."""
    return _state(responding.dismiss(**_where(request, incident_id), **body.dict()), response)


@router.post("/incidents/{slug:incident_id}:record_no_action", response=StateOut)
def no_action(request: HttpRequest, incident_id: str, body: CodeIn, response: HttpResponse) -> Mapping[str, object]:
    """Record that no protective measure is needed."""
    return _state(responding.record_no_action(**_where(request, incident_id), **body.dict()), response)


@router.post("/incidents/{slug:incident_id}:contain", response=StateOut)
def contain(request: HttpRequest, incident_id: str, response: HttpResponse) -> Mapping[str, object]:
    """Go on to the disposal."""
    return _state(responding.contain(**_where(request, incident_id)), response)


@router.post("/incidents/{slug:incident_id}:record_loss", response=StateOut)
def loss(request: HttpRequest, incident_id: str, body: LossIn, response: HttpResponse) -> Mapping[str, object]:
    """Say what was at risk, blocked, lost and recovered."""
    done = disposing.record_loss(**_where(request, incident_id), loss=disposing.Loss(**body.dict()))
    return _state(done, response)


@router.post("/incidents/{slug:incident_id}:record_finding", response=StateOut)
def finding(request: HttpRequest, incident_id: str, body: FindingIn, response: HttpResponse) -> Mapping[str, object]:
    """Record cause and responsible party."""
    found = disposing.Finding(body.cause, body.responsible, tuple(body.factors))
    done = disposing.record_finding(**_where(request, incident_id), finding=found, note=body.note)
    return _state(done, response)


@router.post("/incidents/{slug:incident_id}:submit", response=StateOut)
def submit(request: HttpRequest, incident_id: str, response: HttpResponse) -> Mapping[str, object]:
    """Hand the disposal in for verification."""
    return _state(disposing.submit(**_where(request, incident_id)), response)


@router.post("/incidents/{slug:incident_id}:fail_verify", response=StateOut)
def fail_verify(request: HttpRequest, incident_id: str, body: FailIn, response: HttpResponse) -> Mapping[str, object]:
    """Send the disposal back."""
    return _state(disposing.fail_verify(**_where(request, incident_id), **body.dict()), response)


@router.post("/incidents/{slug:incident_id}:verify", response=StateOut)
def verify(request: HttpRequest, incident_id: str, body: ChecksIn, response: HttpResponse) -> Mapping[str, object]:
    """Confirm the disposal."""
    return _state(disposing.verify(**_where(request, incident_id), checks=tuple(body.checks)), response)


@router.post("/incidents/{slug:incident_id}:publish_review", response=StateOut)
def publish_review(request: HttpRequest, incident_id: str, response: HttpResponse) -> Mapping[str, object]:
    """Go on to the improvement."""
    return _state(ending.publish_review(**_where(request, incident_id)), response)


@router.post("/incidents/{slug:incident_id}:close", response=StateOut)
def close(request: HttpRequest, incident_id: str, body: PlainIn, response: HttpResponse) -> Mapping[str, object]:
    """Close it."""
    return _state(ending.close(**_where(request, incident_id), note=body.note), response)


@router.post("/incidents/{slug:incident_id}:reopen", response=StateOut)
def reopen(request: HttpRequest, incident_id: str, body: PlainIn, response: HttpResponse) -> Mapping[str, object]:
    """Take it up again."""
    return _state(ending.reopen(**_where(request, incident_id), note=body.note), response)


@router.post("/incidents/{slug:incident_id}:merge", response=StateOut)
def merge(request: HttpRequest, incident_id: str, body: MergeIn, response: HttpResponse) -> Mapping[str, object]:
    """Merge it into another."""
    return _state(joining.merge(**_where(request, incident_id), **body.dict()), response)


@router.post("/incidents/{slug:incident_id}:split", response=StateOut)
def split(request: HttpRequest, incident_id: str, body: SplitIn, response: HttpResponse) -> Mapping[str, object]:
    """Take signals out into an incident of their own."""
    done = joining.split(**_where(request, incident_id), signal_ids=tuple(body.signal_ids))
    return _state(done, response)


@router.post("/incidents/{slug:incident_id}:claim", response=StateOut)
def claim(request: HttpRequest, incident_id: str, body: TakeIn, response: HttpResponse) -> Mapping[str, object]:
    """Take the lease."""
    done = leases.claim(**_where(request, incident_id), is_taking_over=body.is_taking_over)
    return _state(done, response)


@router.post("/incidents/{slug:incident_id}:release", response=StateOut)
def release(request: HttpRequest, incident_id: str, response: HttpResponse) -> Mapping[str, object]:
    """Give the lease back."""
    return _state(leases.release(**_where(request, incident_id)), response)


@router.post("/incidents/{slug:incident_id}:extend_lease", response=StateOut)
def extend(request: HttpRequest, incident_id: str, response: HttpResponse) -> Mapping[str, object]:
    """Say that one is still at it."""
    return _state(leases.extend_lease(**_where(request, incident_id)), response)


@router.post("/incidents/{slug:incident_id}:offer_handover", response=MadeOut)
def offer(request: HttpRequest, incident_id: str, body: OfferIn) -> Mapping[str, object]:
    """Offer it to a colleague."""
    row = leases.offer_handover(**_where(request, incident_id), offer=leases.Offer(**body.dict()))
    return {"id": row.id}


@router.post("/incidents/{slug:incident_id}:accept_handover", response=StateOut)
def accept(request: HttpRequest, incident_id: str, response: HttpResponse) -> Mapping[str, object]:
    """Take over what was offered."""
    return _state(leases.accept_handover(**_where(request, incident_id)), response)


@router.post("/incidents/{slug:incident_id}:decline_handover", response=StateOut)
def decline(request: HttpRequest, incident_id: str, body: PlainIn, response: HttpResponse) -> Mapping[str, object]:
    """Leave it where it is."""
    return _state(leases.decline_handover(**_where(request, incident_id), note=body.note), response)


@router.post("/incidents/{slug:incident_id}:triage", response=StateOut)
def triage(request: HttpRequest, incident_id: str, response: HttpResponse) -> Mapping[str, object]:
    """Confirm the provisional level."""
    return _state(levels.triage(**_where(request, incident_id)), response)


@router.post("/incidents/{slug:incident_id}:raise_level", response=StateOut)
def raise_level(request: HttpRequest, incident_id: str, body: LevelIn, response: HttpResponse) -> Mapping[str, object]:
    """Raise the level."""
    return _state(levels.raise_level(**_where(request, incident_id), **body.dict()), response)


@router.post("/incidents/{slug:incident_id}:lower_level", response=StateOut)
def lower_level(request: HttpRequest, incident_id: str, body: LevelIn, response: HttpResponse) -> Mapping[str, object]:
    """Ask a second person to lower the level."""
    return _state(levels.lower_level(**_where(request, incident_id), **body.dict()), response)


@router.post("/incidents/{slug:incident_id}:log_contact", response=StateOut)
def contact(request: HttpRequest, incident_id: str, body: ContactIn, response: HttpResponse) -> Mapping[str, object]:
    """Log a contact with the party."""
    made = contacts.Contact(**body.dict(exclude={"note"}))
    done = contacts.log_contact(**_where(request, incident_id), contact=made, note=body.note)
    return _state(done, response)


@router.post("/incidents/{slug:incident_id}:pause", response=StateOut)
def pause(request: HttpRequest, incident_id: str, body: PauseIn, response: HttpResponse) -> Mapping[str, object]:
    """Stop the clock while others have to answer."""
    done = contacts.pause(**_where(request, incident_id), pause=contacts.Pause(**body.dict()))
    return _state(done, response)


@router.post("/incidents/{slug:incident_id}:resume", response=StateOut)
def resume(request: HttpRequest, incident_id: str, response: HttpResponse) -> Mapping[str, object]:
    """Let the clock run again."""
    return _state(contacts.resume(**_where(request, incident_id)), response)


@router.post("/incidents/{slug:incident_id}:begin_care", response=StateOut)
def begin_care(request: HttpRequest, incident_id: str, body: CareIn, response: HttpResponse) -> Mapping[str, object]:
    """Check carefully."""
    return _state(contacts.begin_care(**_where(request, incident_id), **body.dict()), response)


@router.post("/incidents/{slug:incident_id}:end_care", response=StateOut)
def end_care(request: HttpRequest, incident_id: str, response: HttpResponse) -> Mapping[str, object]:
    """Go on after the check."""
    return _state(contacts.end_care(**_where(request, incident_id)), response)


@router.post("/incidents/{slug:incident_id}:waive", response=StateOut)
def waive(request: HttpRequest, incident_id: str, body: PlainIn, response: HttpResponse) -> Mapping[str, object]:
    """Waive the promise."""
    return _state(contacts.waive(**_where(request, incident_id), note=body.note), response)


@router.post("/incidents/{slug:incident_id}:note", response=MadeOut)
def note(request: HttpRequest, incident_id: str, body: PlainIn) -> Mapping[str, object]:
    """Write an internal note."""
    event = notes.add_note(**_where(request, incident_id), text=body.note)
    return {"id": f"{incident_id}:{event.seq}"}


@router.post("/incidents/{slug:incident_id}:open_task", response=MadeOut)
def open_task(request: HttpRequest, incident_id: str, body: TaskIn) -> Mapping[str, object]:
    """Ask a department."""
    within = timedelta(minutes=max(0, min(body.minutes, 100_000)))
    task = department_tasks.NewTask(body.department_id, body.title, within, body.blocked_by)
    return {"id": department_tasks.open_task(**_where(request, incident_id), task=task).id}


@router.post("/incidents/{slug:incident_id}:consult", response=MadeOut)
def consult(request: HttpRequest, incident_id: str, body: QuestionIn) -> Mapping[str, object]:
    """Ask a mentor."""
    return {"id": consults.ask_mentor(**_where(request, incident_id), **body.dict()).id}


needs_version(router)
