"""Every call of the API refuses what it does not know: fields, parameters, a body where none is taken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from django.test import Client
from django.test.client import MULTIPART_CONTENT
from ninja.files import UploadedFile
from ninja.operation import Operation
from openapi_schema_validator import OAS31Validator
from pydantic import AwareDatetime, BaseModel

from anxin.desk.boot.api import api
from anxin.desk.foundation.api.document import is_number
from anxin.desk.foundation.api.given import Given
from anxin.desk.foundation.audit.models import AuditHead
from anxin.desk.operations.incidents.models import Incident

PLAIN = {str, int, float, bool, date, AwareDatetime, NoneType, UploadedFile}
WRITTEN = {"body", "form", "file", "query"}
API = "/api/v1"
PARTY = {"role": "victim", "kind": "user", "value": "u1"}


def operations() -> Iterator[tuple[str, str, Operation]]:
    """Yield method, path with an id in every place, and operation."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for each in view.operations:
                filled = re.sub(r"{int:\w+}", "1", re.sub(r"{(slug:|str:)?\w+}", "none", path))
                yield each.methods[0], f"{API}{filled}", each


CALLS = [(method, path) for method, path, _ in operations()]


def escapes(kind: Any) -> Iterator[str]:
    """Yield what a call takes in and would pass over names in."""
    origin = get_origin(kind)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not issubclass(kind, Given):
            yield kind.__name__
        for each in kind.model_fields.values():
            yield from escapes(each.annotation)
    elif origin is Annotated:
        yield from escapes(get_args(kind)[0])
    elif origin in (list, tuple, Union, UnionType):
        for each in get_args(kind):
            yield from escapes(each) if each is not Ellipsis else ()
    elif kind not in PLAIN and origin is not Literal:
        yield str(kind)


def test_no_shape_that_a_call_takes_escapes() -> None:
    found = {
        f"{path}: {name}"
        for _, path, operation in operations()
        for model in operation.models
        if model.__ninja_param_source__ in WRITTEN
        for field in model.model_fields.values()
        for name in escapes(field.annotation)
    }
    assert found == set()
    assert len(CALLS) > 100


def test_no_call_passes_over_a_field_or_a_parameter(sign_in: Callable[..., Client]) -> None:
    client, heads = sign_in("administrator"), list(AuditHead.objects.values())
    answers = {}
    for method, path in CALLS:
        answers[f"{method} {path}?"] = client.generic(method, f"{path}?amuont_minor=1")
        if method == "POST":
            media = MULTIPART_CONTENT if path.endswith("/evidence") else "application/json"
            answers[f"{method} {path}"] = client.post(path, {"amuont_minor": 1}, content_type=media)
    codes = {"api.parameter_unknown", "api.field_unknown", "api.body_invalid"}
    odd = {call: each.status_code for call, each in answers.items() if each.status_code != 422}
    assert odd == {}
    assert {each.json()["code"] for each in answers.values()} == codes
    assert list(AuditHead.objects.values()) == heads


@pytest.mark.parametrize(
    ("path", "body", "pointer", "near"),
    [
        ("/measures", {"kind": "x", "amuont_minor": 5}, "/amuont_minor", "amount_minor"),
        ("/measures", {"kind": "x", "amount": 5}, "/amount", "amount_minor"),
        ("/measures", {"kind": "x", "amount-minor": 5}, "/amount-minor", "amount_minor"),
        ("/incidents/none:record_loss", {"currency": "CNY", "confirmed": 5}, "/confirmed", "confirmed_minor"),
        ("/incidents", {"kind": "x", "entities": [{"valeu": "1"}]}, "/entities/0/valeu", "value"),
        ("/handovers", {"items": [{"incident_id": "x"}, {"nextstep": ""}]}, "/items/1/nextstep", "next_step"),
        ("/measures", {"kind": "x", "a/b~c": 1}, "/a~1b~0c", None),
        ("/measures", {"k" * 5000: 1}, "/" + "k" * 64 + "…", None),
    ],
)
def test_an_unknown_field_is_named_with_the_known_one_next_to_it(
    sign_in: Callable[..., Client], path: str, body: dict[str, object], pointer: str, near: str | None
) -> None:
    client = sign_in("administrator")
    said = {}
    for language in ("zh", "en"):
        answer = client.post(
            f"{API}{path}", body, content_type="application/json", headers={"accept-language": language}
        )
        problem = answer.json()
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
        assert (problem["code"], problem["pointer"]) == ("api.field_unknown", pointer)
        said[language] = problem["title"]
    assert pointer in said["zh"]
    assert pointer in said["en"]
    if near is not None:
        assert f"您是否想写 {near}？" in said["zh"]
        assert f"Did you mean {near}?" in said["en"]
    assert Incident.objects.count() == 0


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("stages=responding", "api.parameter_unknown", "Did you mean stage?"),
        ("wohse=mine", "api.parameter_unknown", "Did you mean whose?"),
        ("stage=new&stage=contained", "api.parameter_repeated", "may be given once"),
        ("level=high", "api.body_invalid", "/level has to be a whole number"),
        ("level=7", "api.body_invalid", "/level is above what is allowed"),
        ("level=" + "9" * 30, "api.body_invalid", "/level is out of bounds"),
        ("whose=everybody", "api.body_invalid", "/whose has to be one of all, mine, free or stalled"),
        ("stage=responding,opne", "api.body_invalid", "/stage is none of the values in the document"),
        ("kind=a%00b", "api.body_invalid", "/kind is out of bounds"),
    ],
)
def test_a_misspelt_filter_does_not_show_everything(
    sign_in: Callable[..., Client], query: str, code: str, said: str
) -> None:
    answer = sign_in("specialist").get(f"{API}/incidents?{query}", headers={"accept-language": "en"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert said in answer.json()["title"]


@pytest.mark.parametrize(
    ("body", "status"), [(b"", 428), (b" {} ", 428), (b'{"reason": "x"}', 422), (b"[]", 422), (b"dry_run=1", 422)]
)
def test_a_call_without_a_body_takes_none(sign_in: Callable[..., Client], body: bytes, status: int) -> None:
    answer = sign_in("specialist").post(f"{API}/incidents/none:triage", body, content_type="application/json")
    assert answer.status_code == status


@pytest.mark.parametrize("query", ["", "?nothing=1"])
def test_strangers_learn_nothing_about_names(client: Client, query: str) -> None:
    for method, path in CALLS[:10]:
        assert client.generic(method, path + query).status_code == 401, path


def test_a_form_is_no_json(sign_in: Callable[..., Client]) -> None:
    answer = sign_in("specialist").post(
        f"{API}/measures", {"kind": "freeze_account"}, headers={"accept-language": "en"}
    )
    assert (answer.status_code, answer.json()["title"]) == (422, "The request is not right: has to be JSON")


@pytest.mark.parametrize(
    ("body", "pointer", "said"),
    [
        ('{"kind": "x", "kind": "y"}', "/kind", "/kind is given twice"),
        ('{"kind": "x", "amount_minor": 1e999}', "/amount_minor", "/amount_minor has to be a"),
        ('{"kind": "x", "hours": NaN}', "", "has to be a finite number"),
        ('{"kind": "x", "hours": 1e308}', "/hours", "/hours is above what is allowed"),
        ('{"kind": "x", "amount_minor": -1}', "/amount_minor", "/amount_minor is below what is allowed"),
        ('{"kind": "x", "amount_minor": 9223372036854775808}', "/amount_minor", "/amount_minor is too large a number"),
        ('{"kind": "a\\u0000b"}', "/kind", "/kind holds characters that are no text"),
        ('{"kind": "\\ud800"}', "/kind", "/kind holds characters that are no text"),
        ('{"kind": {}}', "/kind", "/kind has to be text"),
        ('{"kind"', None, "unreadable"),
        ("[" * 100_000, None, "unreadable"),
    ],
)
def test_what_nothing_can_hold_is_refused(
    sign_in: Callable[..., Client], body: str, pointer: str | None, said: str
) -> None:
    known = '"entity_kind": "user", "entity_key": "u1", "reason": "account_theft"'
    full = body[:-1] + f", {known}}}" if body.endswith("}") else body
    answer = sign_in("specialist").post(
        f"{API}/measures", full, content_type="application/json", headers={"accept-language": "en"}
    )
    problem = answer.json()
    assert (answer.status_code, problem.get("pointer")) == (422, pointer)
    assert said in problem["title"]


def test_a_time_says_its_zone(sign_in: Callable[..., Client]) -> None:
    body = {"kind": "account_takeover", "occurred_at": "2026-11-21T10:00:00"}
    answer = sign_in("specialist").post(
        f"{API}/incidents", body, content_type="application/json", headers={"accept-language": "zh"}
    )
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/occurred_at")
    assert answer.json()["title"] == "请求内容不正确：/occurred_at 时间须带时区（RFC 3339）"
    assert Incident.objects.count() == 0


def test_half_an_entity_does_not_show_the_measures_of_all(sign_in: Callable[..., Client]) -> None:
    answer = sign_in("specialist").get(f"{API}/measures?entity_key=u1")
    assert (answer.status_code, answer.json()["pointer"]) == (422, "/entity_key")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document as it is published."""
    found: dict[str, Any] = api.get_openapi_schema(path_params={})
    return found


def test_the_document_is_made_once_and_is_the_callers_own(document: dict[str, Any]) -> None:
    changed = api.get_openapi_schema(path_params={})
    changed["paths"].clear()
    assert api.get_openapi_schema(path_params={}) == document
    elsewhere = api.get_openapi_schema(path_prefix="elsewhere/")
    assert {each.partition("elsewhere/")[2] for each in elsewhere["paths"]} == {
        each.partition("api/v1/")[2] for each in document["paths"]
    }


def described(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, call in methods.items():
            yield path, method, call


def answered(document: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """Return the answer that a call names, or holds itself."""
    name = answer.get("$ref", "").removeprefix("#/components/responses/")
    found: dict[str, Any] = document["components"]["responses"][name] if name else answer
    return found


def test_every_example_in_the_document_fits(document: dict[str, Any]) -> None:
    found = [
        (name, each)
        for name, schema in document["components"]["schemas"].items()
        for each in schema.get("examples", ())
    ]
    bad = [
        (name, error.message)
        for name, each in found
        for error in OAS31Validator({"$ref": f"#/components/schemas/{name}", **document}).iter_errors(each)
    ]
    assert bad == []
    assert len(found) > 15


def test_every_call_says_what_it_does_and_how_it_refuses(document: dict[str, Any]) -> None:
    silent = {f"{method} {path}" for path, method, call in described(document) if len(call["summary"].split()) < 2}
    assert silent == set()
    for path, method, call in described(document):
        wanted = {"401", "403", "422", "503"} | ({"409", "413"} if method == "post" else set())
        wanted |= {"404"} if "{" in path else set()
        wanted |= {"412", "428"} if re.search(r"/incidents/{incident_id}:|:rotate", path) else set()
        assert wanted <= set(call["responses"]), path
        assert all(answered(document, each)["description"] for each in call["responses"].values()), path
    names = [call["operationId"] for _, _, call in described(document)]
    assert len(set(names)) == len(names)


def test_every_number_and_parameter_says_what_it_counts(document: dict[str, Any]) -> None:
    bare = {
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, shape in schema.get("properties", {}).items()
        if is_number(shape) and not shape.get("description")
    }
    bare |= {
        f"{path}?{each['name']}"
        for path, _, call in described(document)
        for each in call["parameters"]
        if not each.get("description")
    }
    assert bare == set()


def test_every_answer_has_a_shape_or_none(document: dict[str, Any]) -> None:
    shapeless = {
        f"{method} {path} {status}"
        for path, method, call in described(document)
        for status, answer in call["responses"].items()
        if status != "204" and "content" not in answered(document, answer)
    }
    assert shapeless == set()


def test_what_needs_a_version_refuses_without_and_says_so(
    sign_in: Callable[..., Client], document: dict[str, Any]
) -> None:
    client, asked = sign_in("shift_lead"), {}
    for path, method, call in described(document):
        body = call.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        required = document["components"]["schemas"].get(body.get("$ref", "").rpartition("/")[2], {}).get("required")
        if method == "post" and not required and "multipart" not in str(call.get("requestBody")):
            answer = client.post(re.sub("{.*?}", "none", path), {}, content_type="application/json")
            asked[path] = (answer.status_code == 428, "428" in call["responses"])
    told = {path for path, (is_refused, is_said) in asked.items() if is_refused and not is_said}
    assert told == set()
    assert sum(is_refused for is_refused, _ in asked.values()) > 10


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/incidents", {"kind": "account_takeover", "site_id": "x" * 41}, "/site_id"),
        ("/incidents", {"kind": "x", "entities": [PARTY | {"role": "x" * 11}]}, "/entities/0/role"),
        ("/incidents", {"kind": "x", "entities": [PARTY | {"value": "u" * 201}]}, "/entities/0/value"),
        ("/reports", {"report_id": "r", "kind": "account_takeover", "site_id": "x" * 41}, "/site_id"),
        ("/incidents/none:offer_handover", {"to_id": "x" * 41}, "/to_id"),
        ("/handovers", {"items": [], "to_id": "x" * 41}, "/to_id"),
        ("/measures", {"kind": "x", "entity_kind": "user", "entity_key": "u" * 201, "reason": "x"}, "/entity_key"),
        (
            "/measure-batches",
            {"kind": "x", "reason": "x", "targets": [{"entity_kind": "user", "entity_key": "u" * 201}]},
            "/targets/0/entity_key",
        ),
    ],
)
def test_what_is_longer_than_its_place_is_refused_before_the_database(
    sign_in: Callable[..., Client], path: str, body: dict[str, object], pointer: str
) -> None:
    answer = sign_in("shift_lead").post(
        f"{API}{path}", body, content_type="application/json", headers={"if-match": "*", "accept-language": "en"}
    )
    assert (answer.status_code, answer.json()["pointer"]) == (422, pointer)
    assert "characters at most" in answer.json()["title"]
