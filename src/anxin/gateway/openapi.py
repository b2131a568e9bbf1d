"""The OpenAPI 3.1 description, made from the schema and the structs themselves."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import resources
from typing import Any

import msgspec
import yaml

from anxin import __version__
from anxin.checkers.signatures.signature import PublishSignatures
from anxin.engine.decision import Decision
from anxin.engine.explain.explanation import Explanation
from anxin.engine.schema.schema import Schema
from anxin.engine.schema.types import EventType, FieldSpec, FieldType
from anxin.engine.verdict import Verdict
from anxin.gateway.check_answers import CheckAnswer, CountedCorrection, PublishedOrder, PublishedSignature
from anxin.gateway.check_calls import GIVEN_IN, REQUESTS, Correction, LinkRequest, PhoneRequest, TextRequest
from anxin.gateway.health import Readiness
from anxin.gateway.holds import EntityStanding
from anxin.gateway.labels import LABELLED_BY, Label
from anxin.gateway.problems import Problem

Document = dict[str, Any]

_TYPES: dict[FieldType, Document] = {
    FieldType.TEXT: {"type": "string"},
    FieldType.INT: {"type": "integer"},
    FieldType.NUMBER: {"type": "number"},
    FieldType.BOOL: {"type": "boolean"},
    FieldType.MONEY: {"type": "integer", "minimum": 0, "description": "minor units of `currency`"},
    FieldType.TIME: {
        "oneOf": [{"type": "string", "format": "date-time"}, {"type": "integer"}],
        "description": "RFC 3339 with its zone, or milliseconds since 1970 UTC",
    },
    FieldType.TEXTS: {"type": "array", "items": {"type": "string"}},
    FieldType.IP: {"type": "string", "description": "IPv4 or IPv6 address"},
    FieldType.PHONE: {"type": "string", "description": "as dialled or E.164; becomes a keyed token"},
    FieldType.EMAIL: {"type": "string", "format": "email"},
    FieldType.ANY: {},
}
_STRUCTS = (
    Decision,
    Explanation,
    Problem,
    Label,
    EntityStanding,
    Readiness,
    LinkRequest,
    PhoneRequest,
    TextRequest,
    CheckAnswer,
    Correction,
    CountedCorrection,
    PublishSignatures,
    PublishedSignature,
    PublishedOrder,
)
_ONE_OF = {"Label": LABELLED_BY} | {REQUESTS[kind].__name__: names for kind, names in GIVEN_IN.items()}


@functools.cache
def render_openapi() -> bytes:
    """Return the whole document as JSON."""
    return msgspec.json.format(msgspec.json.encode(_document(Schema.shipped())), indent=1)


@functools.cache
def _words() -> Mapping[str, Any]:
    text = resources.files(__package__).joinpath("openapi.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def _document(schema: Schema) -> Document:
    info = {"title": "Anxin gateway", "version": __version__, "license": {"name": "Apache-2.0"}}
    return {
        "openapi": "3.1.0",
        "info": info | {"description": _words()["description"]},
        "security": [{"key": []}],
        "paths": _paths(schema),
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "ax_<id>_<secret>"}},
            "schemas": _schemas(schema),
        },
    }


def _schemas(schema: Schema) -> Document:
    _, found = msgspec.json.schema_components(_STRUCTS, ref_template="#/components/schemas/{name}")
    verdict = {"enum": [each.word for each in Verdict], "description": "weakest first"}
    own = found["Decision"]["properties"]
    own["verdict"] = own["verdict"] | verdict
    own["explanation"] = {"anyOf": [_ref("Explanation")], "description": "only with `?explain=1`"}
    found["EntityStanding"]["properties"]["verdict"] = verdict
    for name, fields in _ONE_OF.items():
        found[name]["oneOf"] = [
            {"required": [each], "properties": {each: {"not": {"type": "null"}}}} for each in fields
        ]
    found = {**found, **_event_schemas(schema)}
    for name, each in found.items():
        if "description" in each:
            each["description"] = " ".join(each["description"].split())
        for part in (each, *each.get("allOf", ())):
            _say_numbers(part)
        _say_patterns(each)
        if name in _words()["examples"]:
            each["examples"] = _words()["examples"][name]
    return found


def is_number(shape: Document) -> bool:
    """Return whether a value of a field is a number."""
    kinds = {shape.get("type"), *(each.get("type") for each in shape.get("anyOf", ()))}
    return bool(kinds & {"integer", "number"})


def _say_numbers(shape: Document) -> None:
    for name, field in shape.get("properties", {}).items():
        if is_number(field) and "description" not in field and name in _words()["numbers"]:
            field["description"] = _words()["numbers"][name]


def _say_patterns(shape: Any) -> None:
    """Write patterns as ECMA 262 does, which knows no other anchors."""
    if isinstance(shape, dict):
        if isinstance(pattern := shape.get("pattern"), str):
            shape["pattern"] = pattern.replace(r"\A", "^").replace(r"\Z", "$")
        for each in shape.values():
            _say_patterns(each)
    elif isinstance(shape, list):
        for each in shape:
            _say_patterns(each)


def _event_schemas(schema: Schema) -> Document:
    """Return the envelope, one schema an event type, and `Event`, which is any of them."""
    own = {f"event.{name}": _event_schema(event, schema) for name, event in schema.events.items()}
    names = list(own)
    mapping = {name.removeprefix("event."): f"#/components/schemas/{name}" for name in names}
    return {
        "Envelope": _fields_schema(list(schema.envelope.values())),
        **own,
        "Event": {
            "description": "One event of its type; fields that the type does not know are kept, and ignored by rules.",
            "oneOf": [_ref(name) for name in names],
            "discriminator": {"propertyName": "event_type", "mapping": mapping},
        },
    }


def _event_schema(event: EventType, schema: Schema) -> Document:
    fields = [each for each in event.fields.values() if schema.envelope.get(each.name) != each]
    own = _fields_schema(fields)
    own["properties"]["event_type"] = {"const": event.name}
    own["required"] = ["event_type", *own["required"]]
    return {"allOf": [_ref("Envelope"), own]}


def _fields_schema(fields: list[FieldSpec]) -> Document:
    given = [each for each in fields if each.derived_from is None]
    return {
        "type": "object",
        "properties": {each.name: _field_schema(each) for each in given},
        "required": [each.name for each in given if each.required],
    }


def _field_schema(field: FieldSpec) -> Document:
    found = dict(_TYPES[field.type])
    if field.type is FieldType.TEXT:
        found["maxLength"] = field.max_length
    if field.pattern is not None:
        found["pattern"] = field.pattern
    return found


def _ref(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def _json(schema: Document) -> Document:
    return {"application/json": {"schema": schema}}


def _answers(schema: Document, *refusals: int) -> Document:
    found: Document = {"200": {"description": "OK", "content": _json(schema)}}
    found.update({str(status): _refused(status) for status in sorted(refusals)})
    return found


def _refused(status: int) -> Document:
    problem = {"application/problem+json": {"schema": _ref("Problem")}}
    answer: Document = {"description": _words()["answers"][str(status)], "content": problem}
    if status in (429, 503):
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}}
    return answer


def _parameter(name: str, place: str, schema: Document) -> Document:
    said = _words()["parameters"][name]
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": said}


_POST = (400, 401, 403, 408, 413, 415, 422, 429, 500, 503)
_GET = (401, 403, 404, 422, 429, 500, 503)


def _paths(schema: Schema) -> Document:
    standing = _reading(
        "get_holds",
        "What is frozen or listed, until when, why",
        _ref("EntityStanding"),
        entity_kind={"enum": sorted(schema.entities)},
        entity_id={"type": "string"},
    )
    stored = _reading("get_decision", "The stored answer", _ref("Decision"), event_id={"type": "string"})
    label = {
        "operationId": "label",
        "summary": "Say what became known later about an event or an entity",
        "requestBody": {"required": True, "content": _json(_ref("Label"))},
        "responses": _answers(_ref("Decision"), 404, *_POST),
    }
    return {
        **_decision_paths(),
        "/v1/decisions/{event_id}": {"get": stored},
        "/v1/labels": {"post": label},
        "/v1/holds/{entity_kind}/{entity_id}": {"get": standing},
        **_check_paths(),
        **_open_paths(),
    }


def _decision_paths() -> Document:
    item = {"oneOf": [_ref("Decision"), _ref("Problem")]}
    batch = {**_json({"type": "array", "items": _ref("Event"), "minItems": 1, "maxItems": 1000})}
    batch["application/x-ndjson"] = {"schema": {"type": "string", "description": "one event a line"}}
    one = {
        "operationId": "decide",
        "summary": "Decide one event",
        "parameters": [_parameter("explain", "query", {"enum": ["0", "1"]})],
        "requestBody": {"required": True, "content": _json(_ref("Event"))},
        "responses": _answers(_ref("Decision"), *_POST),
    }
    many = {
        "operationId": "decide_batch",
        "summary": "Decide up to 1 000 events; each has its own result or problem",
        "requestBody": {"required": True, "content": batch},
        "responses": _answers({"type": "array", "items": item}, *_POST),
    }
    return {"/v1/decisions": {"post": one}, "/v1/decisions:batch": {"post": many}}


def _check_paths() -> Document:
    file = {"schema": {"type": "string", "format": "binary"}}
    picture = dict.fromkeys(("image/png", "image/jpeg", "image/webp", "image/gif"), file)
    published = {"type": "array", "items": _ref("PublishedSignature")}
    reading = _reading("get_signatures", "What is published, with hits and corrections", published)
    return {
        "/v1/checks/link": _checking("check_link", "Check a link, or the first one in a text", "LinkRequest"),
        "/v1/checks/phone": _checking("check_phone", "Check a telephone number", "PhoneRequest"),
        "/v1/checks/text": _checking("check_text", "Check a message with its links and numbers", "TextRequest"),
        "/v1/checks/image": {
            "post": {
                "operationId": "check_image",
                "summary": "Check a picture",
                "requestBody": {"required": True, "content": picture},
                "responses": _answers(_ref("CheckAnswer"), *_POST, 501),
            }
        },
        "/v1/checks/corrections": {
            "post": {
                "operationId": "correct_check",
                "summary": "Say that a signature hit wrongly, rightly, or should have hit",
                "requestBody": {"required": True, "content": _json(_ref("Correction"))},
                "responses": _answers(_ref("CountedCorrection"), *_POST, 501),
            }
        },
        "/v1/signatures": {
            "get": reading,
            "post": {
                "operationId": "publish_signatures",
                "summary": "Publish a set of signatures, or a delta",
                "requestBody": {"required": True, "content": _json(_ref("PublishSignatures"))},
                "responses": _answers(_ref("PublishedOrder"), *_POST, 501),
            },
        },
    }


def _checking(operation: str, summary: str, body: str) -> Document:
    return {
        "post": {
            "operationId": operation,
            "summary": summary,
            "requestBody": {"required": True, "content": _json(_ref(body))},
            "responses": _answers(_ref("CheckAnswer"), *_POST, 501),
        }
    }


def _reading(operation: str, summary: str, schema: Document, **parameters: Document) -> Document:
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": [_parameter(name, "path", shape) for name, shape in parameters.items()],
        "responses": _answers(schema, *_GET),
    }


def _open_paths() -> Document:
    ready = _answers(_ref("Readiness"))
    ready["503"] = {"description": "Not ready; what is missing", "content": _json(_ref("Readiness"))}
    text = {"text/plain": {"schema": {"type": "string"}}}
    metrics = {"200": {"description": "OK", "content": text}, "401": _refused(401), "403": _refused(403)}
    alive = {"type": "object", "required": ["status"], "properties": {"status": {"const": "alive"}}}
    calls = (
        ("/healthz", "health", "Say that the process lives", _answers(alive)),
        ("/readyz", "readiness", "Say whether events are taken in", ready),
        ("/metrics", "metrics", "Show counters; beyond loopback with a key of the scope metrics", metrics),
        ("/openapi.json", "openapi", "Describe the calls", _answers({"type": "object"})),
    )
    return {
        path: {"get": {"operationId": name, "summary": summary, "security": [], "responses": responses}}
        for path, name, summary, responses in calls
    }
