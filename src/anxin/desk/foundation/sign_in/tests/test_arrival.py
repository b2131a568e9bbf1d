from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.invitations import Guest, Invited, invite_person
from anxin.desk.foundation.organisations.models import Invitation, Organisation, Person, RoleGrant
from anxin.desk.foundation.sign_in.first_run import first_run_code
from anxin.desk.foundation.sign_in.models import Session

ActorWith = Callable[..., Actor]
NEW = {"password1": "a much longer sentence", "password2": "a much longer sentence"}


def browser() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def invited(actor: ActorWith, clock: Clock) -> Invited:
    actor("administrator", username="second")
    by = actor("administrator", username="first")
    return invite_person(Guest("wei.lin", "林薇", ("shift_lead",)), by=by, at=NIGHT)


def let_work(invited: Invited) -> None:
    from anxin.desk.foundation.organisations.actors import actor_of

    second = actor_of(Person.objects.get(username="second"), at=NIGHT, is_strong=True)
    approve(approval_id=Approval.objects.get(object_id=invited.invitation_id).id, by=second, at=NIGHT)


def link(invited: Invited) -> str:
    return f"/accounts/invitation/{invited.token}/"


def test_link_works_once_after_two_agreed(invited: Invited) -> None:
    client = browser()
    assert client.get(link(invited)).status_code == 404
    let_work(invited)
    assert "wei.lin" in client.get(link(invited)).content.decode()
    answer = client.post(link(invited), NEW)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    person = Person.objects.get(username="wei.lin")
    assert [each.role for each in RoleGrant.objects.filter(person=person)] == ["shift_lead"]
    assert Session.objects.filter(person=person, ended_at=None).count() == 1
    assert client.get("/people/me/")["Location"] == "/accounts/2fa/"
    assert browser().post(link(invited), NEW).status_code == 404


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("short", "short", "too short"),
        ("a much longer sentence", "another sentence", "not the same"),
        ("password1234", "password1234", "too common"),
        ("wei.lin12345", "wei.lin12345", "too similar"),
    ],
)
def test_weak_password_keeps_the_link(invited: Invited, first: str, second: str, said: str) -> None:
    let_work(invited)
    answer = browser().post(link(invited), {"password1": first, "password2": second})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Invitation.objects.get().accepted_at is None


@pytest.mark.parametrize("end", ["expired", "withdrawn", "forged"])
def test_link_that_is_over_looks_like_none(invited: Invited, clock: Clock, end: str) -> None:
    let_work(invited)
    if end == "expired":
        clock.forward(hours=72)
    elif end == "withdrawn":
        Invitation.objects.update(revoked_at=NIGHT)
    token = "x" * 43 if end == "forged" else invited.token
    answer = browser().post(f"/accounts/invitation/{token}/", NEW)
    assert answer.status_code == 404
    assert "not valid" in answer.content.decode()
    assert not Person.objects.filter(username="wei.lin").exists()


def test_only_the_hash_of_the_link_is_kept(invited: Invited) -> None:
    assert invited.token not in str(list(Invitation.objects.values()))
    assert "林薇" not in str(list(Invitation.objects.values()))


BEGIN = {
    "organisation": "夜市",
    "time_zone": "Asia/Shanghai",
    "is_small_team": "on",
    "platform": "app",
    "business_line": "goods",
    "region": "CN-44",
    "username": "keeper",
    "name": "林薇",
    **NEW,
}


def test_first_run_founds_once(clock: Clock) -> None:
    client = browser()
    assert client.get("/accounts/login/")["Location"] == "/accounts/begin/"
    assert client.get("/accounts/begin/").status_code == 200
    path = settings.ANXIN.data / "first-run.code"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    code = first_run_code()
    answer = client.post("/accounts/begin/", BEGIN | {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/")
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.is_small_team, organisation.slug) == (
        "夜市",
        True,
        settings.ANXIN.organisation,
    )
    assert list(organisation.sites.exclude(platform="*").values_list("platform", "region")) == [("app", "CN-44")]
    assert not path.exists()
    assert first_run_code() is None
    again = browser().post("/accounts/begin/", BEGIN | {"code": code})
    assert again["Location"] == "/accounts/login/"
    assert Organisation.objects.count() == 1


def test_wrong_code_founds_nothing(clock: Clock) -> None:
    client = browser()
    for _ in range(10):
        assert client.post("/accounts/begin/", BEGIN | {"code": "AAAA"}).status_code == 403
    assert client.post("/accounts/begin/", BEGIN | {"code": first_run_code()}).status_code == 403
    clock.forward(minutes=31)
    bad = client.post("/accounts/begin/", BEGIN | {"code": first_run_code(), "time_zone": "Mars/Olympus"})
    assert bad.status_code == 422
    assert Organisation.objects.count() == 0
    assert client.post("/accounts/begin/", BEGIN | {"code": first_run_code()}).status_code == 302


@pytest.mark.parametrize(
    "typed",
    ["林薇", "аdmin", "ａdmin", "admin\u200b", "13800001234", "a@b.example", "ab", "a" * 33, "x..y", "-x1", "Ⅷadmin"],
)
def test_names_that_mislead_or_tell_who_it_is_are_refused(actor: ActorWith, typed: str) -> None:
    from anxin.desk.foundation.edge.refusals import FieldInvalid

    by = actor("administrator")
    with pytest.raises(FieldInvalid):
        invite_person(Guest(typed, "林薇", ("mentor",)), by=by, at=NIGHT + timedelta(minutes=1))
    assert Invitation.objects.count() == 0
