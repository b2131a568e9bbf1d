"""Another organisation's id in every field of a body: answered as an id that nobody has, and nothing of theirs moves.

The fields come from the API's own description and from the forms' sources, so a new one is tried without a line here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from anxin.desk.boot.api import api
from anxin.desk.foundation.audit.models import AuditHead
from anxin.desk.foundation.vault.sealing import forget_opened_keys
from tests.architecture.source import ROOT
from tests.journeys.desk.test_doors import (
    COMMAND,
    NOISE,
    ROUTES,
    TABLE,
    World,
    absent_like,
    path_of,
    visitors,
    worlds,
)

__all__ = ["worlds"]
DESK = ROOT / "src" / "anxin" / "desk"
THINGS = {
    "person": "person_id",
    "to": "person_id",
    "owner": "person_id",
    "mentor": "person_id",
    "facilitator": "person_id",
    "approver": "person_id",
    "site": "site_id",
    "department": "department_id",
    "account": "account_id",
    "key": "key_id",
    "endpoint": "endpoint_id",
    "webhook": "endpoint_id",
    "approval": "approval_id",
    "alert": "alert_id",
    "into": "incident_id",
    "incident": "incident_id",
    "signal": "incident_id",
    "evidence": "incident_id",
    "ref": "ref",
}
"""What a field of that name would hold; a longer name counts by its last word before `_id` or `_ids`."""
NAME = re.compile(r"""["']([a-z][a-z_]*)["']""")
FRESH = re.compile(r"[\w·+/=-]*[\d·][\w·+/=-]*|\b[A-Z]{6,}\b")
"""Whatever holds a digit, and words in capitals: secrets, nonces, ids and their ends are new in every answer."""
PLACES = {"cursor", "before", "after"}
"""Parameters that say where a list goes on."""
TRIES = 3
"""How often a difference has to show: chance may part two answers once, what tells ids apart parts them always."""


def thing_of(name: str) -> str | None:
    """Return which thing of a world a field names, None when it names none."""
    stem = re.sub(r"_ids?$", "", name).rpartition("_")[2] if name not in THINGS else name
    return THINGS.get(stem) if name in THINGS or re.search(r"_ids?$", name) else None


def form_fields() -> dict[str, str]:
    """Return every field of a form that names a thing, from the sources of pages and forms."""
    files = [*DESK.rglob("pages.py"), *DESK.rglob("*_pages.py"), *DESK.rglob("forms.py")]
    names = {name for file in files for name in NAME.findall(Path(file).read_text(encoding="utf-8"))}
    return {name: thing for name in sorted(names) if (thing := thing_of(name)) is not None}


def bodies() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield route, name of the field and its schema, for every field of a body of the API that names a thing."""
    described = api.get_openapi_schema()
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            content = call.get("requestBody", {}).get("content", {}).get("application/json", {})
            found = content.get("schema", {})
            schema = described["components"]["schemas"].get(found.get("$ref", "").rpartition("/")[2], found)
            for name, field in schema.get("properties", {}).items():
                if method == "post" and thing_of(name):
                    yield path, name, field


def state_of(organisation_id: str) -> dict[str, list[Any]]:
    """Return every row of an organisation."""
    kept = (each for each in apps.get_models() if any(f.name == "organisation_id" for f in each._meta.get_fields()))
    return {
        str(each): sorted(map(repr, each._default_manager.filter(organisation_id=organisation_id).values_list()))
        for each in kept
    }


def answer_of(client: Client, path: str, body: dict[str, Any], values: set[str]) -> tuple[int, str]:
    is_api = path.startswith("/api/")
    more: dict[str, Any] = {"content_type": "application/json", "headers": {"if-match": "*"}} if is_api else {}
    answer = client.post(path, body, **more)
    text = "" if answer.streaming else answer.content.decode(errors="replace")
    for each in values:
        text = text.replace(each, "·")
    return answer.status_code, re.sub("·+", "·", FRESH.sub("·", NOISE.sub("·", text)))


def parting(
    client: Client, path: str, bodies: tuple[dict[str, Any], ...], values: set[str], other: World
) -> str | None:
    """Return how an absent and a foreign id are told apart, or that theirs moved; None when neither.

    Whatever a body changes is taken back. What differs by chance is new at each of the tries.
    """
    before, found = AuditHead.objects.get(pk=other.organisation.id).seq, None
    for _ in range(TRIES):
        answers = []
        for body in bodies:
            with transaction.atomic(), transaction.atomic(using="projection"):
                answers.append(answer_of(client, path, body, values))
                moved = AuditHead.objects.get(pk=other.organisation.id).seq != before
                transaction.set_rollback(True)
                transaction.set_rollback(True, using="projection")
            forget_opened_keys()
            if moved:
                return "theirs moved"
        found = told_apart(*answers) if answers[0] != answers[1] else None
        if found is None:
            return None
    return found


def told_apart(one: tuple[int, str], two: tuple[int, str]) -> str:
    """Return both statuses and where the texts part."""
    pairs = enumerate(zip(one[1], two[1], strict=False))
    where = next((at for at, (a, b) in pairs if a != b), min(len(one[1]), len(two[1])))
    texts = (text[max(where - 60, 0) : where + 40] for _, text in (one, two))
    return f"{one[0]} absent, {two[0]} foreign: {' ≠ '.join(texts)}"


@pytest.mark.django_db(databases="__all__")
def test_a_foreign_id_in_a_body_of_the_api_is_an_absent_one(worlds: tuple[World, World]) -> None:
    own, other = worlds
    before = state_of(other.organisation.id)
    own.sign_in(visitors(TABLE[route])[0] for route in TABLE)
    wrong, tried = {}, 0
    for path, name, schema in bodies():
        route = next(each for each in ROUTES if re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", "/" + each) == path)
        line, thing = TABLE[route], thing_of(name) or ""
        at = path_of(route, own.ids, line.get("given", {}))
        given = line.get("body", COMMAND if ":" in at else {})
        values = absent_like(other.ids[thing]), str(other.ids[thing])
        typed = tuple(given | {name: [each] if schema.get("type") == "array" else each} for each in values)
        tried += 1
        if found := parting(own.browser_of(visitors(line)[0]), at, typed, {*values}, other):
            wrong[f"{route} {name}"] = found
    assert wrong == {}
    assert tried >= 10
    assert state_of(other.organisation.id) == before


@pytest.mark.django_db(databases="__all__")
def test_a_foreign_id_in_a_form_is_an_absent_one(worlds: tuple[World, World]) -> None:
    own, other = worlds
    before = state_of(other.organisation.id)
    own.sign_in(visitors(TABLE[route])[0] for route in TABLE)
    fields, wrong = form_fields(), {}
    posts = [each for each in ROUTES if TABLE.get(each, {}).get("method") == "POST" and not each.startswith("api/")]
    foreign = {name: str(other.ids[thing]) for name, thing in fields.items()}
    absent = {name: absent_like(other.ids[thing]) for name, thing in fields.items()}
    for route in posts:
        line = TABLE[route]
        path = path_of(route, own.ids, line.get("given", {}))
        typed = tuple(line.get("body", {}) | values for values in (absent, foreign))
        values_of = {*absent.values(), *foreign.values()}
        if found := parting(own.browser_of(visitors(line)[0]), path, typed, values_of, other):
            wrong[route] = found
    assert wrong == {}
    assert len(posts) >= 20
    assert state_of(other.organisation.id) == before


def lists() -> list[tuple[str, str]]:
    """Return route and parameter of every call that says where a list goes on."""
    written = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", "/" + each): each for each in ROUTES}
    paths = api.get_openapi_schema()["paths"].items()
    calls = [(written[path], methods["get"]["parameters"]) for path, methods in paths if "get" in methods]
    return [(route, each["name"]) for route, given in calls for each in given if each["name"] in PLACES]


@pytest.mark.django_db(databases="__all__")
def test_a_place_that_no_list_gave_out_is_refused(worlds: tuple[World, World]) -> None:
    own, _ = worlds
    own.sign_in(visitors(TABLE[route])[0] for route, _ in lists())
    told, expected = {}, {}
    for route, name in lists():
        line = TABLE[route]
        client, path = own.browser_of(visitors(line)[0]), path_of(route, own.ids, line.get("given", {}))
        for place in ("x", "-2", own.ids["person_id"], own.ids["incident_id"][:-1], "\0"):
            answer = client.get(path, {name: place})
            told[route, name, place] = answer.status_code, answer.json().get("pointer", "")
            # Of a list that is not there it is said that it is not there.
            is_named = name == "cursor" and line["with"] == 404 and place != "\0"
            expected[route, name, place] = (404, "") if is_named else (422, f"/{name}")
    assert told == expected
    assert len(lists()) >= 14
