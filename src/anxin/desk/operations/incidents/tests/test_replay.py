"""The replay finds what was tampered with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import typer

from anxin.cli import sla
from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.operations.incidents.actions.configuring import set_kind, set_policy
from anxin.desk.operations.incidents.actions.ticking import tick
from anxin.desk.operations.incidents.clocks import policy
from anxin.desk.operations.incidents.models import ClockMark, ClockRow, Incident
from anxin.desk.operations.incidents.replay import replay

pytestmark = pytest.mark.django_db


def test_tampering_is_found_and_the_command_says_so(
    seen: Callable[..., Incident], monkeypatch: pytest.MonkeyPatch
) -> None:
    incident = seen(level=1)
    tick(at=NIGHT + timedelta(minutes=31))
    monkeypatch.setattr(sla, "open_desk", lambda *_: None)
    with pytest.raises(typer.Exit) as whole:
        sla.replay(None)
    assert whole.value.exit_code == 0
    ClockMark.objects.filter(incident=incident, mark="breach").delete()
    ClockRow.objects.filter(incident=incident).update(standing="met")
    incident.refresh_from_db()
    assert [each.what for each in replay(incident)] == ["marks", "rows"]
    with pytest.raises(typer.Exit) as broken:
        sla.replay("shop")
    assert broken.value.exit_code == sla.DIFFERENT


def test_a_new_promise_holds_for_what_begins_after_it(seen: Callable[..., Incident], lead: Actor) -> None:
    old = seen(level=3)
    text = policy._FILE.read_text(encoding="utf-8").replace('"2026.11"', '"own.1"').replace("target: 120", "target: 90")
    set_policy(text=text, by=lead, at=NIGHT)
    fresh = seen(level=3)
    assert (old.due_at, fresh.due_at) == (NIGHT + timedelta(minutes=120), NIGHT + timedelta(minutes=90))
    assert replay(fresh) == () == replay(old)


def test_an_organisation_has_its_own_level_for_a_kind(seen: Callable[..., Incident], lead: Actor) -> None:
    set_kind(kind="coupon_abuse", change={"level": 2}, by=lead, at=NIGHT)
    incident = seen(level=None, kind="coupon_abuse")
    assert (incident.level, incident.kind_version) == (2, "2026.11+1")
