"""Every door of the desk, tried by a stranger, another organisation, a colleague without and one with permission.

`doors.yaml` holds one line for each URL pattern; a pattern without a line fails. Absent and foreign must be one and the
same to whoever asks: status, body, and the number of questions the database was asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from anxin.desk.conftest import NIGHT, Clock, _begin_session
from anxin.desk.foundation.approvals.models import Approval, State
from anxin.desk.foundation.audit.models import InsiderAlert
from anxin.desk.foundation.edge.actor import Actor, ActorKind
from anxin.desk.foundation.edge.clock import clock_set
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.yaml_files import read_yaml
from anxin.desk.foundation.organisations.actions import admit_person, found_organisation
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.configuration import open_department, open_site
from anxin.desk.foundation.organisations.invitations import Guest, invite_person
from anxin.desk.foundation.organisations.models import Department, Person, RoleGrant, Site
from anxin.desk.foundation.permissions.authority import grants_of
from anxin.desk.foundation.permissions.catalogue import permissions, roles
from anxin.desk.foundation.service_accounts.actions import issue_gateway_key, open_account
from anxin.desk.foundation.service_accounts.limits import Limits
from anxin.desk.foundation.service_accounts.models import GatewayKey
from anxin.desk.foundation.sign_in.models import Session
from anxin.desk.foundation.vault.sealing import forget_opened_keys
from anxin.desk.foundation.webhooks.actions import open_endpoint
from anxin.desk.operations.incidents.actions.opening import Seen, open_incident
from anxin.desk.operations.incidents.kinds import shipped_kinds

TABLE: dict[str, dict[str, Any]] = read_yaml(Path(__file__).with_name("doors.yaml"))
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^)]*\))*\)")
NOISE = re.compile(r"[A-Za-z0-9]{64}|[0-9a-f]{16}")
"""What is new in every answer: tokens of forms, ids of requests."""
COMMAND: dict[str, Any] = {
    "code": "x",
    "currency": "CNY",
    "cause": "x",
    "responsible": "x",
    "checks": [],
    "check": "x",
    "level": 1,
    "into": "inc_none",
    "signal_ids": [],
    "channel": "phone",
    "outcome": "x",
    "reason": "waiting_customer",
    "request_id": "m1",
    "message_id": "m1",
    "expected_by": "2030-01-01T00:00:00Z",
    "department_id": "dep_none",
    "title": "x",
    "minutes": 5,
    "topic": "x",
    "question": "x",
    "finding": "right",
    "receipt": "x",
}
"""A body that every command of the API can read: each takes what it knows."""
ANSWERS = ("stranger", "without", "foreign", "with")


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLPattern):
            yield route
        else:
            yield from routes(each, route)


ROUTES = sorted(set(routes(get_resolver())))


def new_client() -> Client:
    return Client(headers={"accept-language": "en"}, raise_request_exception=False)


class World:
    """Two organisations with one of everything, and a browser for whoever is needed."""

    def __init__(self, slug: str) -> None:
        self.organisation = found_organisation(slug=slug, name=slug, at=NIGHT)
        every = grants_of([code for code, role in roles().items() if code != "integrator"])
        self.root = Actor(
            self.organisation.id, ActorKind.SYSTEM, "setup", grants=every, is_strong=True, verified_at=NIGHT
        )
        self.admin = self.admit("admin", "administrator")
        self.keys: dict[str, str] = {}
        self.ids = self._things() | self._cases()

    def admit(self, name: str, *held: str) -> Person:
        username = f"{self.organisation.slug}-{name}"
        found = Person.objects.filter(username=username).first()
        return found or admit_person(
            username=username, name="林薇", password="correct horse battery", roles=held, by=self.root, at=NIGHT
        )

    def browser(self, name: str, *held: str) -> Client:
        client = new_client()
        person = self.admit(name, *held)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        _begin_session(client, person)
        return client

    def sign_in(self, roles: Iterable[str]) -> None:
        """Sign somebody of each role in, once for all doors."""
        for role in sorted(set(roles)):
            self.keys[role] = self.browser(f"as-{role}", role).cookies["sessionid"].value

    def browser_of(self, role: str) -> Client:
        """Return a new browser of whoever was signed in with a role."""
        client = new_client()
        client.cookies["sessionid"] = self.keys[role]
        return client

    def _cases(self) -> dict[str, str]:
        kind = next(iter(shipped_kinds()))
        return {"incident_id": open_incident(Seen(kind), by=self.root, at=NIGHT).id}

    def _things(self) -> dict[str, str]:
        guest = self.admit("guest", "service_agent")
        self.browser("guest")
        by, oid = self.root, self.organisation.id
        open_site(platform="mall", business_line="retail", region="cn", name="Mall", by=by, at=NIGHT)
        open_department(code="night", name_zh="夜班", name_en="Night", by=by, at=NIGHT)
        account = open_account(name="robot", by=by, at=NIGHT)
        limits = Limits(("decide",), NIGHT + timedelta(days=30))
        issue_gateway_key(account_id=account.id, limits=limits, by=by, at=NIGHT)
        endpoint = open_endpoint(
            name="desk", url="https://hooks.example.com/x", kinds=["approval.requested"], by=by, at=NIGHT
        )
        newcomer = Guest(f"{self.organisation.slug}-new", "新人", ("mentor",))
        invited = invite_person(newcomer, by=actor_of(self.admin, at=NIGHT, is_strong=True), at=NIGHT)
        return {
            "person_id": guest.id,
            "invitation_id": invited.invitation_id,
            "grant_id": RoleGrant.objects.filter(person=guest).latest("pk").pk,
            "site_id": Site.objects.filter(organisation_id=oid).latest("id").pk,
            "department_id": Department.objects.get(organisation_id=oid, code="night").pk,
            "account_id": account.id,
            "key_id": GatewayKey.objects.get(organisation_id=oid).pk,
            "endpoint_id": endpoint.endpoint_id,
            "webhook_id": endpoint.endpoint_id,
            "approval_id": self._waiting(guest).id,
            "alert_id": self._raised(guest).id,
            "ref": Session.objects.exclude(ref="").get(person=guest, ended_at=None).ref,
        }

    def _waiting(self, guest: Person) -> Approval:
        return Approval.objects.create(
            id=new_id("apr", at=NIGHT),
            organisation_id=self.organisation.id,
            act="data.erase",
            object_kind="person",
            object_id=guest.id,
            arguments="{}",
            requested_by=guest.id,
            requested_label="林*",
            requested_roles="service_agent",
            shift="",
            is_small_team=False,
            requested_at=NIGHT,
            until=NIGHT + timedelta(hours=12),
            state=State.PENDING,
        )

    def _raised(self, guest: Person) -> InsiderAlert:
        return InsiderAlert.objects.create(
            id=new_id("ins", at=NIGHT),
            organisation_id=self.organisation.id,
            rule="RI01",
            actor_id=guest.id,
            actor_label="林*",
            period="2026-11-21",
            measured=9,
            expected=3,
            raised_at=NIGHT,
        )


def absent_like(value: str) -> str:
    """Return an id of the same look that nobody has."""
    return re.sub(r"[0-9A-Za-z](?=[^_]*$)", lambda found: "0" if found[0].isdigit() else "a", str(value))


def path_of(route: str, ids: dict[str, str], given: dict[str, Any]) -> str:
    filled = PARAMETER.sub(lambda found: str((given | ids)[found[1] or found[2]]), route)
    return "/" + filled.replace("^", "").replace("$", "").replace("\\", "")


def holders_of(permission: str) -> tuple[str, str]:
    """Return a role that holds the permission and one that does not."""
    able = permissions()[permission].grants
    ablest = max((name for name in able if name != "integrator"), key=lambda name: able[name].grade.rank)
    return ablest, next(name for name in roles() if name not in able and name != "integrator")


def visitors(line: dict[str, Any]) -> tuple[str, str]:
    """Return the role that a door's line opens it to, and one that it does not, "" when it opens to everybody."""
    able, unable = holders_of(line["permission"]) if "permission" in line else ("service_agent", "")
    return line.get("role", able), unable


@pytest.fixture
def worlds() -> Iterator[tuple[World, World]]:
    with clock_set(Clock()):
        yield World("shop"), World("other")
    forget_opened_keys()


def knock(client: Client, line: dict[str, Any], path: str) -> tuple[HttpResponse, int]:
    """Call a door; return the answer and how many questions the databases were asked."""
    method = line.get("method", "GET")
    body: dict[str, Any] = {}
    if path.startswith("/api/"):
        data = line.get("body", {}) if ":" not in path or "body" in line else COMMAND
        body = {"content_type": "application/json", "data": data, "headers": {"if-match": "*"}}
    if not body and method == "POST":
        body = {"data": line.get("body", {})}
    counted = [CaptureQueriesContext(connections[alias]) for alias in connections]
    for each in counted:
        each.__enter__()
    answer = client.generic("GET", path) if method == "GET" else client.post(path, **body)
    for each in counted:
        each.__exit__(None, None, None)
    if answer.streaming:
        answer.close()
    return answer, sum(len(each) for each in counted)


def observe(line: dict[str, Any], route: str, worlds: tuple[World, World]) -> dict[str, Any]:
    """Try one door as everybody; return the statuses, and whether absent and foreign differ."""
    own, other = worlds
    given = line.get("given", {})
    found: dict[str, Any] = {}
    path = path_of(route, own.ids, given)
    found["stranger"] = knock(Client(), line, path)[0].status_code
    if line.get("open"):
        return found
    able, unable = visitors(line)
    if unable:
        found["without"] = knock(own.browser_of(unable), line, path)[0].status_code
    ids = [name for pair in PARAMETER.findall(route) for name in pair if name in own.ids and name not in given]
    if ids:
        client = own.browser_of(able)
        last = ids[-1]
        absent = path_of(route, own.ids | {last: absent_like(other.ids[last])}, given)
        foreign = path_of(route, own.ids | {last: other.ids[last]}, given)
        one, questions = knock(client, line, absent)
        two, as_many = knock(client, line, foreign)
        if questions != as_many:
            # The first of all calls fills what is kept for the next ones.
            one, questions = knock(client, line, absent)
        found["foreign"] = two.status_code
        is_alike = told(one, absent_like(other.ids[last])) == told(two, str(other.ids[last]))
        found["differs"] = not is_alike or questions != as_many
    found["with"] = knock(own.browser_of(able), line, path)[0].status_code
    return found


def told(answer: HttpResponse, asked_for: str) -> tuple[int, str]:
    """Return status and body without what is new in every answer, and without what was asked for."""
    text = "" if answer.streaming else answer.content.decode(errors="replace")
    return answer.status_code, NOISE.sub("·", text.replace(asked_for, "·"))


def test_every_url_has_its_line() -> None:
    assert [route for route in ROUTES if route not in TABLE] == []


def expected(line: dict[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in line.items() if name in ANSWERS}


def try_all(worlds: tuple[World, World]) -> dict[str, dict[str, Any]]:
    """Try every door; what one changes is taken back before the next."""
    found = {}
    worlds[0].sign_in(role for line in TABLE.values() for role in visitors(line) if role)
    for route in filter(TABLE.__contains__, ROUTES):
        with transaction.atomic(), transaction.atomic(using="projection"):
            found[route] = observe(TABLE[route], route, worlds)
            transaction.set_rollback(True)
            transaction.set_rollback(True, using="projection")
        forget_opened_keys()
    return found


@pytest.mark.django_db(databases="__all__")
def test_every_door_opens_to_whom_it_should(worlds: tuple[World, World]) -> None:
    found = try_all(worlds)
    assert [route for route, each in found.items() if each.pop("differs", False)] == []
    told_off = {route: each for route, each in found.items() if each != expected(TABLE[route])}
    assert told_off == {route: expected(TABLE[route]) for route in told_off}


def test_the_table_lets_nobody_in_without_the_permission() -> None:
    asking = {route: line for route, line in TABLE.items() if "permission" in line}
    assert [route for route, line in asking.items() if line["without"] not in (403, 404)] == []
    assert [route for route, line in asking.items() if line["with"] in (401, 403)] == []
    assert [route for route, line in TABLE.items() if line.get("foreign", 404) != 404] == []
    assert [route for route, line in TABLE.items() if not line.get("open") and line["stranger"] not in (302, 401)] == []
