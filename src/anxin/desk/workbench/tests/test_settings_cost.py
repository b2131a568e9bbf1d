"""Pages of settings ask as much for many people, accounts and incidents as for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.invitations import Guest, invite_person
from anxin.desk.foundation.organisations.models import Person, RoleGrant
from anxin.desk.foundation.service_accounts.actions import open_account
from anxin.desk.operations.incidents.actions.configuring import set_kind, set_minutes
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.kinds import shipped_kinds
from anxin.desk.operations.incidents.models import ClockBook

SignIn = Callable[..., Client]
ActorWith = Callable[..., Actor]
pytestmark = pytest.mark.django_db(databases="__all__")
PATH = "/incident-settings/"
MOST = 45
"""What any of them may ask in all: the frame of every page asks some twenty."""


def asked(client: Client, path: str) -> int:
    assert client.get(path).status_code == 200
    with CaptureQueriesContext(connections["default"]) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("administrator", "/people/"),
        ("administrator", "/people/invite/"),
        ("shift_lead", "/people/recertification/"),
        ("administrator", "/accounts/sessions/all/"),
        ("administrator", "/service-accounts/"),
        ("administrator", "/webhooks/"),
    ],
)
def test_pages_that_list_people_and_accounts(
    role: str, path: str, sign_in: SignIn, admit: Callable[..., Person], actor: ActorWith, clock: Clock
) -> None:
    client, by = sign_in(role), actor("administrator", username="other")
    person = admit("person", "specialist", name="林薇")
    RoleGrant.objects.filter(person=person).update(granted_at=NIGHT - timedelta(days=100))
    few = asked(client, path)
    for number in range(6):
        person = admit(f"person{number}", "specialist", name="林薇")
        RoleGrant.objects.filter(person=person).update(granted_at=NIGHT - timedelta(days=100))
        sign_in("specialist", username=f"signed_in_{number}")
        open_account(name=f"account-{number}", by=by, at=NIGHT)
        invite_person(Guest(f"guest{number}", "客人", ("mentor",)), by=by, at=NIGHT)
    assert asked(client, path) == few <= MOST


def test_the_settings_of_incidents(sign_in: SignIn, actor: ActorWith, clock: Clock) -> None:
    lead, by = sign_in("shift_lead"), actor("shift_lead", username="other")
    for number in range(6):
        open_incident(Seen(kind="phishing", level=1, entities=()), by=by, at=clock.forward(seconds=number))
    later = clock.forward(minutes=1)
    policy = set_minutes(minutes={each: {"target": 20 + each} for each in (1, 2, 3)}, by=by, at=later)
    first, *others = ClockBook.objects.values_list("pk", flat=True)
    before = ClockBook.objects.get(pk=first).policy_version
    ClockBook.objects.filter(pk__in=others).update(policy_version=policy.version)
    few = asked(lead, PATH)
    ClockBook.objects.filter(pk__in=others).update(policy_version=before)
    for number, code in enumerate(sorted(shipped_kinds())[:4]):
        set_kind(kind=code, change={"fold_minutes": 40 + number}, by=by, at=later)
    shown = lead.get(PATH).content.decode()
    assert shown.count("+1</code>") == 4
    assert asked(lead, PATH) == few <= MOST
