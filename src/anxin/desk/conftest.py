"""People and organisations for the desk's tests."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import cache
from django.db import connections
from django.test import Client
from pytest_django import DjangoDbBlocker
from tests.replayed import Replays

from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.clock import clock_set, now
from anxin.desk.foundation.organisations.actions import admit_person, found_organisation
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.sign_in.actions import Origin, start_session
from anxin.desk.foundation.sign_in.store import SessionStore, key_hash
from anxin.desk.foundation.vault.sealing import forget_opened_keys
from anxin.desk.operations.incidents import kinds

NIGHT = datetime(2026, 11, 21, 19, 10, tzinfo=UTC)
"""Ten past three in Shanghai."""
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
REPLAYS = Replays()


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.moment = NIGHT

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **lapse: float) -> datetime:
        """Move on by a timedelta's arguments; return the new moment."""
        self.moment += timedelta(**lapse)
        return self.moment


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The desk's clock, standing at NIGHT."""
    fresh = Clock()
    with clock_set(fresh):
        yield fresh


@pytest.fixture(autouse=True)
def _nothing_from_before() -> Iterator[None]:
    """Keep nothing that stands under an id, in files or in memory: organisations have the same in many tests."""
    for name in ("audit", "evidence"):
        if (folder := settings.ANXIN.data / name).exists():
            shutil.rmtree(folder)
    yield
    forget_opened_keys()
    kinds._names_at.cache_clear()
    cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _no_connection_left_open(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        asyncio.run(sync_to_async(connections.close_all)())


@pytest.fixture
def organisation() -> Organisation:
    """The shop."""
    return _found("shop", "Night Shop")


@pytest.fixture
def other_organisation() -> Organisation:
    """Somebody else's platform in the same installation."""
    return _found("other", "Other Platform")


def _found(slug: str, name: str) -> Organisation:
    return REPLAYS.found((slug, name), lambda: found_organisation(slug=slug, name=name, at=NIGHT))


@pytest.fixture
def admit(organisation: Organisation) -> Callable[..., Person]:
    """Admit a person with roles: `admit("lead", "shift_lead")`."""

    def admit_one(username: str, *roles: str, to: Organisation = organisation, name: str = "林薇") -> Person:
        def admit_now() -> Person:
            by, password = system_actor(to.id, "setup"), "correct horse battery"
            return admit_person(username=username, name=name, password=password, roles=roles, by=by, at=NIGHT)

        return REPLAYS.go_on(to.id, ("admit", username, name, roles), admit_now)

    return admit_one


@pytest.fixture
def actor(organisation: Organisation, admit: Callable[..., Person]) -> Callable[..., Actor]:
    """An actor with roles: `actor("specialist")`."""

    def actor_with(*roles: str, username: str = "", to: Organisation | None = None) -> Actor:
        to, called = to or organisation, username or "-".join(roles)

        def admit_now() -> Actor:
            return actor_of(admit(called, *roles, to=to), at=NIGHT, is_strong=True)

        return REPLAYS.go_on(to.id, ("actor", called, roles), admit_now)

    return actor_with


def _begin_session(client: Client, person: Person) -> None:
    """Let Django's test client stand where somebody stands who signed in with a second factor just now."""
    at = now()
    if at == NIGHT:
        key = REPLAYS.go_on(person.organisation_id, ("session", person.pk), lambda: _session_of(person, at))
    else:
        key = _session_of(person, at)
    client.cookies[settings.SESSION_COOKIE_NAME] = key


def _session_of(person: Person, at: datetime) -> str:
    """Return the key of a session that begins."""
    store = SessionStore()
    store.update(
        {SESSION_KEY: person.pk, BACKEND_SESSION_KEY: BACKEND, HASH_SESSION_KEY: person.get_session_auth_hash()}
    )
    store.create()
    name = key_hash(store.session_key or "")
    started = start_session(person=person, key_hash=name, is_strong=True, origin=Origin(device="Test"), at=at)
    store.update({"session_ref": started.ref, "is_strong": True, "verified_at": at.isoformat()})
    store.save()
    return store.session_key or ""


@pytest.fixture
def sign_in(admit: Callable[..., Person]) -> Callable[..., Client]:
    """A signed-in browser with roles: `sign_in("service_agent")`."""

    def sign_in_with(*roles: str, username: str = "", to: Organisation | None = None) -> Client:
        more = {"to": to} if to else {}
        client = Client(headers={"accept-language": "en"})
        person = admit(username or "-".join(roles), *roles, **more)
        _begin_session(client, person)
        return client

    return sign_in_with
