"""From the gateway's log to an incident."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from django.db import DataError
from pytest_django.fixtures import Settings

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event
from anxin.desk.decisioning.decisions.ids import seq_of
from anxin.desk.decisioning.decisions.models import Decision
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.models import LaidAside
from anxin.desk.operations.incidents.actions import decisions
from anxin.desk.operations.incidents.actions.decisions import take_decisions
from anxin.desk.operations.incidents.actions.signals import NewSignal
from anxin.desk.operations.incidents.models import Incident, IntakeCursor, Party
from anxin.engine.log.keys import FileKeyRing
from anxin.engine.verdict import Verdict

pytestmark = pytest.mark.django_db(databases=["default", "projection"])


@pytest.fixture
def night(tmp_path: Path, settings: Settings, organisation: Organisation) -> Night:
    """The shop's night."""
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, data=tmp_path)
    return Night(tmp_path, FileKeyRing(tmp_path / "master.key"), organisation)


def test_what_was_held_becomes_one_incident(night: Night) -> None:
    night.happened(*(event(number) for number in range(5)), event(9, user="u2"))
    assert take_decisions(at=NIGHT + timedelta(seconds=10)) == 3
    incident = Incident.objects.get()
    assert (incident.signals, incident.at_risk_minor, incident.currency) == (3, 96_000, "CNY")
    assert incident.zero_at == NIGHT + timedelta(seconds=2)
    users = Party.objects.filter(incident_id=incident.id, entity_kind="user").values_list("role", "entity_key")
    assert list(users) == [("victim", "u1")]


def test_looking_again_finds_nothing_new_even_without_its_memory(night: Night) -> None:
    night.happened(*(event(number) for number in range(5)))
    take_decisions(at=NIGHT)
    assert take_decisions(at=NIGHT) == 0
    IntakeCursor.objects.all().delete()
    take_decisions(at=NIGHT)
    assert Incident.objects.get().signals == 3


def test_a_decision_that_cannot_be_promoted_keeps_no_other_waiting(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    night.happened(*(event(number) for number in range(5)))
    promoted = decisions.promote
    bad = str(
        max(map(seq_of, Decision.objects.filter(verdict__gte=int(Verdict.REVIEW)).values_list("id", flat=True))) - 1
    )

    def promote(signal: NewSignal, *, by: Actor, at: datetime) -> object:
        if signal.source_ref == bad:
            raise DataError
        return promoted(signal, by=by, at=at)

    room = Sickroom()
    with monkeypatch.context() as patched, sickroom(room):
        patched.setattr(decisions, "promote", promote)
        assert [take_decisions(at=NIGHT + timedelta(seconds=each)) for each in range(2)] == [3, 0]
    assert (Incident.objects.get().signals, room.word) == (2, "DataError × 1")
    with sickroom(Sickroom()):
        assert [take_decisions(at=NIGHT + timedelta(seconds=9)) for _ in range(2)] == [1, 0]
    assert (Incident.objects.get().signals, LaidAside.objects.count()) == (3, 0)


def test_history_raises_no_alerts(night: Night) -> None:
    night.happened(*(event(number) for number in range(5)))
    assert take_decisions(at=NIGHT + timedelta(hours=3)) == 0
    assert not Incident.objects.exists()
