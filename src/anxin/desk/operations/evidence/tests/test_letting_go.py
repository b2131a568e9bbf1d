"""Holds, retention by class, erasure by two: hash, custody and the fact remain, the content opens no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.decisions.sealed_body import subject_of
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.approvals.errors import OwnRequest
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.privacy.actions import place_hold
from anxin.desk.foundation.privacy.models import LegalHold
from anxin.desk.operations.evidence.actions import letting_go
from anxin.desk.operations.evidence.actions.collecting import NewPiece, collect_evidence
from anxin.desk.operations.evidence.actions.exporting import PackOrder, download_pack, export_pack
from anxin.desk.operations.evidence.actions.holding import ask_to_lift, hold_evidence
from anxin.desk.operations.evidence.actions.letting_go import ask_to_erase, let_go, let_go_packs, sweep_erased
from anxin.desk.operations.evidence.actions.looking import look_at_evidence
from anxin.desk.operations.evidence.actions.redacting import redact_evidence
from anxin.desk.operations.evidence.actions.verifying import list_broken, verify_evidence
from anxin.desk.operations.evidence.custody import verify_custody, write_custody
from anxin.desk.operations.evidence.errors import EvidenceErased, NotHeld, PersonUnderHold, UnderHold
from anxin.desk.operations.evidence.models import CustodyEvent, Evidence, StoredContent
from anxin.desk.operations.evidence.queries import get_piece
from anxin.desk.operations.evidence.tests.conftest import CHAT, files_of, row_of
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.signals import Named, add_party
from anxin.desk.operations.incidents.models import Incident

pytestmark = pytest.mark.django_db
Collect = Callable[..., str]


@pytest.fixture
def officer(actor: Callable[..., Actor]) -> Actor:
    return actor("data_protection", username="officer")


def erase(piece: str, by: Actor, second: Actor) -> None:
    asked = ask_to_erase(evidence_id=piece, reason="no longer needed", by=by, at=NIGHT)
    approve(approval_id=asked, by=second, at=NIGHT)


def test_a_hold_takes_one_and_its_end_takes_two(
    collect: Collect, agent: Actor, compliance: Actor, officer: Actor
) -> None:
    piece = collect()
    with pytest.raises(NotHeld):
        ask_to_lift(evidence_id=piece, reason="", by=compliance, at=NIGHT)
    with pytest.raises(Forbidden):
        hold_evidence(evidence_id=piece, reason="", by=agent, at=NIGHT)
    hold_evidence(evidence_id=piece, reason="court", by=compliance, at=NIGHT)
    hold_evidence(evidence_id=piece, reason="court", by=compliance, at=NIGHT)
    asked = ask_to_lift(evidence_id=piece, reason="done", by=compliance, at=NIGHT)
    with pytest.raises(OwnRequest):
        approve(approval_id=asked, by=compliance, at=NIGHT)
    assert row_of(piece).held_at == NIGHT
    approve(approval_id=asked, by=officer, at=NIGHT)
    assert row_of(piece).held_at is None
    assert list(CustodyEvent.objects.filter(evidence_id=piece).values_list("act", flat=True)) == [
        "ingest",
        "hold",
        "lift",
    ]


def test_erasure_keeps_hash_and_fact(collect: Collect, lead: Actor, compliance: Actor, officer: Actor) -> None:
    piece = collect(CHAT.encode(), name="a.txt", note="secret")
    copy = redact_evidence(evidence_id=piece, by=lead, at=NIGHT).evidence_id
    sha256, files = row_of(piece).sha256, files_of(lead.organisation_id)
    erase(piece, compliance, officer)
    row = row_of(piece)
    assert (row.sha256, row.erased_at, row.name_sealed, row.note_sealed) == (sha256, NIGHT, None, None)
    assert row_of(copy).erased_at == NIGHT
    for each in (piece, copy):
        with pytest.raises(EvidenceErased):
            look_at_evidence(evidence_id=each, by=lead, at=NIGHT)
        assert verify_custody(row_of(each)) is None
    assert verify_evidence(evidence_id=piece, by=lead, at=NIGHT).state == "erased"
    assert get_piece(evidence_id=piece, by=lead).line.is_erased
    assert list_broken() == ()
    assert files_of(lead.organisation_id) == files
    assert sweep_erased(NIGHT + timedelta(hours=25)) == 2
    assert files_of(lead.organisation_id) == []


def test_what_another_piece_needs_stays(collect: Collect, lead: Actor, compliance: Actor, officer: Actor) -> None:
    piece = collect()
    other = open_incident(Seen(kind="phishing"), by=lead, at=NIGHT)
    kept = collect_evidence(NewPiece(CHAT.encode()), incident_id=other.id, by=lead, at=NIGHT).evidence_id
    erase(piece, compliance, officer)
    assert look_at_evidence(evidence_id=kept, by=lead, at=NIGHT).text == CHAT
    erase(kept, compliance, officer)
    again = collect_evidence(NewPiece(CHAT.encode()), incident_id=other.id, by=lead, at=NIGHT).evidence_id
    assert look_at_evidence(evidence_id=again, by=lead, at=NIGHT).text == CHAT
    assert StoredContent.objects.filter(erased_at=None).count() == 1


def test_a_hold_stops_erasure(collect: Collect, compliance: Actor, officer: Actor) -> None:
    piece = collect()
    asked = ask_to_erase(evidence_id=piece, reason="", by=officer, at=NIGHT)
    hold_evidence(evidence_id=piece, reason="court", by=compliance, at=NIGHT)
    with pytest.raises(UnderHold):
        approve(approval_id=asked, by=compliance, at=NIGHT)
    with pytest.raises(UnderHold):
        ask_to_erase(evidence_id=piece, reason="", by=officer, at=NIGHT)
    assert row_of(piece).erased_at is None


KEY = "wallet-" + "9" * 120


@pytest.mark.parametrize(
    ("subject", "is_kept"),
    [
        ("user:u7", True),
        (subject_of("wallet", KEY), True),
        ("user:u8", False),
        ("phone:u7", False),
        ("wallet:#0", False),
    ],
)
def test_a_hold_on_a_person_keeps_what_names_them(
    collect: Collect, incident: Incident, lead: Actor, compliance: Actor, officer: Actor, subject: str, *, is_kept: bool
) -> None:
    piece = collect()
    asked = ask_to_erase(evidence_id=piece, reason="", by=officer, at=NIGHT)
    for named in (Named("victim", "user", "u7"), Named("thing", "wallet", KEY)):
        add_party(incident, named, at=NIGHT)
    redact_evidence(evidence_id=piece, by=lead, at=NIGHT)
    export_pack(PackOrder(purpose="hand_over"), incident_id=incident.id, by=lead, at=NIGHT)
    Incident.objects.filter(pk=incident.pk).update(ended_at=NIGHT)
    place_hold(subject=subject, reason="court", by=compliance, at=NIGHT)
    assert get_piece(evidence_id=piece, by=lead).is_person_held is is_kept
    if is_kept:
        with pytest.raises(PersonUnderHold):
            approve(approval_id=asked, by=compliance, at=NIGHT)
        with pytest.raises(PersonUnderHold):
            ask_to_erase(evidence_id=piece, reason="", by=officer, at=NIGHT)
    late = NIGHT + timedelta(days=4000)
    assert (let_go_packs(late), let_go(late)) == ((0, 0) if is_kept else (1, 2))
    LegalHold.objects.update(released_at=late)
    assert (let_go_packs(late), let_go(late)) == ((1, 2) if is_kept else (0, 0))
    assert row_of(piece).erased_at == late


@pytest.mark.parametrize(
    ("retention", "ended", "days", "is_gone"),
    [
        ("harmful", False, 89, False),
        ("harmful", False, 91, True),
        ("recording", False, 181, True),
        ("case", False, 4000, False),
        ("case", True, 1094, False),
        ("case", True, 1096, True),
        ("chat", True, 1096, True),
    ],
)
def test_retention_by_class(
    collect: Collect, incident: Incident, retention: str, *, ended: bool, days: int, is_gone: bool
) -> None:
    piece, held = collect(b"one", retention=retention), collect(b"two", retention=retention)
    row_of(held).__class__.objects.filter(pk=held).update(held_at=NIGHT)
    if ended:
        Incident.objects.filter(pk=incident.pk).update(ended_at=NIGHT)
    assert let_go(NIGHT + timedelta(days=days)) == int(is_gone)
    assert (row_of(piece).erased_at is not None, row_of(held).erased_at) == (is_gone, None)


def test_pieces_go_behind_a_whole_batch_of_broken_ones(collect: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    pieces = [collect(bytes([number]) * 9, retention="harmful") for number in range(4)]

    def refuse(piece: Evidence, act: str, **given: Any) -> CustodyEvent:
        if piece.id in pieces[:3]:
            raise IntegrityError
        return write_custody(piece, act, **given)

    monkeypatch.setattr(letting_go, "write_custody", refuse)
    monkeypatch.setattr(letting_go, "BATCH", 2)
    room = Sickroom()
    with sickroom(room):
        assert let_go(NIGHT + timedelta(days=91)) == 1
    assert [row_of(each).erased_at is not None for each in pieces] == [False, False, False, True]
    assert room.word == "IntegrityError × 3"


def test_packs_go_with_what_they_hold_and_after_their_time(
    collect: Collect, incident: Incident, lead: Actor, compliance: Actor, officer: Actor
) -> None:
    piece = collect()
    redact_evidence(evidence_id=piece, by=lead, at=NIGHT)
    order = PackOrder(purpose="hand_over")
    first = export_pack(order, incident_id=incident.id, by=lead, at=NIGHT)
    assert let_go_packs(NIGHT + timedelta(days=29)) == 0
    assert let_go_packs(NIGHT + timedelta(days=31)) == 1
    second = export_pack(order, incident_id=incident.id, by=lead, at=NIGHT)
    erase(piece, compliance, officer)
    for each in (first, second):
        with pytest.raises(EvidenceErased):
            download_pack(pack_id=each.id, by=lead, at=NIGHT)
