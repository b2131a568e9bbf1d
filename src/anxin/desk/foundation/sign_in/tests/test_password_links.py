"""A colleague forgot the password: one colleague helps where a second factor stands guard, else two."""

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
from anxin.desk.foundation.approvals.actions import approve, decline
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.approvals.queries import get_inbox
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound, Refusal
from anxin.desk.foundation.notifications.models import Page
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.sign_in.errors import OwnPassword, ReenrolmentOpen
from anxin.desk.foundation.sign_in.models import Reenrolment, Session
from anxin.desk.foundation.sign_in.password_links import open_password_link
from anxin.desk.foundation.sign_in.reenrolments import LIFE, Opened
from anxin.desk.foundation.sign_in.tests.test_sign_in import PASSWORD, set_up_totp, sign_in_as, totp

REASON = "called her back on her own number"
NEW = "a-much-better-phrase-91"
ActorWith = Callable[..., Actor]


@pytest.fixture
def secret(admit: Callable[..., Person], clock: Clock) -> str:
    """A lead with an authenticator app, who forgot the password: the secret of her app."""
    cache.clear()
    admit("mei", "shift_lead")
    return set_up_totp(sign_in_as("mei")[0])[0]


@pytest.fixture
def keeper(actor: ActorWith) -> Actor:
    return actor("administrator", username="keeper")


@pytest.fixture
def lead(actor: ActorWith) -> Actor:
    return actor("shift_lead", username="lead")


def mei() -> Person:
    return Person.objects.get(username="mei")


def opened(by: Actor) -> Opened:
    return open_password_link(person_id=mei().id, reason=REASON, by=by, at=NIGHT)


def follow(link: Opened, password: str = NEW, again: str = "") -> int:
    typed = {"password1": password, "password2": again or password}
    return Client().post(f"/accounts/reenrolment/{link.token}/", typed).status_code


def test_one_colleague_helps_and_the_factor_is_asked_for_as_ever(secret: str, keeper: Actor) -> None:
    link = opened(keeper)
    assert (link.is_waiting, Approval.objects.count(), mei().check_password(PASSWORD)) == (False, 0, True)
    assert follow(link) == 302
    assert (mei().check_password(NEW), Authenticator.objects.filter(user=mei()).count()) == (True, 2)
    assert Session.objects.filter(person=mei(), ended_at=None).count() == 0
    assert follow(link, "another-good-phrase-17") == 404
    client, answer = sign_in_as("mei", NEW)
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert client.post("/accounts/2fa/authenticate/", {"code": totp(secret, ahead=1)})["Location"] == "/"
    acts = AuditEntry.objects.filter(object_id=mei().id).order_by("seq").values_list("act", flat=True)
    assert {"password_link.open", "password.reset"} <= set(acts)
    assert link.token not in str(list(Reenrolment.objects.values()))


@pytest.mark.parametrize(("password", "again"), [("short", "short"), (NEW, NEW + "x"), ("mei-mei-mei", "mei-mei-mei")])
def test_a_weak_or_different_password_changes_nothing(secret: str, keeper: Actor, password: str, again: str) -> None:
    link = opened(keeper)
    assert follow(link, password, again) == 422
    assert (mei().check_password(PASSWORD), follow(link)) == (True, 302)


def test_after_an_hour_the_link_is_void(secret: str, keeper: Actor, clock: Clock) -> None:
    link = opened(keeper)
    clock.forward(hours=1)
    assert (follow(link), mei().check_password(PASSWORD)) == (404, True)
    assert open_password_link(person_id=mei().id, reason=REASON, by=keeper, at=NIGHT + LIFE).token != link.token


def test_without_a_factor_a_second_person_agrees_first(
    admit: Callable[..., Person], clock: Clock, keeper: Actor, lead: Actor
) -> None:
    admit("mei", "mentor")
    link = opened(keeper)
    assert (link.is_waiting, follow(link)) == (True, 404)
    line = get_inbox(by=lead, at=NIGHT).waiting[0]
    assert line.about is not None
    assert "choose a new password" in line.about.follows.en
    approve(approval_id=Approval.objects.get().id, by=lead, at=NIGHT)
    assert (follow(link), mei().check_password(NEW)) == (302, True)


def test_a_no_leaves_the_link_void(admit: Callable[..., Person], clock: Clock, keeper: Actor, lead: Actor) -> None:
    admit("mei", "mentor")
    link = opened(keeper)
    decline(approval_id=Approval.objects.get().id, by=lead, at=NIGHT)
    assert (follow(link), mei().check_password(PASSWORD)) == (404, True)


def test_one_colleagues_link_is_void_once_the_factor_is_gone(secret: str, keeper: Actor) -> None:
    link = opened(keeper)
    Authenticator.objects.filter(user=mei()).delete()
    assert (follow(link), mei().check_password(PASSWORD)) == (404, True)


@pytest.mark.parametrize(
    ("who", "whom", "reason", "refusal"),
    [
        ("keeper", "keeper", REASON, OwnPassword),
        ("keeper", "mei", " ", FieldInvalid),
        ("keeper", "mei", REASON, ReenrolmentOpen),
        ("keeper", "nobody", REASON, NotFound),
        ("foreign", "mei", REASON, NotFound),
        ("analyst", "mei", REASON, Forbidden),
    ],
)
def test_refusals_change_nothing(
    secret: str,
    keeper: Actor,
    actor: ActorWith,
    other_organisation: Organisation,
    who: str,
    whom: str,
    reason: str,
    refusal: type[Refusal],
) -> None:
    opened(keeper)
    actor("risk_analyst", username="analyst")
    actor("administrator", username="foreign", to=other_organisation)
    by = actor_of(Person.objects.get(username=who), at=NIGHT, is_strong=True)
    person_id = "per_nobody" if whom == "nobody" else Person.objects.get(username=whom).id
    before = (AuditEntry.objects.count(), Reenrolment.objects.count())
    with pytest.raises(refusal):
        open_password_link(person_id=person_id, reason=reason, by=by, at=NIGHT + timedelta(minutes=1))
    assert (AuditEntry.objects.count(), Reenrolment.objects.count()) == before


def test_she_is_called(secret: str, keeper: Actor) -> None:
    opened(keeper)
    for _ in range(2):
        react("calls", NIGHT)
    assert [each.person_id for each in Page.objects.filter(code="password_link")] == [mei().id]


@pytest.mark.parametrize(("language", "said"), [("zh-hans", "忘记密码"), ("en", "Forgot the password")])
def test_the_way_is_found_and_the_link_shown_once(
    sign_in: Callable[..., Client], secret: str, language: str, said: str
) -> None:
    help_text = Client(headers={"accept-language": language}).get("/accounts/login/").content.decode()
    assert said in help_text
    client = sign_in("administrator")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    path = f"/people/{mei().id}/password/"
    page = client.get(f"/people/{mei().id}/").content.decode()
    assert (path in page, said in page) == (True, True)
    assert path not in sign_in("compliance").get(f"/people/{mei().id}/").content.decode()
    assert (client.get(path).status_code, client.post(path, {"reason": ""}).status_code) == (200, 422)
    answer = client.post(path, {"reason": REASON})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    link = re.search(r"/accounts/reenrolment/[\w-]{43}/", answer.content.decode())
    assert link is not None
    assert link[0] not in client.get(path).content.decode()
    assert Client().get(link[0]).status_code == 200
