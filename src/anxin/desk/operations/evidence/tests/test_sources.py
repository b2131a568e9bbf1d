"""Evidence from where it really comes: a picture read by the real reader, decisions of a real log."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from pytest_django import Settings

from anxin.checkers.screenshots.tests.rendering import chat, encoded
from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.evidence.actions import redacting
from anxin.desk.operations.evidence.actions.extracts import collect_decisions
from anxin.desk.operations.evidence.actions.looking import content_of
from anxin.desk.operations.evidence.actions.redacting import redact_evidence
from anxin.desk.operations.evidence.models import Evidence
from anxin.desk.operations.evidence.store.contents import open_content
from anxin.desk.operations.evidence.tests.conftest import PHONE, row_of
from anxin.desk.operations.incidents.models import Incident
from anxin.engine.log.keys import FileKeyRing
from anxin.vision.worker import ScreenshotWorker

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScreenshotWorker]:
    """A reader in a process of its own, patient as other work may run beside it."""
    with ScreenshotWorker() as worker:
        monkeypatch.setattr(redacting, "shared_reader", lambda: worker)
        yield worker


@pytest.fixture
def night(tmp_path: Path, settings: Settings, organisation: Organisation) -> Night:
    """The shop's log and its projection, in a folder of this test alone."""
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, data=tmp_path)
    return Night(tmp_path, FileKeyRing(tmp_path / "master.key"), organisation)


def test_a_picture_is_read_and_what_is_personal_in_it_is_painted_over(
    collect: Callable[..., str], lead: Actor, reader: ScreenshotWorker
) -> None:
    drawn = encoded(chat("您好，我是客服", f"请加我电话 {PHONE}", height=700))
    assert PHONE in reader.scan(drawn).page.text.replace(" ", "")
    piece = collect(drawn, by=lead)
    made = redact_evidence(evidence_id=piece, by=lead, at=NIGHT)
    copy = row_of(made.evidence_id)
    again = reader.scan(open_content(content_of(copy))).page.text
    assert copy.covered >= 1
    assert PHONE not in again.replace(" ", "")
    assert "客服" in again
    assert open_content(content_of(row_of(piece))) == drawn


def test_decisions_are_frozen_as_they_stand_in_the_log(night: Night, incident: Incident, lead: Actor) -> None:
    night.happened(*(event(number) for number in range(4)))
    made = collect_decisions(("e3", "e2", "e3"), incident_id=incident.id, by=lead, at=NIGHT)
    row = row_of(made.evidence_id)
    kept = json.loads(open_content(content_of(row)))
    assert [(each["event_id"], each["verdict"], each["rules"], each["policy"]) for each in kept] == [
        ("e2", "hold", ["TXN_MANY"], "night@3"),
        ("e3", "hold", ["TXN_MANY"], "night@3"),
    ]
    assert [each["amount_minor"] for each in kept] == [32_000, 32_000]
    assert (row.how, row.kind, row.claimed_at.isoformat()) == ("log", "log", kept[1]["occurred_at"])
    night.happened(*(event(number) for number in range(6)))
    assert json.loads(open_content(content_of(row))) == kept


def test_a_decision_of_elsewhere_freezes_nothing(night: Night, incident: Incident, lead: Actor) -> None:
    night.happened(event(0))
    with pytest.raises(NotFound):
        collect_decisions(("e0", "e9"), incident_id=incident.id, by=lead, at=NIGHT)
    assert not Evidence.objects.exists()
