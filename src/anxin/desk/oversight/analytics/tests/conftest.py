"""A shop's night with decisions, the incidents they made, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from pytest_django import Settings

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.incidents.actions.decisions import take_decisions
from anxin.desk.operations.incidents.models import Incident
from anxin.engine.log.keys import FileKeyRing


@pytest.fixture
def night(tmp_path: Path, settings: Settings, organisation: Organisation) -> Night:
    """The shop's log and its projection, in a folder of this test alone."""
    settings.ANXIN = msgspec.structs.replace(settings.ANXIN, data=tmp_path)
    return Night(tmp_path, FileKeyRing(tmp_path / "master.key"), organisation)


@pytest.fixture
def lead(actor: Callable[..., Actor]) -> Actor:
    """Who reads reports."""
    return actor("shift_lead", username="night-lead")


@pytest.fixture
def made(night: Night) -> Incident:
    """The incident that four payments in a row made: the third and fourth were held by TXN_MANY."""
    night.happened(*(event(number) for number in range(4)))
    take_decisions(at=NIGHT)
    return Incident.objects.get()
