from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.socialaccount.internal.flows.login import complete_login
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.conf import LazySettings
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from anxin.desk.boot.config import DeskConfig
from anxin.desk.boot.federation import federation_settings
from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.actions import place_person
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.sign_in.models import Session
from anxin.desk.foundation.sign_in.store import SessionStore
from anxin.desk.foundation.vault.sealing import blind_index

ADDRESS = "Wei.Lin@company.example"
CLAIMS = {"sub": ADDRESS, "email": ADDRESS, "email_verified": True, "name": "林薇", "phone_number": "13800001234"}


@pytest.fixture(autouse=True)
def _company(settings: LazySettings, organisation: Organisation, clock: Clock) -> None:
    config = DeskConfig(oidc_issuer="https://id.company.example", oidc_client_id="anxin", oidc_organisation="shop")
    settings.ANXIN = config
    settings.SOCIALACCOUNT_PROVIDERS = federation_settings(config)


@pytest.fixture
def wei(admit: Callable[..., Person], actor: Callable[..., Actor]) -> Person:
    person, by = admit("wei", "mentor"), actor("administrator")
    return place_person(person_id=person.id, department_id=None, contract_until=None, address=ADDRESS, by=by, at=NIGHT)


def come_from_company(claims: dict[str, object]) -> tuple[HttpRequest, HttpResponse]:
    request = RequestFactory().get("/accounts/oidc/company/login/callback/")
    request.session, request.moment, request.request_id = SessionStore(), NIGHT, "r"  # type: ignore[attr-defined]
    request.user = SimpleNamespace(is_authenticated=False, is_anonymous=True)  # type: ignore[assignment]
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    with context.request_context(request):
        from allauth.socialaccount.adapter import get_adapter

        provider = get_adapter().get_provider(request, "company")
        assert isinstance(provider, OpenIDConnectProvider)
        login: SocialLogin = provider.sociallogin_from_response(request, {"userinfo": claims})
        return request, complete_login(request, login)


def test_known_address_comes_in_and_is_not_kept(wei: Person) -> None:
    for _ in range(2):
        _, answer = come_from_company(CLAIMS)
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert Session.objects.get(ended_at=None).person == wei
    account = SocialAccount.objects.get()
    assert (account.user, account.extra_data, len(account.uid)) == (wei, {}, 64)
    kept = str(list(SocialAccount.objects.values())) + str(list(Person.objects.values()))
    for value in (ADDRESS, ADDRESS.casefold(), "13800001234", "林薇"):
        assert value not in kept
    assert EmailAddress.objects.count() == 0


@pytest.mark.parametrize(
    "claims",
    [
        CLAIMS | {"email": "nobody@company.example"},
        CLAIMS | {"email_verified": False},
        {"sub": "7"},
    ],
)
def test_everybody_else_stays_out(wei: Person, claims: dict[str, object]) -> None:
    _, answer = come_from_company(claims)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    assert (SocialAccount.objects.count(), Person.objects.count()) == (0, 2)
    assert Session.objects.exclude(ref="").count() == 0


def test_who_left_stays_out(wei: Person) -> None:
    come_from_company(CLAIMS)
    Session.objects.update(ended_at=NIGHT)
    Person.objects.filter(pk=wei.pk).update(is_active=False)
    _, answer = come_from_company(CLAIMS)
    assert answer["Location"] == "/accounts/inactive/"
    assert not Session.objects.filter(ended_at=None).exclude(ref="").exists()


def test_same_address_of_another_organisation_is_somebody_else(
    admit: Callable[..., Person], other_organisation: Organisation
) -> None:
    foreign = admit("foreign", "mentor", to=other_organisation)
    foreign.email_index = blind_index(other_organisation.id, "email", ADDRESS.casefold(), at=NIGHT)
    foreign.save(update_fields=["email_index"])
    _, answer = come_from_company(CLAIMS)
    assert answer["Location"] == "/accounts/login/"
