"""The same command twice: the second is refused or changes nothing, and nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.organisations.models import Department
from anxin.desk.operations.incidents.actions import contacts, disposing, leases
from anxin.desk.operations.incidents.actions.signals import Named, NewSignal, promote
from anxin.desk.operations.incidents.models import Consult, Incident, IncidentEvent, Signal, Task
from anxin.desk.operations.incidents.stages import COMMANDS
from anxin.desk.operations.incidents.tests.conftest import Around
from anxin.desk.operations.incidents.tests.test_api import post
from anxin.desk.operations.incidents.tests.test_commands import CALLS, state_of

pytestmark = pytest.mark.django_db
QUIET = frozenset({"note", "open_task", "consult", "extend_lease"})
"""Commands that leave the version alone: saying something twice is possible, sending it twice is told by its key."""
DISPOSED = ("start", "record_no_action", "contain", "told", "record_loss", "record_finding")
VERIFIED = (*DISPOSED, "submit", "+72h", "lead verify")
BEFORE: Mapping[str, tuple[str, ...]] = {
    "contain": ("start", "record_no_action"),
    "record_loss": ("start",),
    "record_finding": ("start",),
    "submit": DISPOSED,
    "fail_verify": (*DISPOSED, "submit"),
    "verify": (*DISPOSED, "submit", "+12h"),
    "publish_review": VERIFIED,
    "close": VERIFIED,
    "reopen": ("dismiss",),
    "release": ("claim",),
    "extend_lease": ("start",),
    "offer_handover": ("start",),
    "accept_handover": ("start", "offer_handover"),
    "decline_handover": ("start", "offer_handover"),
    "pause": ("start", "told"),
    "resume": ("start", "told", "pause"),
    "log_contact": ("start",),
    "begin_care": ("start",),
    "end_care": ("start", "begin_care"),
    "open_task": ("start",),
    "waive": ("start",),
}
LEADS = frozenset({"fail_verify", "verify", "publish_review", "close", "accept_handover", "decline_handover", "waive"})
LEVELS = {"publish_review": 1, "lower_level": 1, "reopen": 3, "pause": 3, "resume": 3, "dismiss": 3, "triage": None}
KINDS = {"triage": "coupon_abuse"}


class Case:
    """One incident, two people, and the moment."""

    def __init__(self, incident: Incident, agent: Actor, lead: Actor) -> None:
        self.incident, self.people, self.at = incident, {"agent": agent, "lead": lead}, NIGHT

    def go(self, step: str) -> None:
        """Do one step of the way: `told`, `+12h`, `lead verify`, or a command of the agent's."""
        if step.startswith("+"):
            self.at += timedelta(hours=int(step[1:-1]))
        elif step == "told":
            told = contacts.Contact("chat", "delivered", "msg_1", is_informing=True)
            contacts.log_contact(incident_id=self.incident.id, contact=told, by=self.people["agent"], at=self.at)
        else:
            who, _, name = step.rpartition(" ")
            self.call(name, who or "agent", None)

    def call(self, name: str, who: str, version: int | None) -> object:
        call, given = CALLS[name]
        return call(
            incident_id=self.incident.id, by=self.people[who], at=self.at, version=version, **given | self.more(name)
        )

    def more(self, name: str) -> dict[str, object]:
        """Return what only this incident can give."""
        if name == "merge":
            return {"into": Incident.objects.exclude(pk=self.incident.id).earliest("id").id}
        if name == "split":
            last = Signal.objects.filter(incident_id=self.incident.id).latest("received_at")
            return {"signal_ids": (last.id,)}
        if name == "open_task":
            task = CALLS[name][1]["task"]
            department = Department.objects.filter(organisation_id=self.incident.organisation_id).earliest("id").id
            return {"task": type(task)(department, "logs", timedelta(hours=1))}  # type: ignore[call-arg]
        if name == "offer_handover":
            return {"offer": leases.Offer(self.people["lead"].person_id or "")}
        return {}


@pytest.fixture
def case(
    seen: Callable[..., Incident], agent: Actor, lead: Actor, around: Around, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Case]:
    """Bring an incident to where a command is possible: `case("submit")`; no review is drawn by chance."""
    monkeypatch.setattr(disposing, "SAMPLES", {2: 1 << 64, 3: 1 << 64})

    def bring(name: str) -> Case:
        if name == "split":
            made = [_signal(number, lead) for number in range(3)]
            found = Case(Incident.objects.get(pk=made[0]), agent, lead)
        else:
            found = Case(seen(level=LEVELS.get(name, 2), kind=KINDS.get(name, "account_takeover")), agent, lead)
        if name == "merge":
            seen(level=2)
        for step in BEFORE.get(name, ()):
            found.go(step)
        found.incident.refresh_from_db()
        return found

    return bring


def _signal(number: int, by: Actor) -> str:
    named = (Named("victim", "user", f"u{number}"),)
    signal = NewSignal("staff", str(number), "account_takeover", "same", NIGHT, named, suggested_level=3)
    return promote(signal, by=by, at=NIGHT).incident_id


def _counts() -> tuple[int, ...]:
    return tuple(each.objects.count() for each in (Incident, IncidentEvent, Task, Consult, Approval))


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - QUIET))
def test_of_two_alike_the_second_changes_nothing(case: Callable[[str], Case], name: str) -> None:
    found = case(name)
    who, version = "lead" if name in LEADS else "agent", found.incident.version
    found.call(name, who, version)
    before, counts = state_of(found.incident.id), _counts()
    with pytest.raises(Refusal) as refused:
        found.call(name, who, version)
    assert refused.value.code in ("desk.changed_meanwhile", "approval.already_asked"), refused.value.code
    assert (state_of(found.incident.id), _counts()) == (before, counts)


BODIES: Mapping[str, dict[str, object]] = {
    "note": {"note": "seen"},
    "open_task": {"title": "logs", "minutes": 60},
    "consult": {"topic": "scam", "question": "is it?"},
    "extend_lease": {},
}


@pytest.mark.parametrize("name", sorted(QUIET))
def test_what_leaves_the_version_alone_is_sent_once_by_its_key(
    case: Callable[[str], Case], sign_in: Callable[..., Client], clock: Clock, name: str
) -> None:
    found, client = case("claim"), sign_in("specialist")
    body = dict(BODIES[name])
    if name == "open_task":
        body["department_id"] = Department.objects.earliest("id").id
    assert post(client, f"/incidents/{found.incident.id}:start", If_Match="*")[0] == 200
    path, headers = f"/incidents/{found.incident.id}:{name}", {"If_Match": "*", "Idempotency_Key": "k1"}
    first = post(client, path, body, **headers)
    counts = _counts()
    assert first[0] == 200
    assert (post(client, path, body, **headers), _counts()) == (first, counts)
