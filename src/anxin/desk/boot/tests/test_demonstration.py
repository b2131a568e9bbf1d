"""The demonstration's founding: people once, and a token of the platform that works whenever it starts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from anxin.desk.boot.demonstration import PLATFORM, PLATFORM_SCOPES, found_demonstration, platform_token
from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import ActorKind
from anxin.desk.foundation.organisations.actors import actor_of
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.service_accounts.actions import close_account
from anxin.desk.foundation.service_accounts.models import DeskToken, ServiceAccount
from anxin.desk.foundation.service_accounts.tokens import actor_of_token

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _founded() -> None:
    """The demonstration, founded at NIGHT."""
    assert found_demonstration(slug="demo", password="correct horse battery", at=NIGHT)


def test_it_is_founded_once() -> None:
    people = Person.objects.count()
    assert not found_demonstration(slug="demo", password="another", at=NIGHT)
    assert Person.objects.count() == people


def test_the_token_may_do_what_a_platform_does_from_this_machine_only() -> None:
    header = f"Bearer {platform_token(slug='demo', kept='', at=NIGHT)}"
    found = actor_of_token(header, at=NIGHT, address="127.0.0.1")
    assert found is not None
    assert (found.kind, found.label, sorted(found.grants)) == (ActorKind.SERVICE, PLATFORM, sorted(PLATFORM_SCOPES))
    assert actor_of_token(header, at=NIGHT, address="203.0.113.9") is None


def test_a_token_that_works_is_kept() -> None:
    token = platform_token(slug="demo", kept="", at=NIGHT)
    assert platform_token(slug="demo", kept=token, at=NIGHT + timedelta(days=300)) == token
    assert DeskToken.objects.count() == 1


def test_an_expired_one_gets_a_successor_of_the_same_account() -> None:
    token, later = platform_token(slug="demo", kept="", at=NIGHT), NIGHT + timedelta(days=367)
    successor = platform_token(slug="demo", kept=token, at=later)
    assert actor_of_token(f"Bearer {successor}", at=later, address="::1") is not None
    assert (ServiceAccount.objects.count(), DeskToken.objects.count()) == (1, 2)


def test_a_closed_account_gets_a_successor() -> None:
    token = platform_token(slug="demo", kept="", at=NIGHT)
    admin = actor_of(Person.objects.get(username="admin"), at=NIGHT)
    close_account(account_id=ServiceAccount.objects.get().id, by=admin, at=NIGHT)
    successor = platform_token(slug="demo", kept=token, at=NIGHT)
    assert actor_of_token(f"Bearer {successor}", at=NIGHT, address="127.0.0.1") is not None
    assert ServiceAccount.objects.filter(closed_at=None).count() == 1
