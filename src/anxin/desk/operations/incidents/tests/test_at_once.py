"""Two at once: one wins, the other is refused or finds nothing to do."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve, decline
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.operations.incidents.actions import consults, leases, levels, responding
from anxin.desk.operations.incidents.actions.ticking import tick
from anxin.desk.operations.incidents.clocks.state import Mark
from anxin.desk.operations.incidents.models import ClockMark, Consult, Incident, IncidentEvent
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.incidents.tests.test_commands import CALLS

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "projection"]),
    pytest.mark.skipif(
        os.environ.get("ANXIN_TEST_DATABASE") != "postgresql",
        reason="the SQLite of tests lies in memory, where a second writer is refused instead of waiting",
    ),
]


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that begin together; return what each gave, refusals included."""
    ready, results = threading.Barrier(len(calls)), list[object]([None] * len(calls))

    def run(place: int, call: Callable[[], object]) -> None:
        ready.wait()
        try:
            results[place] = call()
        except Refusal as refusal:
            results[place] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, call)) for place, call in enumerate(calls)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return results


def test_two_tickers_write_a_breach_once(seen: Callable[..., Incident]) -> None:
    incident = seen(level=1)
    late = NIGHT + timedelta(minutes=31)
    assert sorted(map(str, at_once(lambda: tick(at=late), lambda: tick(at=late)))) in (["0", "1"], ["1", "1"])
    assert ClockMark.objects.filter(incident=incident, mark=Mark.BREACH).count() == 1
    assert replay(Incident.objects.get(pk=incident.id)) == ()


def test_of_two_who_start_one_leads(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    incident = seen(level=1)

    def start(by: Actor) -> Callable[[], object]:
        return lambda: responding.start(incident_id=incident.id, by=by, at=NIGHT, version=1).commander_id

    found = at_once(start(agent), start(lead))
    winner = Incident.objects.get(pk=incident.id).commander_id
    assert sorted(map(str, found)) == sorted(["desk.changed_meanwhile", winner])


def test_of_two_who_claim_one_holds(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    incident = seen(level=1)

    def claim(by: Actor) -> Callable[[], object]:
        return lambda: leases.claim(incident_id=incident.id, by=by, at=NIGHT).holder_id

    found = at_once(claim(agent), claim(lead))
    assert "incident.guards_unmet" in found
    assert Incident.objects.get(pk=incident.id).holder_id in found


@pytest.mark.parametrize("name", ["record_no_action", "dismiss", "raise_level"])
def test_of_two_who_command_on_the_same_version_one_is_heard(
    seen: Callable[..., Incident], agent: Actor, lead: Actor, name: str
) -> None:
    incident = seen(level=3)
    call, given = CALLS[name]

    def command(by: Actor) -> Callable[[], object]:
        return lambda: call(incident_id=incident.id, by=by, at=NIGHT, version=1, **given).version  # type: ignore[attr-defined]

    assert sorted(map(str, at_once(command(agent), command(lead)))) == ["2", "desk.changed_meanwhile"]
    kinds = list(IncidentEvent.objects.filter(incident=incident).values_list("kind", flat=True))
    assert (kinds.count(name), replay(Incident.objects.get(pk=incident.id))) == (1, ())


def test_of_two_who_answer_a_question_one_is_heard(
    seen: Callable[..., Incident], agent: Actor, actor: Callable[..., Actor]
) -> None:
    asked = consults.ask_mentor(incident_id=seen(level=2).id, topic="scam", question="is it?", by=agent, at=NIGHT)

    def answer(by: Actor) -> Callable[[], object]:
        return lambda: consults.answer(consult_id=asked.id, text="it is", by=by, at=NIGHT).mentor_id

    one, other = actor("mentor"), actor("mentor", username="second")
    found = at_once(answer(one), answer(other))
    winner = Consult.objects.get().mentor_id
    assert sorted(map(str, found)) == sorted(["incident.wrong_stage", winner])


def test_of_two_who_answer_an_offer_one_is_heard(seen: Callable[..., Incident], agent: Actor, lead: Actor) -> None:
    incident = seen(level=2)
    responding.start(incident_id=incident.id, by=agent, at=NIGHT)
    offer = leases.Offer(lead.person_id or "")
    leases.offer_handover(incident_id=incident.id, offer=offer, by=agent, at=NIGHT)
    where = {"incident_id": incident.id, "by": lead, "at": NIGHT}
    found = at_once(
        lambda: leases.accept_handover(**where).commander_id,  # type: ignore[arg-type]
        lambda: leases.decline_handover(**where).commander_id,  # type: ignore[arg-type]
    )
    assert "incident.guards_unmet" in found
    assert Incident.objects.get(pk=incident.id).commander_id in found


def test_of_two_second_people_one_decides(
    seen: Callable[..., Incident], lead: Actor, actor: Callable[..., Actor]
) -> None:
    incident = seen(level=2)
    levels.lower_level(incident_id=incident.id, level=3, code="contained", note="calm", by=lead, at=NIGHT)
    asked = Approval.objects.get()
    second = actor("compliance")
    say_no = lambda: decline(approval_id=asked.id, by=second, at=NIGHT).state  # noqa: E731
    found = at_once(lambda: approve(approval_id=asked.id, by=second, at=NIGHT).state, say_no)
    asked.refresh_from_db()
    assert sorted(map(str, found)) == sorted(["approval.already_decided", asked.state])
    assert Incident.objects.get(pk=incident.id).level == (3 if asked.state == "approved" else 2)
