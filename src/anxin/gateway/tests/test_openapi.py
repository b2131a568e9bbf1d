"""The published document stands alone: every example fits, every number says what it counts, every refusal is named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from openapi_schema_validator import OAS31Validator

from anxin.checkers.signatures.errors import SignatureRefused
from anxin.checkers.signatures.reading import parse_order
from anxin.engine.errors import EngineError
from anxin.engine.schema.decoder import EventDecoder
from anxin.engine.schema.schema import Schema
from anxin.gateway.check_calls import REQUESTS, parse_correction, parse_request, text_of
from anxin.gateway.labels import parse_label
from anxin.gateway.openapi import is_number, render_openapi

DOCUMENT: dict[str, Any] = json.loads(render_openapi())
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
EXAMPLES = [(name, each) for name, schema in SCHEMAS.items() for each in schema.get("examples", ())]


def calls() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, call in methods.items():
            yield path, method, call


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=lambda each: each if isinstance(each, str) else "")
def test_an_example_fits_its_shape(name: str, example: dict[str, Any]) -> None:
    shape = {"$ref": f"#/components/schemas/{name}", **DOCUMENT}
    assert [each.message for each in OAS31Validator(shape).iter_errors(example)] == []
    spoilt = {key: [[0]] for key in example}
    assert list(OAS31Validator(shape).iter_errors(spoilt)) != []


def test_the_gateway_itself_takes_the_examples() -> None:
    taken, decoder = 0, EventDecoder(Schema.shipped())
    for name, example in EXAMPLES:
        body = msgspec.json.encode(example)
        if name == "Label":
            taken += parse_label(body).label == "fraud"
        elif name == "Correction":
            taken += parse_correction(body).correction == "false_positive"
        elif name in ("LinkRequest", "PhoneRequest", "TextRequest"):
            taken += parse_request(body, REQUESTS[name.removesuffix("Request").lower()]) is not None  # type: ignore[index]
        elif name == "PublishSignatures":
            taken += parse_order(body).set == "own"
        elif name == "Event":
            taken += decoder.decode(body).event_type == example["event_type"]
    assert taken == 10


def read(name: str, raw: bytes) -> object:
    """Return what the gateway makes of a body of this shape, or raise its refusal."""
    if name == "Label":
        return parse_label(raw)
    if name == "PublishSignatures":
        return parse_order(raw)
    kind = name.removesuffix("Request").lower()
    return text_of(parse_request(raw, REQUESTS[kind]), kind)  # type: ignore[index,arg-type]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Label", {"label": "fraud", "source": "police"}),
        ("Label", {"label": "fraud", "source": "police", "event_id": None, "entity": None}),
        ("Label", {"label": "fraud", "source": "police", "event_id": "e", "entity": {"kind": "user", "id": "u"}}),
        ("LinkRequest", {}),
        ("LinkRequest", {"link": "a.cn", "text": "a.cn"}),
        ("PhoneRequest", {"phone": None, "displayed": "95588"}),
        ("TextRequest", {"text": None}),
        ("PublishSignatures", {"set": None, "version": "1"}),
        ("PublishSignatures", {"set": "own", "version": "1", "put": [{"kind": "link", "id": "LK-1"}]}),
    ],
)
def test_what_the_gateway_refuses_for_its_shape_fits_no_shape(name: str, body: dict[str, Any]) -> None:
    with pytest.raises((EngineError, SignatureRefused)):
        read(name, msgspec.json.encode(body))
    shape = {"$ref": f"#/components/schemas/{name}", **DOCUMENT}
    assert list(OAS31Validator(shape).iter_errors(body)) != []


def test_patterns_have_the_anchors_that_every_reader_knows() -> None:
    text = render_openapi().decode()
    assert r"\\A" not in text
    assert r"\\Z" not in text


def test_every_number_says_what_it_counts() -> None:
    shapes = ((name, part) for name, schema in SCHEMAS.items() for part in (schema, *schema.get("allOf", ())))
    bare = {
        f"{name}.{field}"
        for name, part in shapes
        for field, shape in part.get("properties", {}).items()
        if is_number(shape) and not shape.get("description")
    }
    assert bare == set()


def test_every_call_names_what_it_refuses_with() -> None:
    for path, method, call in calls():
        wanted = {"401", "403", "422", "429", "503"} if path.startswith("/v1/") else set()
        wanted |= {"400", "408", "413", "415"} if method == "post" else set()
        assert wanted <= set(call["responses"]), path
        assert all(len(each["description"]) > 1 for each in call["responses"].values()), path
        assert len(call["summary"].split()) > 1, path
        assert all(each["description"] for each in call.get("parameters", ())), path
        waits = {status: each.get("headers", {}) for status, each in call["responses"].items() if status in ("429",)}
        assert all("Retry-After" in each for each in waits.values()), path


def test_no_sentence_of_the_document_has_the_indents_of_code() -> None:
    assert [name for name, schema in SCHEMAS.items() if "  " in schema.get("description", "")] == []
