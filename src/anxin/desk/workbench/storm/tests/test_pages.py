"""The victims' page: states, choosing, a trial, the order, contacts; what is refused is said and changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from anxin.desk.conftest import NIGHT, REPLAYS
from anxin.desk.decisioning.conftest import count_queries
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.operations.incidents.actions.signals import Named, NewSignal, promote
from anxin.desk.operations.incidents.models import Incident, Party
from anxin.desk.operations.measures.actions import Target, order_measure
from anxin.desk.operations.measures.models import ActionRequest, Batch

SignIn = Callable[..., Client]
pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("clock")]


def incident_of(organisation: Organisation, alerts: int) -> Incident:
    """Return an incident of look-alike alerts, each with a victim of its own."""
    for number in range(alerts):
        signal = NewSignal(
            source="decision",
            source_ref=str(number),
            kind="payment_fraud",
            dedup_key="payment_fraud:gift_cards:",
            received_at=NIGHT,
            entities=(Named("victim", "user", f"u{number:02d}"),),
        )
        promote(signal, by=system_actor(organisation.id, "decisions"), at=NIGHT)
    return Incident.objects.get()


@pytest.fixture
def storm(organisation: Organisation) -> Incident:
    """An incident of sixty look-alike alerts."""
    return REPLAYS.go_on(organisation.id, "storm", lambda: incident_of(organisation, 60))


@pytest.fixture
def few(organisation: Organisation) -> Incident:
    """An incident of three look-alike alerts."""
    return incident_of(organisation, 3)


def text(answer: HttpResponse) -> str:
    plain = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", plain)


def parties(storm: Incident, count: int) -> list[str]:
    return list(Party.objects.filter(incident_id=storm.id).order_by("id").values_list("id", flat=True)[:count])


def test_look_alike_alerts_are_one_incident_with_its_victims(sign_in: SignIn, storm: Incident) -> None:
    client = sign_in("specialist")
    page = client.get(f"/incidents/{storm.id}/victims/")
    assert (storm.signals, storm.victims, page.content.decode().count('name="victim"')) == (60, 60, 50)
    assert "folded from 60 signals" in text(page)
    found = re.search(r"\?after=([^\"&]+)", page.content.decode())
    assert found is not None
    more = client.get(f"/incidents/{storm.id}/victims/?after={found[1]}").content.decode()
    assert more.count('name="victim"') == 10


def test_what_protects_whom_stands_beside_them(sign_in: SignIn, actor: Callable[..., Actor], storm: Incident) -> None:
    by = actor("shift_lead", username="other")
    first = Party.objects.filter(incident_id=storm.id, role="victim").order_by("pk")[0]
    order_measure("hold_payout", Target("user", first.entity_key), reason="mule", by=by, at=NIGHT)
    page = text(sign_in("specialist").get(f"/incidents/{storm.id}/victims/"))
    assert re.search(r"1 protected / 60", page)
    assert page.count("Hold payouts") == 2


def test_the_page_costs_the_same_for_many(sign_in: SignIn, storm: Incident) -> None:
    client = sign_in("specialist")
    path = f"/incidents/{storm.id}/victims/"
    whole = count_queries(lambda: client.get(path))
    Party.objects.filter(incident_id=storm.id, entity_key__gt="u02").delete()
    assert whole == count_queries(lambda: client.get(path))
    assert whole <= 13


def test_a_trial_orders_nothing_and_the_order_does(sign_in: SignIn, storm: Incident) -> None:
    client = sign_in("service_agent")
    form = {"kind": "freeze_account", "reason": "payment_fraud", "victim": parties(storm, 12)}
    tried = text(client.post(f"/incidents/{storm.id}/victims/protect/", form))
    assert ("10 would be ordered" in tried, "2 would be refused" in tried) == (True, True)
    assert (Batch.objects.count(), ActionRequest.objects.count()) == (0, 0)
    done = client.post(f"/incidents/{storm.id}/victims/protect/", form | {"go": "1"})
    batch = Batch.objects.get()
    assert (done.status_code, done["location"]) == (302, f"/measures/batches/{batch.id}/")
    assert ActionRequest.objects.filter(incident_id=storm.id).count() == 10


def test_all_of_them_wait_for_a_second_person(sign_in: SignIn, storm: Incident) -> None:
    client = sign_in("specialist")
    form = {"kind": "freeze_account", "reason": "payment_fraud", "all": "1"}
    assert "60 people, after a second person agreed" in text(
        client.post(f"/incidents/{storm.id}/victims/protect/", form)
    )
    client.post(f"/incidents/{storm.id}/victims/protect/", form | {"go": "1"})
    assert (Batch.objects.get().state, Batch.objects.get().items.count()) == ("waiting", 60)
    assert "waits for a second person" in text(client.get(f"/incidents/{storm.id}/victims/"))


def test_those_who_were_reached_are_marked(sign_in: SignIn, storm: Incident) -> None:
    client = sign_in("specialist")
    form = {"victim": parties(storm, 3), "channel": "sms", "informed": "1"}
    assert client.post(f"/incidents/{storm.id}/victims/contact/", form).status_code == 302
    page = text(client.get(f"/incidents/{storm.id}/victims/"))
    assert ("3 reached / 60" in page, "3 informed / 60" in page) == (True, True)


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"kind": "freeze_account", "reason": "mule"}, 422, "none chosen"),
        ({"kind": "banish", "reason": "mule", "all": "1"}, 422, "kind"),
        ({"kind": "freeze_account", "reason": "dislike", "all": "1"}, 422, "reason"),
        ({"kind": "freeze_account", "reason": "mule", "victim": ["pty_other"]}, 422, "targets"),
    ],
)
def test_what_is_refused_is_said_in_its_place(
    sign_in: SignIn, few: Incident, form: dict[str, object], status: int, said: str
) -> None:
    refused = sign_in("specialist").post(f"/incidents/{few.id}/victims/protect/", form | {"go": "1"})
    assert (refused.status_code, said in text(refused)) == (status, True)
    assert (Batch.objects.count(), ActionRequest.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("method", "path"), [("get", ""), ("get", "panel/"), ("post", "protect/"), ("post", "contact/")]
)
def test_every_door(sign_in: SignIn, few: Incident, other_organisation: Organisation, method: str, path: str) -> None:
    url = f"/incidents/{few.id}/victims/{path}"
    form = {"all": "1", "kind": "freeze_account", "reason": "mule", "channel": "sms"}
    stranger = getattr(Client(), method)(url, form)
    assert (stranger.status_code, stranger["location"].split("?")[0]) == (302, "/accounts/login/")
    foreign = sign_in("shift_lead", username="foreign", to=other_organisation)
    assert getattr(foreign, method)(url, form).status_code == 404
    assert getattr(sign_in("rule_author"), method)(url, form).status_code == 403
    assert getattr(sign_in("shift_lead"), method)(url, form).status_code in (200, 302)
