"""Pieces of evidence go out with a reply: copies first, originals with the right, each step in custody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.evidence.actions.collecting import NewPiece, collect_evidence
from anxin.desk.operations.evidence.actions.redacting import redact_evidence
from anxin.desk.operations.evidence.custody import verify_custody
from anxin.desk.operations.evidence.models import CustodyEvent, Evidence
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.desk.operations.replies.actions import NewReply, Sending, send_reply
from anxin.desk.operations.replies.attachments import LIFE, MOST, fetch_attachment, list_fitting
from anxin.desk.operations.replies.errors import AttachmentsGone, AttachmentUnfit
from anxin.desk.operations.replies.models import Reply, ReplyAttachment
from anxin.desk.operations.replies.queries import fetch_outgoing, list_replies
from anxin.desk.operations.replies.tests.test_api import robot

__all__ = ["robot"]
pytestmark = pytest.mark.django_db
CALM = "您好，这是我们核实后的记录，请查收。"
CHAT = "我的电话 13877665544，对方让我转账"
SOON = NIGHT + timedelta(minutes=4)


@pytest.fixture
def novice(actor: Callable[..., Actor]) -> Actor:
    """A service agent: works on incidents, and has no right to originals."""
    return actor("service_agent", username="novice")


@pytest.fixture
def original(incident: Incident, agent: Actor) -> str:
    """A chat of the victim's with her number in it."""
    new = NewPiece(CHAT.encode(), name="chat.txt")
    return collect_evidence(new, incident_id=incident.id, by=agent, at=NIGHT).evidence_id


@pytest.fixture
def copy(original: str, agent: Actor) -> str:
    """Its redacted copy."""
    return redact_evidence(evidence_id=original, by=agent, at=NIGHT).evidence_id


def send(incident: Incident, by: Actor, *pieces: str, key: str = "k1") -> Reply:
    reply = NewReply(CALM, attachments=pieces)
    return send_reply(incident_id=incident.id, reply=reply, sending=Sending(key), by=by, at=SOON)


def acts(evidence_id: str) -> list[str]:
    return list(CustodyEvent.objects.filter(evidence_id=evidence_id).order_by("seq").values_list("act", flat=True))


def test_a_copy_goes_out_and_its_custody_says_so(
    incident: Incident, agent: Actor, novice: Actor, platform: Actor, copy: str
) -> None:
    fitting = list_fitting(incident_id=incident.id, by=novice)
    assert ([each.id for each in fitting.pieces], fitting.uncopied) == ([copy], 0)
    reply = send(incident, novice, copy, copy)
    (line,) = list_replies(incident_id=incident.id, by=agent, at=SOON)
    (along,) = line.attachments
    piece = Evidence.objects.get(pk=copy)
    assert (along.evidence_id, along.sha256, along.is_redacted) == (copy, piece.sha256, True)
    assert '"attachments":1' in Fact.objects.filter(kind="reply.sent").get().payload.replace(" ", "")
    told = fetch_outgoing(reply_id=reply.id, by=platform, at=SOON)
    assert (told.attachments, told.attachments_until) == ((along,), SOON + LIFE)
    got = fetch_attachment(reply_id=reply.id, attachment_id=along.id, by=platform, at=SOON)
    assert (got.sha256, "13877665544" in got.data.decode()) == (piece.sha256, False)
    assert acts(copy)[-2:] == ["transfer", "export"]
    piece.refresh_from_db()
    assert verify_custody(piece) is None


def test_originals_ask_for_the_right_to_them(
    incident: Incident, novice: Actor, lead: Actor, original: str, copy: str
) -> None:
    events = IncidentEvent.objects.count()
    with pytest.raises(Forbidden):
        send(incident, novice, original)
    assert (Reply.objects.count(), IncidentEvent.objects.count(), acts(original)[-1]) == (0, events, "redact")
    assert [each.id for each in list_fitting(incident_id=incident.id, by=lead).pieces] == [copy, original]
    send(incident, lead, original, key="k2")
    assert ReplyAttachment.objects.get().is_redacted is False


def test_what_waits_for_a_copy_is_counted(incident: Incident, novice: Actor, lead: Actor, original: str) -> None:
    collect_evidence(NewPiece(b"MZ" + bytes(200)), incident_id=incident.id, by=lead, at=NIGHT)
    found = [list_fitting(incident_id=incident.id, by=by) for by in (novice, lead)]
    assert [(len(each.pieces), each.uncopied) for each in found] == [(0, 1), (1, 0)]


@pytest.mark.parametrize("what", ["absent", "of another incident", "a program", "erased", "too many"])
def test_what_cannot_go_along_sends_nothing(
    incident: Incident, lead: Actor, original: str, seen: Callable[..., Incident], what: str
) -> None:
    def take(data: bytes, incident_id: str = incident.id) -> str:
        return collect_evidence(NewPiece(data), incident_id=incident_id, by=lead, at=NIGHT).evidence_id

    if what == "erased":
        Evidence.objects.filter(pk=original).update(erased_at=NIGHT)
    pieces: dict[str, Callable[[], list[str]]] = {
        "absent": lambda: ["evd_none"],
        "of another incident": lambda: [take(b"other", seen(level=3).id)],
        "a program": lambda: [take(b"MZ" + bytes(200))],
        "erased": lambda: [original],
        "too many": lambda: [take(f"text {each}".encode()) for each in range(MOST + 1)],
    }
    chosen = pieces[what]()
    with pytest.raises(NotFound if what in ("absent", "of another incident") else AttachmentUnfit):
        send(incident, lead, *chosen)
    assert (Reply.objects.count(), ReplyAttachment.objects.count()) == (0, 0)


def test_after_a_day_nothing_is_handed_out(incident: Incident, agent: Actor, platform: Actor, copy: str) -> None:
    reply = send(incident, agent, copy)
    row, before = ReplyAttachment.objects.get(), acts(copy)
    with pytest.raises(AttachmentsGone):
        fetch_attachment(reply_id=reply.id, attachment_id=row.id, by=platform, at=SOON + LIFE)
    with pytest.raises(NotFound):
        fetch_attachment(reply_id=reply.id, attachment_id="rat_none", by=platform, at=SOON)
    with pytest.raises(Forbidden):
        fetch_attachment(reply_id=reply.id, attachment_id=row.id, by=agent, at=SOON)
    assert acts(copy) == before


def test_over_the_api(
    incident: Incident, robot: Client, sign_in: Callable[..., Client], clock: Clock, copy: str
) -> None:
    staff, path = sign_in("specialist"), f"/api/v1/incidents/{incident.id}/replies"
    body = {"text": CALM, "key": "k1", "attachments": [copy]}
    sent = staff.post(path, body, content_type="application/json").json()
    assert staff.get(path).json()[0]["attachments"][0]["evidence_id"] == copy
    told = robot.get(f"/api/v1/replies/{sent['id']}").json()
    url = f"/api/v1/replies/{sent['id']}/attachments/{told['attachments'][0]['id']}"
    got = robot.get(url)
    assert (got.status_code, got["X-Content-SHA256"]) == (200, told["attachments"][0]["sha256"])
    assert (staff.get(url).status_code, Client().get(url).status_code) == (403, 401)
    assert robot.get(url.replace("rat_", "rax_")).status_code == 404
