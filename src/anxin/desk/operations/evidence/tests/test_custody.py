"""Custody and store: every way to tamper is found, told once, and what is broken is never used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.operations.evidence.actions import verifying
from anxin.desk.operations.evidence.actions.holding import hold_evidence
from anxin.desk.operations.evidence.actions.looking import download_evidence, look_at_evidence
from anxin.desk.operations.evidence.actions.verifying import list_broken, verify_evidence, verify_store
from anxin.desk.operations.evidence.custody import columns_of, list_links, verify_custody
from anxin.desk.operations.evidence.errors import EvidenceBroken
from anxin.desk.operations.evidence.models import CustodyEvent, Evidence, StoredContent
from anxin.desk.operations.evidence.pack.verify_pack import START, find_custody_break, link_hash
from anxin.desk.operations.evidence.tests.conftest import content_file, row_of
from anxin.desk.operations.incidents.models import Incident, IncidentEvent, Signal

pytestmark = pytest.mark.django_db
Collect = Callable[..., str]
TOMORROW = NIGHT + timedelta(hours=25)


def code(evidence_id: str) -> str:
    found = verify_custody(row_of(evidence_id))
    return found.code if found else ""


@pytest.fixture
def piece(collect: Collect, lead: Actor) -> str:
    found = collect(by=lead)
    look_at_evidence(evidence_id=found, by=lead, at=NIGHT)
    hold_evidence(evidence_id=found, reason="court", by=lead, at=NIGHT)
    return found


def test_contents_are_looked_at_behind_a_whole_batch_that_cannot_be(
    collect: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = [row_of(collect(bytes([number]) * 9)).content_id for number in range(4)]
    note = verifying.note_state

    def refuse(content: StoredContent, state: str, *, at: datetime) -> None:
        if content.pk in pieces[:3]:
            raise IntegrityError
        note(content, state, at=at)

    monkeypatch.setattr(verifying, "note_state", refuse)
    monkeypatch.setattr(verifying, "BATCH", 2)
    room = Sickroom()
    with sickroom(room):
        assert verify_store(TOMORROW) == 1
    looked = StoredContent.objects.filter(checked_at=TOMORROW).values_list("pk", flat=True)
    assert (list(looked), room.word) == ([pieces[3]], "IntegrityError × 3")


def test_it_holds(piece: str, lead: Actor) -> None:
    assert code(piece) == ""
    found = verify_evidence(evidence_id=piece, by=lead, at=NIGHT)
    assert (found.state, found.custody, found.holds) == ("whole", None, True)
    assert code(piece) == ""


@pytest.mark.parametrize(
    "column",
    ["act", "actor_kind", "actor_id", "actor_label", "hash_before", "hash_after", "details", "at", "evidence_id"],
)
def test_a_changed_column_is_found(piece: str, column: str) -> None:
    value = TOMORROW if column == "at" else "x"
    rows = CustodyEvent.objects.filter(evidence_id=piece, seq=2)
    rows.update(**{column: value})
    assert code(piece) in ("changed", "gap")


def test_events_taken_out_moved_or_cut_are_found(piece: str) -> None:
    events = CustodyEvent.objects.filter(evidence_id=piece)
    last = events.get(seq=3)
    last.delete()
    assert code(piece) == "head"
    events.filter(seq=2).delete()
    Evidence.objects.filter(pk=piece).update(custody_seq=1, custody_hash=events.get(seq=1).hash)
    assert code(piece) == "unanchored"
    last.save(force_insert=True)
    assert code(piece) == "gap"


def test_a_chain_made_anew_is_found_by_the_trail(piece: str) -> None:
    before = START
    for event in CustodyEvent.objects.filter(evidence_id=piece).order_by("seq"):
        event.previous_hash = bytes.fromhex(before)
        event.actor_label = "somebody-else"
        before = link_hash(columns_of(event))
        event.hash = bytes.fromhex(before)
        event.save()
    Evidence.objects.filter(pk=piece).update(custody_hash=bytes.fromhex(before))
    assert find_custody_break(list_links(piece)) is None
    assert code(piece) == "unanchored"


@given(st.lists(st.tuples(st.text(max_size=8), st.integers(0, 9)), min_size=1, max_size=6), st.data())
@settings(max_examples=60, deadline=None)
def test_any_change_of_any_link_is_found(acts: list[tuple[str, int]], data: st.DataObject) -> None:
    links: list[dict[str, object]] = []
    before = START
    for seq, each in enumerate(acts, 1):
        columns = [before, "evd", seq, *each]
        before = link_hash(columns)
        links.append({"columns": columns, "hash": before})
    assert find_custody_break(links) is None
    place = data.draw(st.integers(0, len(links) - 1))
    column = data.draw(st.integers(0, 4))
    columns = links[place]["columns"]
    assert isinstance(columns, list)
    columns[column] = f"{columns[column]}x"
    found = find_custody_break(links)
    assert found is not None
    assert found[0] == place + 1


def spoil(evidence_id: str, how: str) -> None:
    file = content_file(evidence_id)
    body = file.read_bytes()
    file.chmod(0o600)
    if how == "missing":
        file.unlink()
    elif how == "cut":
        file.write_bytes(body[:20])
    elif how == "empty":
        file.write_bytes(b"")
    else:
        file.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))


@pytest.mark.parametrize(
    ("how", "state"), [("missing", "missing"), ("flipped", "changed"), ("cut", "changed"), ("empty", "changed")]
)
def test_a_broken_file_is_told_once_and_never_used(
    piece: str, incident: Incident, lead: Actor, how: str, state: str
) -> None:
    spoil(piece, how)
    for act in (look_at_evidence, download_evidence):
        more = {"purpose": "handle_case"} if act is download_evidence else {}
        with pytest.raises(EvidenceBroken):
            act(evidence_id=piece, by=lead, at=NIGHT, **more)
    assert verify_store(NIGHT) == 0
    assert verify_store(TOMORROW) == 1
    assert verify_store(TOMORROW + timedelta(hours=25)) == 1
    assert list_broken() == ((row_of(piece).content_id, state),)
    assert IncidentEvent.objects.filter(incident=incident, kind="evidence_broken").count() == 1
    told = Signal.objects.get(kind="evidence_broken")
    assert Incident.objects.get(pk=told.incident_id).is_confidential
    assert Fact.objects.filter(kind="evidence.broken").count() == 1
    last = CustodyEvent.objects.filter(evidence_id=piece).order_by("-seq")[0]
    assert (last.act, last.hash_before, last.hash_after) == ("verify", row_of(piece).sha256, "")
    assert code(piece) == ""
    entry = AuditEntry.objects.filter(act="evidence.check_store").order_by("seq")[0]
    assert entry.details == '{"broken":1,"checked":1}'


def test_a_file_of_another_piece_in_its_place_is_found(collect: Collect, lead: Actor) -> None:
    one, two = collect(b"one"), collect(b"two")
    place = content_file(one)
    place.chmod(0o600)
    place.write_bytes(content_file(two).read_bytes())
    assert [state for _, state in list_broken()] == ["changed"]


def test_the_store_is_looked_at_day_by_day(piece: str) -> None:
    assert verify_store(TOMORROW) == 1
    assert verify_store(TOMORROW) == 0
    row = StoredContent.objects.get(pk=row_of(piece).content_id)
    assert (row.state, row.checked_at) == ("whole", TOMORROW)
