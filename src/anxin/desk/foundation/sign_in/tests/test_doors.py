"""Every path of people, approvals, machines and sessions, tried by a stranger, another organisation, and colleagues."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.invitations import Guest, invite_person
from anxin.desk.foundation.organisations.models import Organisation, Person, RoleGrant
from anxin.desk.foundation.organisations.rights import request_role
from anxin.desk.foundation.service_accounts import actions as machines
from anxin.desk.foundation.service_accounts.limits import Limits
from anxin.desk.foundation.sign_in.models import Session


@dataclass(frozen=True)
class Door:
    """One path: who has the permission, and what the others get. `foreign` is the other organisation's answer."""

    name: str
    path: str
    opener: str = "administrator"
    is_post: bool = False
    without: int = 403
    foreign: int = 404
    opened: int = 200


DOORS = (
    Door("people", "/people/", without=403, foreign=200),
    Door("my_permissions", "/people/me/", without=200, foreign=200),
    Door("invite", "/people/invite/", foreign=200),
    Door("withdraw_invitation", "/people/invitations/{invitation}/withdraw/", is_post=True, opened=302),
    Door("recertification", "/people/recertification/", opener="shift_lead", foreign=200),
    Door(
        "recertify",
        "/people/recertification/{grant}/confirm/",
        opener="shift_lead",
        is_post=True,
        opened=302,
    ),
    Door("revoke_role", "/people/roles/{grant}/revoke/", is_post=True, opened=302),
    Door("organisation_settings", "/people/settings/", foreign=200),
    Door("sites", "/people/sites/", foreign=200),
    Door("close_site", "/people/sites/{site}/close/", is_post=True, opened=302),
    Door("departments", "/people/departments/", foreign=200),
    Door("close_department", "/people/departments/{department}/close/", is_post=True, opened=302),
    Door("person", "/people/{person}/"),
    Door("grant_role", "/people/{person}/roles/", is_post=True, opened=302),
    Door("place_person", "/people/{person}/place/", is_post=True, opened=302),
    Door("reenrol", "/people/{person}/factors/"),
    Door("forgotten", "/people/{person}/password/"),
    Door("let_go", "/people/{person}/leave/", is_post=True, opened=302),
    Door("approvals", "/approvals/", without=200, foreign=200),
    Door("approve", "/approvals/{approval}/approve/", is_post=True, opened=302),
    Door("decline", "/approvals/{approval}/decline/", is_post=True, opened=302),
    Door("service_accounts", "/service-accounts/", foreign=200),
    Door("service_account", "/service-accounts/{account}/"),
    Door("issue_secret", "/service-accounts/{account}/issue/desk/", is_post=True),
    Door("rotate_key", "/service-accounts/{account}/gateway/{key}/rotate/", is_post=True),
    Door("revoke_secret", "/service-accounts/{account}/gateway/{key}/revoke/", is_post=True, opened=302),
    Door("close_account", "/service-accounts/{account}/close/", is_post=True, opened=302),
    Door("my_sessions", "/accounts/sessions/", without=200, foreign=200),
    Door("sessions", "/accounts/sessions/all/", foreign=200),
    Door("revoke_session", "/accounts/sessions/{session}/revoke/", is_post=True, opened=302),
    Door("step_up", "/accounts/step-up/", without=302, foreign=302, opened=302),
)
FORMS = {
    "grant_role": {"role": "rule_author"},
    "issue_secret": {"desk-scopes": ["check.run"], "desk-expires_on": "2026-12-31"},
}
OPEN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_reauthenticate",
    "account_change_password",
    "invitation",
    "reenrolment",
    "first_run",
    "openid_connect_login",
    "openid_connect_callback",
}
"""Paths for who is not in yet, and the library's own, which look at nobody but the signed-in person."""


@pytest.fixture
def things(actor: Callable[..., Actor], admit: Callable[..., Person], clock: Clock) -> dict[str, str]:
    """One of everything in the shop."""
    actor("administrator", username="second")
    by = actor("administrator", username="first")
    person = admit("wei", "mentor")
    invited = invite_person(Guest("lan.chen", "陈兰", ("mentor",)), by=by, at=NIGHT)
    asked = request_role(person_id=person.id, role="specialist", site_id=None, until=None, by=by, at=NIGHT)
    account = machines.open_account(name="checker", by=by, at=NIGHT)
    limits = Limits(("decide",), NIGHT + timedelta(days=9))
    key = machines.issue_gateway_key(account_id=account.id, limits=limits, by=by, at=NIGHT)
    shop = person.organisation
    Session.objects.create(
        pk="0" * 40,
        ref="ses_wei",
        organisation_id=shop.id,
        person=person,
        expires_at=NIGHT + timedelta(hours=12),
        started_at=NIGHT,
        seen_at=NIGHT,
    )
    return {
        "person": person.id,
        "grant": RoleGrant.objects.get(person=person).id,
        "invitation": invited.invitation_id,
        "approval": asked.id,
        "site": shop.sites.get().id,
        "department": shop.departments.get(code="legal").id,
        "account": account.id,
        "key": key.split("_")[1],
        "session": "ses_wei",
    }


@pytest.fixture
def visitors(
    sign_in: Callable[..., Client], other_organisation: Organisation
) -> Callable[[str], tuple[Client, Client, Client]]:
    """Who comes to the doors of an opener: somebody without its permission, one of another organisation, the opener."""
    without = sign_in("risk_analyst", username="without")

    @cache
    def those_of(opener: str) -> tuple[Client, Client, Client]:
        foreign = sign_in(opener, username=f"foreign-{opener}", to=other_organisation)
        return without, foreign, sign_in(opener, username=f"opener-{opener}")

    return those_of


Visitors = Callable[[str], tuple[Client, Client, Client]]


def knock(client: Client, door: Door, things: dict[str, str]) -> int:
    path = door.path.format(**things)
    return (client.post(path, FORMS.get(door.name, {})) if door.is_post else client.get(path)).status_code


def try_door(door: Door, things: dict[str, str], visitors: Visitors) -> None:
    stranger = Client()
    path = door.path.format(**things)
    answer = stranger.post(path) if door.is_post else stranger.get(path)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/"), door.name
    without, foreign, opener = visitors(door.opener)
    before = AuditEntry.objects.exclude(act__startswith="session.").count()
    assert (door.name, knock(without, door, things)) == (door.name, door.without)
    assert (door.name, knock(foreign, door, things)) == (door.name, door.foreign)
    assert AuditEntry.objects.exclude(act__startswith="session.").count() == before, door.name
    assert (door.name, knock(opener, door, things)) == (door.name, door.opened)


@pytest.mark.parametrize("door", [each for each in DOORS if each.is_post], ids=lambda door: door.name)
def test_door(door: Door, things: dict[str, str], visitors: Visitors) -> None:
    try_door(door, things, visitors)


def test_doors_that_only_show(things: dict[str, str], visitors: Visitors) -> None:
    for door in DOORS:
        if not door.is_post:
            try_door(door, things, visitors)


def test_foreign_and_absent_look_alike(things: dict[str, str], visitors: Visitors) -> None:
    absent = {name: value[:-1] + ("0" if value[-1] != "0" else "1") for name, value in things.items()}
    for door in (each for each in DOORS if each.foreign == 404):
        _, foreign, _ = visitors(door.opener)
        answers = []
        for each in (things, absent):
            path = door.path.format(**each)
            answer = foreign.post(path, FORMS.get(door.name, {})) if door.is_post else foreign.get(path)
            main = answer.content.replace(path.encode(), b"").partition(b"<main")[2][:600]
            answers.append((door.name, answer.status_code, main))
        assert answers[0] == answers[1]


def test_foreign_lists_show_nothing_of_ours(
    things: dict[str, str], sign_in: Callable[..., Client], other_organisation: Organisation
) -> None:
    foreign = sign_in("administrator", username="foreign", to=other_organisation)
    for path in (
        "/people/",
        "/people/invite/",
        "/people/sites/",
        "/approvals/",
        "/service-accounts/",
        "/accounts/sessions/all/",
    ):
        # By whole words: three letters stand by chance in one of a few thousand random tokens of a form.
        words = set(re.findall(r"\w+(?:\.\w+)*", foreign.get(path).content.decode()))
        assert words & {*things.values(), "wei", "lan.chen", "checker"} == set()


def test_every_path_has_its_door() -> None:
    prefixes = ("people/", "approvals/", "service-accounts/", "accounts/")
    found = {name for name in _names(get_resolver(), prefixes) if not name.startswith("mfa_")}
    assert found - OPEN == {door.name for door in DOORS}


def _names(resolver: URLResolver, prefixes: tuple[str, ...] = ()) -> Iterator[str]:
    for each in resolver.url_patterns:
        if prefixes and not str(each.pattern).startswith(prefixes):
            continue
        if isinstance(each, URLPattern):
            yield each.name or ""
        else:
            yield from _names(each)
