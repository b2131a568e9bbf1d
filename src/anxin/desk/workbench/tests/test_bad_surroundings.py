"""The key service is away, the clock jumps, the database is locked: said clearly, nothing half done, all as before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.audit.chain import Verified
from anxin.desk.foundation.audit.checkpoints import verify_organisation
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.control.models import ControlOrder
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.vault import sealing
from anxin.desk.foundation.vault.errors import KeyServiceUnreachable, Shredded
from anxin.desk.foundation.vault.rotation import shred_subject
from anxin.desk.foundation.vault.sealing import NOT_NOW, seal, unseal
from anxin.desk.operations.checks.models import CheckRun
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.actions.responding import record_no_action, start
from anxin.desk.operations.incidents.actions.ticking import tick
from anxin.desk.operations.incidents.models import ClockMark
from anxin.desk.operations.incidents.replay import replay
from anxin.desk.operations.measures.actions import Target, order_measure
from anxin.desk.operations.measures.models import ActionRequest

SignIn = Callable[..., Client]
ActorWith = Callable[..., Actor]
pytestmark = pytest.mark.django_db(databases="__all__")


def is_away(*_given: object) -> None:
    raise KeyServiceUnreachable


@contextmanager
def keys_away(*, is_cold: bool = True) -> Iterator[None]:
    """Take the key service away, and (cold) every key that is open, as a new start of the desk would."""
    kind = type(sealing.key_service())
    if is_cold:
        sealing.forget_opened_keys()
    with pytest.MonkeyPatch.context() as patched:
        for call in ("wrap", "unwrap", "rotate", "current"):
            patched.setattr(kind, call, is_away)
        yield


@pytest.mark.parametrize("path", ["/", "/approvals/", "/measures/", "/decisions/", "/shift/", "/consults/", "/wall/"])
def test_a_page_without_sealed_values_misses_nothing_without_the_key_service(path: str, sign_in: SignIn) -> None:
    lead = sign_in("shift_lead")
    with keys_away():
        answer = lead.get(path)
    assert (answer.status_code, "key service" in answer.content.decode()) == (200, False)


@pytest.mark.parametrize(
    ("role", "path"),
    [("shift_lead", "/people/"), ("administrator", "/people/{person}/"), ("shift_lead", "/incidents/{incident}/")],
)
def test_a_page_with_sealed_values_says_where_they_are_missing(
    role: str, path: str, sign_in: SignIn, actor: ActorWith
) -> None:
    agent = actor("specialist")
    incident = open_incident(Seen(kind="account_takeover", level=1, note="来电人说了什么"), by=agent, at=NIGHT)
    where = path.format(person=agent.person_id, incident=incident.id)
    client, at_work = sign_in(role), sign_in("specialist", username="at_work")
    whole = client.get(where).content.decode()
    seen = AuditEntry.objects.filter(act="person.view").count()
    with keys_away():
        answer = client.get(where)
    assert (answer.status_code, NOT_NOW.en in answer.content.decode(), NOT_NOW.en in whole) == (200, True, False)
    assert AuditEntry.objects.filter(act="person.view").count() == seen
    if "{incident}" in path:
        assert "来电人说了什么" in whole
        with keys_away():
            assert client.get(f"/api/v1{where}timeline").status_code == 503
            # What would be typed there could not be kept.
            talk = at_work.get(reverse("replies:panel", args=[incident.id]))
        assert (talk.status_code, "The key service cannot be reached" in talk.content.decode()) == (503, True)


def test_the_trail_and_the_keys_are_shown_without_the_key_service(sign_in: SignIn, actor: ActorWith) -> None:
    with transaction.atomic():
        record_entry("case.note", by=actor("specialist"), at=NIGHT, on=("case", "1"), reason="电话约访")
    auditor = sign_in("auditor")
    with keys_away():
        trail, keys = auditor.get("/audit/"), auditor.get("/privacy/")
    assert (trail.status_code, NOT_NOW.en in trail.content.decode()) == (200, True)
    assert (keys.status_code, "how many keys wait, is not known now" in keys.content.decode()) == (200, True)


def test_an_erasure_closes_nothing_else_while_the_key_service_is_away(organisation: Organisation) -> None:
    whole, gone = (seal(organisation.id, "value", about="a", at=NIGHT, subject=each) for each in ("user:1", "user:2"))
    own = seal(organisation.id, "own", about="a", at=NIGHT)
    with keys_away(is_cold=False):
        shred_subject(organisation.id, "user:2", erasure_id="era_1", at=NIGHT)
        assert [unseal(organisation.id, each, about="a") for each in (whole, own)] == ["value", "own"]
        with pytest.raises(Shredded):
            unseal(organisation.id, gone, about="a")


def test_what_would_be_sealed_is_refused_whole(sign_in: SignIn) -> None:
    administrator, agent = sign_in("administrator"), sign_in("service_agent")
    people, entries = Person.objects.count(), AuditEntry.objects.count()
    guest = {"username": "newcomer", "name": "新人", "roles": ["mentor"]}
    with keys_away():
        assert administrator.post("/people/invite/", guest).status_code == 503
        assert agent.post("/checks/run/", {"text": "110"}).status_code == 503
    assert (Person.objects.count(), AuditEntry.objects.count(), CheckRun.objects.count()) == (people, entries, 0)
    assert agent.post("/checks/run/", {"text": "110"}).status_code == 200


def test_a_freeze_works_without_the_key_service(actor: ActorWith) -> None:
    agent = actor("service_agent")
    with keys_away():
        row = order_measure("freeze_account", Target("user", "u1"), reason="account_theft", by=agent, at=NIGHT)
    assert (row.state, ControlOrder.objects.filter(kind="hold.place").count()) == ("sent", 1)


def test_a_clock_that_was_set_back_ends_sessions_and_says_so(sign_in: SignIn, clock: Clock) -> None:
    client = sign_in("shift_lead")
    clock.forward(seconds=-50)
    assert client.get("/").status_code == 200
    clock.forward(hours=-2)
    answer = client.get("/measures/", follow=True)
    assert answer.redirect_chain[0][0].startswith("/accounts/login/")
    assert "The session&#x27;s time is not right; sign in again." in answer.content.decode()


def test_a_clock_that_was_set_back_breaks_no_promise_and_no_trail(
    organisation: Organisation, actor: ActorWith, clock: Clock
) -> None:
    agent = actor("specialist")
    incident = open_incident(Seen(kind="account_takeover", level=1), by=agent, at=clock.moment)
    where = {"incident_id": incident.id, "by": agent}
    start(**where, at=clock.forward(minutes=-90))
    done = record_no_action(**where, code="already_stopped", at=clock.forward(minutes=1))
    assert (done.clock_standing, replay(done)) == ("met", ())
    assert not ClockMark.objects.filter(incident=done, mark="breach").exists()
    assert isinstance(verify_organisation(organisation.id), Verified)


@pytest.mark.parametrize("ahead", [timedelta(minutes=29), timedelta(minutes=31)])
def test_a_clock_that_runs_ahead_breaches_at_the_due_time_only(
    ahead: timedelta, actor: ActorWith, clock: Clock
) -> None:
    agent = actor("specialist")
    incident = open_incident(Seen(kind="account_takeover", level=1), by=agent, at=clock.moment)
    tick(at=NIGHT + ahead)
    marks = ClockMark.objects.filter(incident=incident, mark="breach", kind="start")
    due = [NIGHT + timedelta(minutes=30)]
    assert list(marks.values_list("at", flat=True)) == (due if NIGHT + ahead > due[0] else [])


@contextmanager
def locked() -> Iterator[None]:
    """Let another program hold what every write needs, and let nobody wait long for it."""
    other = connection.copy()
    other.ensure_connection()
    is_sqlite = connection.vendor == "sqlite"
    with closing(other), other.cursor() as there, connection.cursor() as here:
        there.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        there.execute("UPDATE audit_audithead SET seq = seq")
        here.execute("PRAGMA busy_timeout = 50" if is_sqlite else "SET lock_timeout = 50")
        try:
            yield
        finally:
            there.execute("ROLLBACK")
            here.execute("PRAGMA busy_timeout = 20000" if is_sqlite else "RESET lock_timeout")


@pytest.mark.django_db(databases="__all__", transaction=True)
def test_a_locked_database_refuses_and_keeps_nothing_half_done(sign_in: SignIn) -> None:
    client = sign_in("service_agent")
    client.raise_request_exception = False
    given = {"reason": "account_theft", "kind": "freeze_account"}
    path = "/measures/panel/user/u1/order/"
    with locked():
        answer = client.post(path, given)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "this was not done" in answer.content.decode()
    assert (ActionRequest.objects.count(), ControlOrder.objects.count()) == (0, 0)
    assert client.post(path, given).status_code in (200, 302)
    assert (ActionRequest.objects.count(), ControlOrder.objects.count()) == (1, 1)
