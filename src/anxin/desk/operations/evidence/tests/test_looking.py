"""Looking: custody first, forms by role, and contents leave as attachments only."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.evidence.actions.looking import blurred_picture, download_evidence, look_at_evidence
from anxin.desk.operations.evidence.errors import NotShown, PurposeMissing
from anxin.desk.operations.evidence.models import CustodyEvent
from anxin.desk.operations.evidence.tests.conftest import CHAT, PHONE, picture, row_of
from anxin.desk.operations.evidence.tests.test_collecting import BOMB, BROKEN, PROGRAM

pytestmark = pytest.mark.django_db
Collect = Callable[..., str]


def acts(evidence_id: str) -> list[str]:
    return list(CustodyEvent.objects.filter(evidence_id=evidence_id).order_by("seq").values_list("act", flat=True))


def test_every_look_is_custody(collect: Collect, agent: Actor, lead: Actor) -> None:
    piece = collect(kind="chat")
    look = look_at_evidence(evidence_id=piece, by=lead, at=NIGHT)
    assert (look.text, look.is_masked, [each.who for each in look.lines]) == (CHAT, False, ["张三", "客服"])
    look_at_evidence(evidence_id=piece, by=agent, at=NIGHT)
    events = CustodyEvent.objects.filter(evidence_id=piece, act="view").order_by("seq")
    assert [each.actor_label for each in events] == ["lead", "agent"]
    assert AuditEntry.objects.filter(act="evidence.view", object_id=piece).count() == 2


def test_texts_are_masked_by_role_but_not_to_who_took_them_in(
    collect: Collect, agent: Actor, lead: Actor, actor: Callable[..., Actor]
) -> None:
    piece = collect(kind="chat", by=lead)
    for by in (agent, actor("mentor"), actor("auditor")):
        look = look_at_evidence(evidence_id=piece, by=by, at=NIGHT)
        assert look.is_masked
        assert PHONE not in look.text + "".join(each.what for each in look.lines)
    assert PHONE in look_at_evidence(evidence_id=collect(b"13877665544 mine"), by=agent, at=NIGHT).text


def test_pictures_are_shown_as_made_here(collect: Collect, agent: Actor, lead: Actor) -> None:
    piece = collect(picture(300, 200), by=lead)
    look = look_at_evidence(evidence_id=piece, by=lead, at=NIGHT)
    assert (look.kind, look.size, look.picture[:2]) == ("picture", (300, 200), b"\xff\xd8")
    assert (blurred_picture(evidence_id=piece, by=agent) or b"")[:2] == b"\xff\xd8"
    with pytest.raises(NotShown):
        look_at_evidence(evidence_id=piece, by=agent, at=NIGHT)
    assert acts(piece) == ["ingest", "view"]


@pytest.mark.parametrize("data", [PROGRAM, BROKEN, b"%PDF-1.7", b"\0" * 20])
def test_what_is_never_shown(collect: Collect, lead: Actor, data: bytes) -> None:
    piece = collect(data, by=lead)
    with pytest.raises(NotShown):
        look_at_evidence(evidence_id=piece, by=lead, at=NIGHT)
    assert blurred_picture(evidence_id=piece, by=lead) is None
    assert acts(piece) == ["ingest"]


def test_archives_are_listed(collect: Collect, lead: Actor) -> None:
    look = look_at_evidence(evidence_id=collect(BOMB, by=lead), by=lead, at=NIGHT)
    assert look.archive is not None
    assert [each.size for each in look.archive.entries] == [8 << 20] * 3


def test_markup_is_shown_as_text(collect: Collect, lead: Actor) -> None:
    piece = collect(b"<html><script>alert(1)</script>", by=lead, kind="text")
    assert look_at_evidence(evidence_id=piece, by=lead, at=NIGHT).text == "<html><script>alert(1)</script>"


def test_a_download_is_what_came_in(collect: Collect, lead: Actor) -> None:
    piece = collect(CHAT.encode())
    given = download_evidence(evidence_id=piece, purpose="handle_case", by=lead, at=NIGHT)
    assert given.data == CHAT.encode()
    assert given.sha256 == hashlib.sha256(given.data).hexdigest() == row_of(piece).sha256
    assert acts(piece) == ["ingest", "export"]


def test_downloads_refused_leave_no_trace(
    collect: Collect, agent: Actor, lead: Actor, actor: Callable[..., Actor], other_organisation: object
) -> None:
    piece = collect()
    for by, purpose, refusal in (
        (lead, "", PurposeMissing),
        (agent, "handle_case", Forbidden),
        (actor("administrator"), "handle_case", Forbidden),
        (actor("shift_lead", username="far", to=other_organisation), "handle_case", NotFound),
        (replace(lead, sites=frozenset({"site_x"})), "handle_case", NotFound),
    ):
        with pytest.raises(refusal):
            download_evidence(evidence_id=piece, purpose=purpose, by=by, at=NIGHT)
    assert acts(piece) == ["ingest"]
