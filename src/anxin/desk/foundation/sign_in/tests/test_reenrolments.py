"""A colleague lost every factor: two people agree, old ones end, and a link leads her back, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from anxin.desk.boot.reactions import react
from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.approvals.actions import approve, decline, expire
from anxin.desk.foundation.approvals.errors import OwnRequest
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.approvals.queries import get_inbox
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound, Refusal
from anxin.desk.foundation.notifications.models import Page
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.sign_in.errors import OwnFactors, ReenrolmentOpen
from anxin.desk.foundation.sign_in.models import Reenrolment, Session
from anxin.desk.foundation.sign_in.reenrolments import Opened, open_reenrolment
from anxin.desk.foundation.sign_in.tests.test_sign_in import PASSWORD, set_up_totp, sign_in_as, totp

REASON = "met her, checked the badge"
ActorWith = Callable[..., Actor]


@pytest.fixture
def mei(admit: Callable[..., Person], clock: Clock) -> Person:
    """A lead who signed in with an app, and lost it."""
    cache.clear()
    person = admit("mei", "shift_lead")
    set_up_totp(sign_in_as("mei")[0])
    return person


@pytest.fixture
def keeper(actor: ActorWith) -> Actor:
    return actor("administrator", username="keeper")


@pytest.fixture
def lead(actor: ActorWith) -> Actor:
    return actor("shift_lead", username="lead")


@pytest.fixture
def opened(mei: Person, keeper: Actor, lead: Actor) -> Opened:
    return open_reenrolment(person_id=mei.id, reason=REASON, by=keeper, at=NIGHT)


def approval(opened: Opened) -> str:
    return Approval.objects.get(object_id=opened.reenrolment_id).id


def follow(opened: Opened, password: str = PASSWORD) -> tuple[Client, int]:
    client = Client(headers={"accept-language": "en"})
    return client, client.post(f"/accounts/reenrolment/{opened.token}/", {"password": password}).status_code


def standing(person: Person) -> tuple[int, int]:
    live = Session.objects.filter(person=person, ended_at=None).count()
    return Authenticator.objects.filter(user=person).count(), live


def test_nothing_changes_until_two_agreed_then_everything_old_ends(opened: Opened, mei: Person, lead: Actor) -> None:
    assert standing(mei) == (2, 1)
    assert follow(opened)[1] == 404
    approve(approval_id=approval(opened), by=lead, at=NIGHT)
    assert standing(mei) == (0, 0)
    assert Session.objects.get(person=mei).ended_because == "reset"
    assert opened.token not in str(list(Reenrolment.objects.values()))
    acts = list(AuditEntry.objects.filter(object_id=mei.id).order_by("-seq").values_list("act", flat=True)[:3])
    assert acts == ["session.end", "factor.reset", "reenrolment.open"]


def test_link_and_password_lead_back_once_to_a_new_factor(opened: Opened, mei: Person, lead: Actor) -> None:
    approve(approval_id=approval(opened), by=lead, at=NIGHT)
    assert follow(opened, "wrong password 1")[1] == 422
    client, status = follow(opened)
    assert (status, standing(mei)) == (302, (0, 1))
    assert client.get("/people/me/")["Location"] == "/accounts/2fa/"
    secret, _ = set_up_totp(client)
    assert client.get("/people/me/").status_code == 200
    assert follow(opened)[1] == 404
    again, _ = sign_in_as("mei")
    assert again.post("/accounts/2fa/authenticate/", {"code": totp(secret, ahead=1)})["Location"] == "/"
    assert AuditEntry.objects.filter(act="reenrolment.accept", object_id=mei.id).count() == 1


@pytest.mark.parametrize("hours", [0, 1])
def test_password_alone_lets_nobody_in_while_the_link_waits(
    opened: Opened, mei: Person, lead: Actor, clock: Clock, hours: int
) -> None:
    approve(approval_id=approval(opened), by=lead, at=NIGHT)
    clock.forward(hours=hours)
    client, answer = sign_in_as("mei")
    assert (answer["Location"], standing(mei)) == ("/accounts/login/", (0, 0))
    assert "by the link you were given" in client.get("/accounts/login/").content.decode()
    assert client.get("/people/me/").status_code == 302


def test_half_done_sign_in_does_not_slip_through(opened: Opened, mei: Person, lead: Actor) -> None:
    client, answer = sign_in_as("mei")
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    approve(approval_id=approval(opened), by=lead, at=NIGHT)
    client.get("/accounts/2fa/authenticate/")
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert standing(mei) == (0, 0)


def test_expired_link_is_void_and_another_may_be_opened(
    opened: Opened, mei: Person, keeper: Actor, lead: Actor, clock: Clock
) -> None:
    approve(approval_id=approval(opened), by=lead, at=NIGHT)
    with pytest.raises(ReenrolmentOpen):
        open_reenrolment(person_id=mei.id, reason=REASON, by=keeper, at=NIGHT + timedelta(minutes=59))
    at = clock.forward(hours=1)
    assert follow(opened)[1] == 404
    second = open_reenrolment(person_id=mei.id, reason=REASON, by=keeper, at=at)
    approve(approval_id=approval(second), by=lead, at=at)
    assert follow(second)[1] == 302
    assert [each.accepted_at is None for each in Reenrolment.objects.order_by("opened_at")] == [True, False]


@pytest.mark.parametrize("answer", ["declined", "expired"])
def test_no_and_no_answer_leave_her_factors(
    opened: Opened, mei: Person, keeper: Actor, lead: Actor, answer: str
) -> None:
    if answer == "declined":
        decline(approval_id=approval(opened), by=lead, at=NIGHT)
    else:
        late = NIGHT + timedelta(hours=12)
        expire(approval_id=approval(opened), organisation_id=mei.organisation_id, at=late)
    assert (follow(opened)[1], standing(mei)) == (404, (2, 1))
    assert sign_in_as("mei")[1]["Location"] == "/accounts/2fa/authenticate/"
    open_reenrolment(person_id=mei.id, reason=REASON, by=keeper, at=NIGHT + timedelta(hours=12))


@pytest.mark.parametrize(
    ("who", "whom", "reason", "refusal"),
    [
        ("keeper", "keeper", REASON, OwnFactors),
        ("keeper", "mei", " ", FieldInvalid),
        ("keeper", "mei", REASON, ReenrolmentOpen),
        ("keeper", "nobody", REASON, NotFound),
        ("foreign", "mei", REASON, NotFound),
        ("analyst", "mei", REASON, Forbidden),
    ],
)
def test_refusals_change_nothing(
    opened: Opened,
    actor: ActorWith,
    other_organisation: Organisation,
    who: str,
    whom: str,
    reason: str,
    refusal: type[Refusal],
) -> None:
    actor("risk_analyst", username="analyst")
    actor("administrator", username="foreign", to=other_organisation)
    by = actor_of(Person.objects.get(username=who), at=NIGHT, is_strong=True)
    person_id = "per_nobody" if whom == "nobody" else Person.objects.get(username=whom).id
    before = (AuditEntry.objects.count(), Approval.objects.count(), Reenrolment.objects.count())
    with pytest.raises(refusal):
        open_reenrolment(person_id=person_id, reason=reason, by=by, at=NIGHT)
    assert (AuditEntry.objects.count(), Approval.objects.count(), Reenrolment.objects.count()) == before


@pytest.mark.parametrize(("who", "refusal"), [("mei", OwnFactors), ("keeper", OwnRequest)])
def test_neither_she_nor_who_asked_agrees(opened: Opened, mei: Person, who: str, refusal: type[Refusal]) -> None:
    by = actor_of(Person.objects.get(username=who), at=NIGHT, is_strong=True)
    with pytest.raises(refusal):
        approve(approval_id=approval(opened), by=by, at=NIGHT)
    assert (standing(mei), Approval.objects.get().state) == ((2, 1), "pending")


def test_the_approver_reads_whose_factors_end_and_she_is_called(opened: Opened, mei: Person, lead: Actor) -> None:
    line = get_inbox(by=lead, at=NIGHT).waiting[0]
    assert line.about is not None
    assert (line.reason, line.about.href) == (REASON, f"/people/{mei.id}/")
    assert "mei" in line.about.words.zh
    assert "mei" in line.about.words.en
    approve(approval_id=approval(opened), by=lead, at=NIGHT)
    for _ in range(2):
        react("calls", NIGHT)
    assert [(each.code, each.person_id) for each in Page.objects.filter(code="factors_reset")] == [
        ("factors_reset", mei.id)
    ]


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "重设验证方式"), ("en", "Reset the factors")])
def test_pages_show_the_link_once_in_both_languages(
    sign_in: Callable[..., Client], mei: Person, clock: Clock, language: str, said: str
) -> None:
    client = sign_in("administrator")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    path = f"/people/{mei.id}/factors/"
    assert path in client.get(f"/people/{mei.id}/").content.decode()
    assert said in client.get(path).content.decode()
    assert client.post(path, {"reason": ""}).status_code == 422
    answer = client.post(path, {"reason": REASON})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    link = re.search(r"/accounts/reenrolment/[\w-]{43}/", answer.content.decode())
    assert link is not None
    assert link[0] not in client.get(path).content.decode()
    Reenrolment.objects.update(approved_at=NIGHT, expires_at=NIGHT + timedelta(hours=1))
    page = Client(headers={"accept-language": language}).get(link[0])
    assert (page.status_code, "mei" in page.content.decode()) == (200, True)


def test_opening_asks_for_a_factor_shown_a_moment_ago(
    sign_in: Callable[..., Client], mei: Person, clock: Clock
) -> None:
    client = sign_in("administrator")
    clock.forward(minutes=11)
    assert client.post(f"/people/{mei.id}/factors/", {"reason": REASON}).status_code == 403
    assert not Reenrolment.objects.exists()
