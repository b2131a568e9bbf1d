"""Whatever goes wrong, programs get a problem document, and people a page that says what happened."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import OperationalError
from django.test import Client

from anxin.desk.foundation.organisations import api as me

SignIn = Callable[..., Client]
SENTENCES = {"zh-CN": "找不到，或您无权查看。", "en": "It is not there, or not yours to see."}


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("path", ["nothing", "incidents/é", "incidents/%00", "decisions/null", "me/"])
def test_a_path_of_the_api_that_leads_nowhere_is_a_problem(client: Client, path: str, language: str) -> None:
    answer = client.get(f"/api/v1/{path}", headers={"accept-language": language})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    document = answer.json()
    assert (document["code"], document["title"]) == ("desk.not_found", SENTENCES[language])
    assert document["request_id"] == answer["X-Request-Id"]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_a_method_that_a_call_does_not_take_is_a_problem_naming_those_it_takes(client: Client, method: str) -> None:
    answer = getattr(client, method)("/api/v1/incidents", headers={"accept-language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert {each.strip() for each in answer["Allow"].split(",")} == {"GET", "POST"}
    assert answer.json()["code"] == "desk.method_unknown"
    assert answer.json()["title"].startswith(f"This address does not take {method.upper()}; nothing was done.")


def test_a_method_that_a_page_does_not_take_is_said_in_words(sign_in: SignIn) -> None:
    answer = sign_in("mentor").get("/look/", headers={"accept-language": "en"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address does not take GET; nothing was done." in answer.content.decode()


def test_every_call_that_may_name_what_is_not_there_says_so(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    silent = {
        f"{method} {path}"
        for path, calls in document["paths"].items()
        for method, call in calls.items()
        if ("{" in path or "requestBody" in call) and "404" not in call["responses"]
    }
    assert silent == set()


@pytest.mark.parametrize(
    ("error", "status", "code", "retry"),
    [
        (ValueError("a bug about 13800138000"), 500, "desk.broken", None),
        (OperationalError("gone"), 503, "desk.database_away", "5"),
    ],
)
def test_a_fault_in_a_call_is_a_problem(
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    code: str,
    retry: str | None,
) -> None:
    def fail(*_: object) -> object:
        raise error

    client = sign_in("mentor")
    client.raise_request_exception = False
    monkeypatch.setattr(me, "caller", fail)
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert (answer.json()["code"], answer.get("Retry-After")) == (code, retry)
    assert "13800138000" not in answer.content.decode()


def test_who_was_signed_out_before_sending_a_form_comes_back_to_the_page_of_the_form(client: Client) -> None:
    answer = client.post("/report/", headers={"referer": "http://testserver/report/"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=%2Freport%2F")
    answer = client.post("/queue/i1/claim/", headers={"referer": "http://testserver/queue/"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=%2Fqueue%2F")
