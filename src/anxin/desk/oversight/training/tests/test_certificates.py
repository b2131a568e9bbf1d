"""Certificates: who grants them, when they hold, and what is refused without one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.responding import start
from anxin.desk.operations.incidents.errors import GuardsUnmet
from anxin.desk.operations.measures.actions import Target, ask_for_measure, order_measure
from anxin.desk.operations.measures.errors import CertificateNeeded
from anxin.desk.operations.measures.models import ActionRequest
from anxin.desk.oversight.training.actions import Passed, grant_certificate, revoke_certificate
from anxin.desk.oversight.training.certification import begins_to_certify, may_lead, may_order
from anxin.desk.oversight.training.errors import OwnCertificate
from anxin.desk.oversight.training.models import Certification
from anxin.desk.oversight.training.queries import list_certificates, my_certificates

pytestmark = pytest.mark.django_db(databases="__all__")
YEAR = NIGHT + timedelta(days=365)
FREEZE = ("measure:freeze_account",)
PASSED = Passed("passed the drill of October with 94 of 100")


@pytest.fixture
def mentor(actor: Callable[..., Actor]) -> Actor:
    """The training lead."""
    return actor("mentor", username="mentor-1")


@pytest.fixture
def agent(actor: Callable[..., Actor]) -> Actor:
    """Who is to be certified."""
    return actor("specialist", username="agent-1")


def grant(to: Actor, by: Actor, scopes: tuple[str, ...] = FREEZE, days: float = 365) -> Certification:
    assert to.person_id is not None
    expires_at = NIGHT + timedelta(days=days)
    return grant_certificate(
        person_id=to.person_id, scopes=scopes, passed=PASSED, expires_at=expires_at, by=by, at=NIGHT
    )


def leads(by: Actor, level: int, days: float = 0) -> bool:
    at = NIGHT + timedelta(days=days)
    return may_lead(organisation_id=by.organisation_id, person_id=by.person_id or "", level=level, at=at)


def test_until_the_first_certificate_rights_alone_decide(agent: Actor, mentor: Actor) -> None:
    assert (begins_to_certify(agent.organisation_id), leads(agent, 1), may_order(agent, "freeze_account", NIGHT)) == (
        False,
        True,
        True,
    )
    grant(agent, mentor, ("level:3",))
    assert (leads(agent, 1), leads(agent, 3), may_order(agent, "freeze_account", NIGHT)) == (False, True, False)
    assert leads(mentor, 3) is False


@pytest.mark.parametrize(
    ("scope", "levels"), [("level:1", [1, 2, 3]), ("level:2", [2, 3]), ("level:3", [3]), (FREEZE[0], [])]
)
def test_a_graver_level_covers_the_lighter(agent: Actor, mentor: Actor, scope: str, levels: list[int]) -> None:
    grant(agent, mentor, (scope,))
    assert [level for level in (1, 2, 3) if leads(agent, level)] == levels


def test_a_certificate_ends_with_its_last_moment(agent: Actor, mentor: Actor) -> None:
    grant(agent, mentor, ("level:1",), days=1)
    assert (leads(agent, 1, 1 - 1e-6), leads(agent, 1, 1)) == (True, False)


def test_a_revoked_certificate_holds_no_more(agent: Actor, mentor: Actor) -> None:
    row = grant(agent, mentor)
    revoke_certificate(certificate_id=row.id, reason="mistaken", by=mentor, at=NIGHT)
    assert may_order(agent, "freeze_account", NIGHT) is False
    with pytest.raises(NotFound):
        revoke_certificate(certificate_id=row.id, reason="again", by=mentor, at=NIGHT)


def test_nobody_certifies_themselves(mentor: Actor, agent: Actor) -> None:
    with pytest.raises(OwnCertificate):
        grant(mentor, mentor)
    with pytest.raises(Forbidden):
        grant(mentor, agent)
    assert (Certification.objects.count(), AuditEntry.objects.filter(act="certificate.grant").count()) == (0, 0)


@pytest.mark.parametrize(
    ("scopes", "days", "reason"),
    [
        ((), 30, "passed"),
        (("level:9",), 30, "passed"),
        (FREEZE, 0, "passed"),
        (FREEZE, 400, "passed"),
        (FREEZE, 30, " "),
    ],
)
def test_what_is_no_certificate(agent: Actor, mentor: Actor, scopes: tuple[str, ...], days: int, reason: str) -> None:
    expires_at = NIGHT + timedelta(days=days)
    with pytest.raises(FieldInvalid):
        grant_certificate(
            person_id=agent.person_id or "",
            scopes=scopes,
            passed=Passed(reason),
            expires_at=expires_at,
            by=mentor,
            at=NIGHT,
        )
    assert Certification.objects.count() == 0


def test_the_laboratory_grants_the_same_row(agent: Actor) -> None:
    by = system_actor(agent.organisation_id, "drills")
    passed = Passed("83 of 100", drill_id="drl_1")
    row = grant_certificate(
        person_id=agent.person_id or "", scopes=FREEZE, passed=passed, expires_at=YEAR, by=by, at=NIGHT
    )
    assert (row.source, row.source_ref, may_order(agent, "freeze_account", NIGHT)) == ("drill", "drl_1", True)
    with pytest.raises(Forbidden):
        grant_certificate(
            person_id=agent.person_id or "", scopes=FREEZE, passed=PASSED, expires_at=YEAR, by=by, at=NIGHT
        )


def test_without_one_a_freeze_is_refused_and_can_be_asked_for(agent: Actor, mentor: Actor) -> None:
    grant(agent, mentor, ("level:3",))
    target = Target("user", "u1")
    with pytest.raises(CertificateNeeded):
        order_measure("freeze_account", target, reason="account_theft", by=agent, at=NIGHT)
    assert ActionRequest.objects.count() == 0
    asked = ask_for_measure("freeze_account", target, reason="account_theft", by=agent, at=NIGHT)
    assert asked.state == "waiting"


def test_without_one_an_incident_is_not_led(agent: Actor, mentor: Actor, clock: Clock) -> None:
    grant(agent, mentor, ("level:2",))
    incident = open_incident(Seen(kind="account_takeover", level=1), by=agent, at=NIGHT)
    with pytest.raises(GuardsUnmet) as refused:
        start(incident_id=incident.id, by=agent, at=clock.forward(minutes=1))
    assert refused.value.unmet == ("actor.certified",)
    grant(agent, mentor, ("level:1",))
    assert start(incident_id=incident.id, by=agent, at=clock.moment).stage == "responding"


def test_lists_tell_what_ends_soon_and_who_holds_none(agent: Actor, mentor: Actor) -> None:
    grant(agent, mentor, ("level:1",), days=20)
    found = list_certificates(by=mentor, at=NIGHT)
    assert [(each.person, each.state) for each in found.lines] == [("agent-1", "soon")]
    assert (found.is_asked, found.without) == (True, ())
    later = NIGHT + timedelta(days=21)
    found = list_certificates(by=mentor, at=later)
    assert (found.lines, found.without) == ((), ("agent-1",))
    assert [each.state for each in my_certificates(by=agent, at=later).lines] == ["expired"]


def test_the_pages_grant_and_revoke(sign_in: Callable[..., Client], clock: Clock, admit: Callable[..., Person]) -> None:
    person = admit("agent-2", "service_agent")
    lead = sign_in("shift_lead")
    assert "rights alone decide" in lead.get("/training/").content.decode()
    given = {"person": person.id, "scopes": list(FREEZE), "until": "2027-01-01", "reason": "passed"}
    assert lead.post("/training/grant/", given).status_code == 302
    page = lead.get("/training/").content.decode()
    assert ("agent-2" in page, "Freeze the account" in page, "rights alone decide" in page) == (True, True, False)
    row = Certification.objects.get()
    assert lead.post(f"/training/{row.id}/revoke/", {"reason": "left"}).status_code == 302
    assert "No such certificates" in lead.get("/training/").content.decode()
    assert "You hold none" in sign_in("specialist").get("/training/mine/").content.decode()


@pytest.mark.parametrize(
    ("method", "path", "without", "status"),
    [
        ("get", "/training/", "service_agent", 200),
        ("post", "/training/grant/", "specialist", 404),
        ("post", "/training/crt_none/revoke/", "specialist", 404),
        ("get", "/training/mine/", "", 200),
    ],
)
def test_every_door(
    sign_in: Callable[..., Client], clock: Clock, method: str, path: str, without: str, status: int
) -> None:
    given = {"person": "per_none", "scopes": list(FREEZE), "until": "2026-12-01", "reason": "x"}
    assert getattr(Client(), method)(path).status_code == 302
    if without:
        assert getattr(sign_in(without), method)(path, given).status_code == 403
    assert getattr(sign_in("mentor"), method)(path, given).status_code == status


def test_another_organisation_is_not_there(
    agent: Actor, mentor: Actor, actor: Callable[..., Actor], other_organisation: Organisation
) -> None:
    row = grant(agent, mentor)
    stranger = actor("shift_lead", username="stranger", to=other_organisation)
    with pytest.raises(NotFound):
        grant(agent, stranger)
    with pytest.raises(NotFound):
        revoke_certificate(certificate_id=row.id, reason="x", by=stranger, at=NIGHT)
    assert list_certificates(by=stranger, at=NIGHT).lines == ()
