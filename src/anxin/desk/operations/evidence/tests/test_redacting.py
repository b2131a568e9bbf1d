"""Redacted copies: linked, stars or paint over what is personal, originals untouched."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from anxin.checkers.images.errors import PictureRefused
from anxin.checkers.screenshots.page import Box, Page, Scan
from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.evidence.actions import redacting
from anxin.desk.operations.evidence.actions.looking import content_of, look_at_evidence
from anxin.desk.operations.evidence.actions.redacting import redact_evidence
from anxin.desk.operations.evidence.errors import NothingToRedact, NotShown
from anxin.desk.operations.evidence.models import CustodyEvent, Evidence
from anxin.desk.operations.evidence.queries import count_originals, get_piece
from anxin.desk.operations.evidence.store.contents import open_content
from anxin.desk.operations.evidence.tests.conftest import PHONE, picture, row_of
from anxin.desk.operations.evidence.tests.test_collecting import BROKEN, PROGRAM
from anxin.desk.operations.incidents.models import Incident, IncidentEvent
from anxin.vision.errors import WorkerRefused

pytestmark = pytest.mark.django_db
Collect = Callable[..., str]
DARK = (24, 24, 27)


class Reader:
    """Reads nothing, paints one place, or refuses."""

    def __init__(self, refusal: Exception | None = None) -> None:
        self.refusal = refusal

    def scan(self, data: bytes) -> Scan:
        if self.refusal:
            raise self.refusal
        page = Page(PHONE, tuple(Box(n, 0, n + 1, 4) for n in range(len(PHONE))))
        return Scan(None, page, (), data)  # type: ignore[arg-type]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    found = Reader()
    monkeypatch.setattr(redacting, "shared_reader", lambda: found)
    return found


def test_texts_get_stars(collect: Collect, incident: Incident, agent: Actor, lead: Actor) -> None:
    piece = collect(f"我是张伟，电话{PHONE}，身份证11010119900307889X".encode(), by=lead)
    made = redact_evidence(evidence_id=piece, by=agent, at=NIGHT)
    copy = row_of(made.evidence_id)
    text = open_content(content_of(copy)).decode()
    assert PHONE not in text
    assert "11010119900307889X" not in text
    assert (copy.derivative_of, copy.how, copy.covered >= 2) == (piece, "redaction", True)
    assert count_originals(incident.id) == 1
    assert look_at_evidence(evidence_id=copy.id, by=agent, at=NIGHT).is_masked is False
    assert [each.id for each in get_piece(evidence_id=piece, by=lead).copies] == [copy.id]
    last = CustodyEvent.objects.get(evidence_id=piece, act="redact")
    assert (copy.id in last.details, last.hash_before, last.hash_after) == (
        True,
        row_of(piece).sha256,
        row_of(piece).sha256,
    )
    assert IncidentEvent.objects.filter(incident=incident, kind="evidence_redacted").count() == 1


def test_the_same_copy_is_made_once(collect: Collect, lead: Actor) -> None:
    piece = collect()
    one = redact_evidence(evidence_id=piece, by=lead, at=NIGHT)
    two = redact_evidence(evidence_id=piece, by=lead, at=NIGHT)
    assert (two.evidence_id, two.is_repeated) == (one.evidence_id, True)


def test_boxes_by_hand_are_painted(collect: Collect, lead: Actor) -> None:
    piece = collect(picture(100, 80), by=lead)
    made = redact_evidence(evidence_id=piece, boxes=(Box(10, 10, 40, 30),), is_read=False, by=lead, at=NIGHT)
    with Image.open(io.BytesIO(open_content(content_of(row_of(made.evidence_id))))) as copy:
        assert (copy.getpixel((20, 20)), copy.getpixel((60, 60))) == (DARK, (200, 30, 30))
        assert copy.size == (100, 80)
    assert row_of(made.evidence_id).covered == 1


def test_what_the_reader_finds_is_counted(collect: Collect, lead: Actor, reader: Reader) -> None:
    piece = collect(picture(100, 80), by=lead)
    made = redact_evidence(evidence_id=piece, boxes=(Box(1, 1, 2, 2),), by=lead, at=NIGHT)
    assert row_of(made.evidence_id).covered == 2


@pytest.mark.parametrize("refusal", [WorkerRefused("too_slow"), PictureRefused("broken")])
def test_a_reader_that_refuses_is_said(collect: Collect, lead: Actor, reader: Reader, refusal: Exception) -> None:
    reader.refusal = refusal
    piece = collect(picture(), by=lead)
    with pytest.raises(NothingToRedact):
        redact_evidence(evidence_id=piece, by=lead, at=NIGHT)
    assert Evidence.objects.filter(derivative_of=piece).count() == 0


@pytest.mark.parametrize("data", [PROGRAM, BROKEN, b"%PDF-1.4"])
def test_there_is_nothing_to_redact(collect: Collect, lead: Actor, data: bytes) -> None:
    with pytest.raises(NothingToRedact):
        redact_evidence(evidence_id=collect(data), by=lead, at=NIGHT)


def test_who_may_not_and_what_is_wrong(
    collect: Collect, agent: Actor, lead: Actor, actor: Callable[..., Actor]
) -> None:
    piece = collect(picture(), by=lead)
    copy = redact_evidence(evidence_id=piece, boxes=(Box(0, 0, 9, 9),), is_read=False, by=lead, at=NIGHT).evidence_id
    box = (Box(0, 0, 5, 5),)
    for evidence_id, by, boxes, refusal in (
        (piece, actor("auditor"), box, Forbidden),
        (piece, agent, box, NotShown),
        (piece, lead, (), FieldInvalid),
        (piece, lead, box * 201, FieldInvalid),
        (copy, lead, box, NothingToRedact),
    ):
        with pytest.raises(refusal):
            redact_evidence(evidence_id=evidence_id, boxes=boxes, is_read=False, by=by, at=NIGHT)
    assert Evidence.objects.count() == 2
