from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from ninja import Schema
from openapi_spec_validator import validate

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.api.idempotency import IdempotencyMiddleware
from anxin.desk.foundation.api.models import KeptAnswer
from anxin.desk.foundation.api.tasks import forget_answers
from anxin.desk.foundation.edge.actor import system_actor
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.webhooks.models import Endpoint

HOOK = {"name": "shop", "url": "https://partner.example/hook", "kinds": ["freeze."]}


def post(client: Client, path: str, body: object, **headers: str) -> tuple[int, dict[str, object]]:
    answer = client.post(path, json.dumps(body), content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content or b"{}")


def test_the_document_is_openapi_and_names_every_call() -> None:
    document = Client().get("/api/v1/openapi.json").json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert {"/api/v1/me", "/api/v1/webhooks/{webhook_id}:rotate", "/api/v1/audit-entries"} <= set(document["paths"])


def _shapes(of: type[Schema]) -> Iterator[tuple[str, str]]:
    """Return name and shape of all that the subclasses of a schema consist of."""
    for each in of.__subclasses__():
        whole = each.model_json_schema()
        shapes = whole.pop("$defs", {})
        if each.__module__.startswith("anxin."):
            shapes[each.__name__] = whole
        yield from ((name, json.dumps(shape, sort_keys=True)) for name, shape in shapes.items())
        yield from _shapes(each)


def test_a_name_in_the_document_means_one_shape() -> None:
    """Of two shapes with the same name the published document keeps one, and tells it of both calls."""
    assert Client().get("/api/v1/openapi.json").status_code == 200
    found = defaultdict[str, set[str]](set)
    for name, shape in _shapes(Schema):
        found[name].add(shape)
    assert sorted(name for name, shapes in found.items() if len(shapes) > 1) == []


def test_strangers_get_a_problem(client: Client) -> None:
    answer = client.get("/api/v1/me", headers={"accept-language": "en"})
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "sign_in.needed"


def test_who_asks_sees_what_they_may_do(sign_in: Callable[..., Client]) -> None:
    me = sign_in("service_agent").get("/api/v1/me").json()
    assert me["roles"] == ["service_agent"]
    assert {"permission": "freeze.open", "grade": "limited", "limit": 10, "per": "shift"} in me["grants"]


def test_a_refusal_names_code_permission_and_request(sign_in: Callable[..., Client]) -> None:
    status, problem = post(
        sign_in("specialist"), "/api/v1/webhooks", HOOK, **{"X-Request-Id": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}
    )
    assert status == 403
    assert (problem["code"], problem["unmet_guards"], problem["request_id"]) == (
        "permission.missing",
        ["webhook.configure"],
        "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    )


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"name": "x"}, "/url"), ({"name": 7, "url": "https://a.example/"}, "/name"), ([], "")],
)
def test_a_wrong_body_is_named_and_not_repeated(sign_in: Callable[..., Client], body: object, pointer: str) -> None:
    status, problem = post(sign_in("administrator"), "/api/v1/webhooks", body)
    assert (status, problem["code"], problem["pointer"]) == (422, "api.body_invalid", pointer)


def test_the_same_key_gets_the_same_answer_and_does_it_once(sign_in: Callable[..., Client]) -> None:
    client = sign_in("administrator")
    first = post(client, "/api/v1/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    assert first[0] == 201
    assert post(client, "/api/v1/webhooks", HOOK, **{"Idempotency-Key": "k1"}) == first
    assert Endpoint.objects.count() == 1
    secret = str(first[1]["secret"]).encode()
    assert secret not in bytes(KeptAnswer.objects.get().body_sealed or b"")


def test_a_key_of_another_request_is_refused(sign_in: Callable[..., Client]) -> None:
    client = sign_in("administrator")
    post(client, "/api/v1/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    status, problem = post(client, "/api/v1/webhooks", HOOK | {"name": "other"}, **{"Idempotency-Key": "k1"})
    assert (status, problem["code"]) == (422, "api.key_reused")
    assert Endpoint.objects.count() == 1


def test_a_refused_request_may_be_mended_under_its_key(sign_in: Callable[..., Client]) -> None:
    client = sign_in("administrator")
    assert post(client, "/api/v1/webhooks", {"name": "x"}, **{"Idempotency-Key": "k1"})[0] == 422
    assert post(client, "/api/v1/webhooks", HOOK, **{"Idempotency-Key": "k1"})[0] == 201


def test_while_the_first_works_the_second_waits(sign_in: Callable[..., Client]) -> None:
    client = sign_in("administrator")
    post(client, "/api/v1/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    KeptAnswer.objects.update(status=None)
    assert post(client, "/api/v1/webhooks", HOOK, **{"Idempotency-Key": "k1"})[0] == 409


@pytest.mark.parametrize(("seconds", "status"), [(59, 409), (60, 201)])
def test_what_a_kill_cut_short_may_be_done_again_after_its_lease(
    sign_in: Callable[..., Client], clock: Clock, seconds: int, status: int
) -> None:
    client, headers = sign_in("administrator"), {"Idempotency-Key": "k1"}
    post(client, "/api/v1/webhooks", HOOK, **headers)
    Endpoint.objects.all().delete()
    KeptAnswer.objects.update(status=None, body_sealed=None)
    clock.forward(seconds=seconds)
    assert post(client, "/api/v1/webhooks", HOOK | {"name": "other"}, **headers)[0] == 422
    answer = post(client, "/api/v1/webhooks", HOOK, **headers)
    assert answer[0] == status
    assert Endpoint.objects.count() == (status == 201)
    if status == 201:
        assert post(client, "/api/v1/webhooks", HOOK, **headers) == answer


def test_who_outlived_the_lease_leaves_the_row_of_who_took_over(organisation: Organisation) -> None:
    actor = system_actor(organisation.id, "tool")
    later = NIGHT + timedelta(seconds=61)

    def taken_over(request: HttpRequest) -> HttpResponse:
        KeptAnswer.objects.update(created_at=later)
        return HttpResponse(status=500)

    request = RequestFactory().post("/api/v1/x", headers={"Idempotency-Key": "k1"})
    request.moment, request.find_actor = NIGHT, lambda: actor  # type: ignore[attr-defined]
    IdempotencyMiddleware(taken_over)(request)
    assert KeptAnswer.objects.get().created_at == later


def test_keys_are_forgotten_after_a_day(sign_in: Callable[..., Client]) -> None:
    post(sign_in("administrator"), "/api/v1/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    KeptAnswer.objects.update(created_at=NIGHT - timedelta(hours=25))
    assert forget_answers(NIGHT) == 1


def test_a_change_needs_the_version_it_is_based_on(sign_in: Callable[..., Client]) -> None:
    client = sign_in("administrator")
    webhook_id = post(client, "/api/v1/webhooks", HOOK)[1]["id"]
    tag = client.get(f"/api/v1/webhooks/{webhook_id}")["ETag"]
    path = f"/api/v1/webhooks/{webhook_id}:rotate"
    assert post(client, path, {})[0] == 428
    assert post(client, path, {}, **{"If-Match": tag})[0] == 200
    status, problem = post(client, path, {}, **{"If-Match": tag})
    assert (status, problem["code"]) == (412, "desk.changed_meanwhile")


def test_cross_site_posts_are_refused(sign_in: Callable[..., Client]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = sign_in("administrator").cookies
    assert post(strict, "/api/v1/webhooks", HOOK)[0] == 403
    assert Endpoint.objects.count() == 0


@pytest.mark.parametrize("path", ["", "/deliveries"])
def test_foreign_and_absent_look_alike(
    sign_in: Callable[..., Client], other_organisation: Organisation, path: str
) -> None:
    webhook_id = post(sign_in("administrator"), "/api/v1/webhooks", HOOK)[1]["id"]
    foreign = sign_in("administrator", username="theirs", to=other_organisation)
    answers = [foreign.get(f"/api/v1/webhooks/{each}{path}") for each in (webhook_id, "whk_none")]
    bodies = [each.json() | {"request_id": ""} for each in answers]
    assert [each.status_code for each in answers] == [404, 404]
    assert bodies[0] == bodies[1]


def test_the_trail_is_listed_page_by_page(sign_in: Callable[..., Client]) -> None:
    client = sign_in("auditor")
    first = client.get("/api/v1/audit-entries?limit=1").json()
    second = client.get(f"/api/v1/audit-entries?limit=1&cursor={first['next']}").json()
    assert second["items"][0]["seq"] == first["items"][0]["seq"] - 1
