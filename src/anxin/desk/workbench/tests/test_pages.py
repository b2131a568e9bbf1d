"""Start page, look, style guide and fault pages over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.workbench.faults import fault
from anxin.desk.workbench.guide.catalogue import COMPONENTS

SignIn = Callable[..., Client]
OPEN = ["/", "/ui/", "/ui/all/", "/ui/now/", *(f"/ui/{each.code}/" for each in COMPONENTS)]


@pytest.mark.parametrize("path", [*OPEN, "/ui/reveal/"])
def test_strangers_are_led_to_the_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_pages_open_for_whoever_works_here(sign_in: SignIn) -> None:
    client = sign_in("mentor")
    assert {path: client.get(path).status_code for path in OPEN} == dict.fromkeys(OPEN, 200)


@pytest.mark.parametrize("code", ["nothing", "Level"])
def test_components_that_are_not_there(sign_in: SignIn, code: str) -> None:
    assert sign_in("mentor").get(f"/ui/{code}/").status_code == 404


def test_frame_names_the_organisation_of_the_person_only(sign_in: SignIn, other_organisation: Organisation) -> None:
    page = sign_in("mentor").get("/").content.decode()
    assert "Night Shop" in page
    assert other_organisation.name not in page


def test_frame_costs_one_query(sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = sign_in("mentor")
    with CaptureQueriesContext(connection) as fragment:
        client.get("/ui/reveal/")
    with django_assert_num_queries(len(fragment) + 1):
        client.get("/ui/level/")


@pytest.mark.parametrize(("zone", "shown"), [("", "2026-11-22 03:10:00"), ("Europe/Rome", "2026-11-21 20:10:00")])
def test_times_stand_in_the_zone_of_the_reader(sign_in: SignIn, clock: object, zone: str, shown: str) -> None:
    client = sign_in("mentor")
    Person.objects.filter(username="mentor").update(time_zone=zone)
    assert f">{shown}<" in client.get("/ui/now/").content.decode()


@pytest.mark.parametrize(
    ("given", "cookie", "value"),
    [
        ({"theme": "night"}, "anxin_theme", "night"),
        ({"shortcuts": "off"}, "anxin_shortcuts", "off"),
        ({"language": "en"}, "django_language", "en"),
    ],
)
def test_look_is_kept_in_the_browser(client: Client, given: dict[str, str], cookie: str, value: str) -> None:
    answer = client.post("/look/", given | {"next": "/accounts/login/"})
    assert (answer.status_code, answer["Location"], answer.cookies[cookie].value) == (302, "/accounts/login/", value)


@pytest.mark.parametrize("value", ["pink", "", "night; Secure", "\r\nSet-Cookie: a=b"])
def test_look_keeps_nothing_else(client: Client, value: str) -> None:
    assert client.post("/look/", {"theme": value}).cookies.keys() == set()


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"]
)
def test_look_never_leads_away(client: Client, onward: str) -> None:
    assert client.post("/look/", {"theme": "dark", "next": onward})["Location"] == "/"


def test_look_is_changed_by_post_with_a_token_only() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.get("/look/").status_code == 405
    refused = strict.post("/look/", {"theme": "dark"}, headers={"accept-language": "en"})
    assert refused.status_code == 403
    assert "This form is out of date; it was not done." in refused.content.decode()
    assert "anxin_theme" not in refused.cookies


@pytest.mark.parametrize(
    ("language", "sentence"), [("en", "It is not there, or not yours to see."), ("zh-CN", "找不到，或您无权查看。")]
)
def test_paths_that_lead_nowhere(client: Client, language: str, sentence: str) -> None:
    answer = client.get("/nowhere/", headers={"accept-language": language})
    assert (answer.status_code, sentence in answer.content.decode()) == (404, True)


def test_fragments_are_refused_as_fragments(client: Client) -> None:
    answer = client.get("/nowhere/", headers={"hx-request": "true"})
    assert (answer.status_code, "<html" in answer.content.decode()) == (404, False)


def test_a_bug_is_answered_without_the_database(
    rf: RequestFactory, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        answer = fault(rf.get("/"))
    assert answer.status_code == 500
    assert "<h1>" in answer.content.decode()


@pytest.mark.parametrize("path", ["/", "/ui/", "/nowhere/"])
def test_pages_carry_nothing_the_content_policy_stops(sign_in: SignIn, path: str) -> None:
    page = sign_in("mentor").get(path).content.decode()
    assert [each for each in (" style=", "<style", "onclick=", "javascript:") if each in page] == []
    assert page.count("<script") == page.count("<script src=") + page.count('type="application/json"')


def test_a_choice_follows_the_person_to_another_browser_and_the_browsers_own_prevails(sign_in: SignIn) -> None:
    here = sign_in("mentor")
    here.post("/look/", {"language": "zh-hans"})
    here.post("/look/", {"theme": "night"})
    person = Person.objects.get(username="mentor")
    assert (person.language, person.theme) == ("zh-hans", "night")
    here.cookies.pop("anxin_theme")
    here.cookies.pop(settings.LANGUAGE_COOKIE_NAME)
    page = here.get("/", headers={"accept-language": "en"}).content.decode()
    assert ('lang="zh' in page, 'data-theme="night"' in page) == (True, True)
    here.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    here.cookies["anxin_theme"] = "light"
    page = here.get("/").content.decode()
    assert ('lang="en' in page, 'data-theme="light"' in page) == (True, True)


def test_what_cannot_be_chosen_is_kept_nowhere(sign_in: SignIn) -> None:
    client = sign_in("mentor")
    assert client.post("/look/", {"language": "xx", "theme": "<b>", "shortcuts": "off"}).status_code == 302
    person = Person.objects.get(username="mentor")
    assert (person.language, person.theme) == ("", "auto")
    assert AuditEntry.objects.filter(act="person.prefer").count() == 0


@pytest.mark.parametrize(
    ("zone", "theme", "is_offered"),
    [("", "", True), ("", "night", False), ("Europe/Rome", "", False), ("America/New_York", "", False)],
)
def test_night_is_offered_where_it_is_night(
    sign_in: SignIn, clock: object, zone: str, theme: str, is_offered: bool
) -> None:
    client = sign_in("mentor")
    Person.objects.filter(username="mentor").update(time_zone=zone)
    if theme:
        client.cookies["anxin_theme"] = theme
    assert ('id="night-offer"' in client.get("/").content.decode()) is is_offered
