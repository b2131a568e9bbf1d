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
FRESH = re.compile(r"[\w·+/=-]*[\d·][\w·+/=-]*")
"""Whatever holds a digit: secrets, nonces and ids are new in every answer."""


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


def told_apart(one: tuple[int, str], two: tuple[int, str]) -> tuple[int, int, str]:
    """Return both statuses and where the texts part."""
    pairs = enumerate(zip(one[1], two[1], strict=False))
    where = next((at for at, (a, b) in pairs if a != b), min(len(one[1]), len(two[1])))
    return one[0], two[0], f"{one[1][where - 60 : where + 40]} ≠ {two[1][where - 60 : where + 40]}"


def differing(route: str, fields: dict[str, dict[str, Any]], own: World, other: World) -> list[str]:
    """Return the fields of one door by which a foreign id is told from an absent one, or moves something."""
    line, found = TABLE[route], []
    path = path_of(route, own.ids, line.get("given", {}))
    given = line.get("body", COMMAND if ":" in path else {})
    for name, schema in fields.items():
        thing = thing_of(name) or ""
        foreign, absent = str(other.ids[thing]), absent_like(other.ids[thing])
        answers = []
        before = AuditHead.objects.get(pk=other.organisation.id).seq
        client = own.browser_of(visitors(line)[0])
        for value in (absent, foreign):
            with transaction.atomic(), transaction.atomic(using="projection"):
                typed: Any = [value] if schema.get("type") == "array" else value
                answers.append(answer_of(client, path, given | {name: typed}, {absent, foreign}))
                moved = AuditHead.objects.get(pk=other.organisation.id).seq != before
                transaction.set_rollback(True)
                transaction.set_rollback(True, using="projection")
            forget_opened_keys()
            if moved:
                found.append(f"{name} moved")
        if answers[0] != answers[1]:
            found.append(f"{name}: {answers[0][0]} absent, {answers[1][0]} foreign")
    return found


@pytest.mark.django_db(databases="__all__")
def test_a_foreign_id_in_a_body_of_the_api_is_an_absent_one(worlds: tuple[World, World]) -> None:
    own, other = worlds
    before = state_of(other.organisation.id)
    own.sign_in(visitors(TABLE[route])[0] for route in TABLE)
    wrong, tried = {}, 0
    for path, name, schema in bodies():
        route = next(each for each in ROUTES if re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", "/" + each) == path)
        tried += 1
        if found := differing(route, {name: schema}, own, other):
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
    for route in posts:
        line, answers = TABLE[route], []
        path = path_of(route, own.ids, line.get("given", {}))
        foreign = {name: str(other.ids[thing]) for name, thing in fields.items()}
        absent = {name: absent_like(other.ids[thing]) for name, thing in fields.items()}
        client = own.browser_of(visitors(line)[0])
        for values in (absent, foreign):
            with transaction.atomic(), transaction.atomic(using="projection"):
                typed = line.get("body", {}) | values
                both = {*absent.values(), *foreign.values()}
                answers.append(answer_of(client, path, typed, both))
                transaction.set_rollback(True)
                transaction.set_rollback(True, using="projection")
            forget_opened_keys()
        if answers[0] != answers[1]:
            wrong[route] = told_apart(*answers)
    assert wrong == {}
    assert len(posts) >= 20
    assert state_of(other.organisation.id) == before
