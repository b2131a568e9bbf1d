"""Incidents, contents and pictures for the tests of evidence."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.evidence.actions.collecting import NewPiece, collect_evidence
from anxin.desk.operations.evidence.models import Evidence, StoredContent
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.models import Incident

PHONE = "13877665544"
CHAT = f"张三 2026-11-21 03:10:22\n我的电话 {PHONE}\n客服: 收到"


def picture(width: int = 64, height: int = 48, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 30)).save(out, form)
    return out.getvalue()


def files_of(organisation_id: str) -> list[Path]:
    folder = settings.ANXIN.data / "evidence" / organisation_id
    return sorted(path for path in folder.rglob("*") if path.is_file())


def row_of(evidence_id: str) -> Evidence:
    return Evidence.objects.get(pk=evidence_id)


def content_file(evidence_id: str) -> Path:
    content = StoredContent.objects.get(pk=row_of(evidence_id).content_id)
    (found,) = (each for each in files_of(content.organisation_id) if each.name == f"{content.token}.{content.key_id}")
    return found


@pytest.fixture
def agent(actor: Callable[..., Actor]) -> Actor:
    """An agent: sees texts masked unless they are her own."""
    return actor("service_agent", username="agent")


@pytest.fixture
def lead(actor: Callable[..., Actor]) -> Actor:
    return actor("shift_lead", username="lead")


@pytest.fixture
def compliance(actor: Callable[..., Actor]) -> Actor:
    return actor("compliance", username="compliance")


@pytest.fixture
def incident(lead: Actor) -> Incident:
    return open_incident(Seen(kind="account_takeover", level=2), by=lead, at=NIGHT)


@pytest.fixture
def collect(incident: Incident, agent: Actor) -> Callable[..., str]:
    """Keep a content, by default as the agent: `collect(b"…", name="a.txt")`."""

    def collect_one(data: bytes = CHAT.encode(), by: Actor = agent, **more: object) -> str:
        new = NewPiece(data, **more)  # type: ignore[arg-type]
        return collect_evidence(new, incident_id=incident.id, by=by, at=NIGHT).evidence_id

    return collect_one
