"""What people, other sites and broken machines send or do: refused clearly, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client

from anxin.desk.foundation.organisations.models import Person


@pytest.fixture
def browser() -> Client:
    return Client(headers={"accept-language": "en"}, raise_request_exception=False, enforce_csrf_checks=True)


def _away(*_given: object, **_named: object) -> None:
    raise OperationalError("no route to 10.9.8.7")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/begin/", "/api/v1/me", "/people/"])
def test_a_database_that_is_away_is_said_clearly(path: str, browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    browser.cookies["sessionid"] = "x" * 32
    monkeypatch.setattr(CursorWrapper, "execute", _away)
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "The database cannot be reached now; this was not done." in answer.content.decode()
    assert "10.9.8.7" not in answer.content.decode()


@pytest.mark.django_db
def test_readiness_tells_that_the_database_is_away(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CursorWrapper, "execute", _away)
    answer = browser.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/look/", "/people/invite/", "/privacy/erasures/"])
def test_a_post_from_another_site_is_refused(path: str, browser: Client) -> None:
    before = Person.objects.count()
    answer = browser.post(path, {"login": "x"}, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert Person.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: stolen=1", "13877665544", "x" * 500, "../../etc/passwd"])
def test_an_offered_request_id_is_never_echoed_unless_it_is_one(value: str, browser: Client) -> None:
    answer = browser.get("/healthz", headers={"x-request-id": value})
    assert answer.headers["X-Request-Id"] != value
    assert "stolen" not in str(answer.headers)


@pytest.mark.django_db
def test_a_body_beyond_the_limit_is_refused() -> None:
    browser = Client(raise_request_exception=False)
    typed = "login=" + "x" * (3 * 1024 * 1024)
    answer = browser.post("/accounts/login/", typed, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


@pytest.mark.django_db
@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\r\nX: y"])
def test_nobody_is_led_elsewhere(target: str) -> None:
    client: Callable[..., Any] = Client(headers={"accept-language": "en"}).post
    answer = client("/look/", {"theme": "dark", "next": target})
    assert "evil" not in answer.headers.get("Location", "")
    assert not answer.headers.get("Location", "").startswith("javascript")
