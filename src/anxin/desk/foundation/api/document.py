"""The OpenAPI document as a stranger needs it: what every call has in common is said at every call."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from typing import Any

import msgspec
from ninja import NinjaAPI, Router
from ninja.operation import Operation
from ninja.responses import NinjaJSONEncoder

from anxin.desk.foundation.edge.yaml_files import parse_yaml

Document = dict[str, Any]
Schemas = Mapping[str, Document]
Codes = Mapping[str, Mapping[str, Sequence[str]]]
"""Which codes a text may hold, by schema and field."""
DESCRIPTION = """Calls of the people's side of Anxin: for tools that work beside the desk.

Who asks: a service account with `Authorization: Bearer …`, or a signed-in browser with its session and, for whatever
changes something, the header `X-CSRFToken`. A call does what the caller may do, and is written into the audit trail.

Refusals are RFC 9457 problems; `title` comes in Chinese or English as `Accept-Language` asks. Names that a call does
not know are refused with 422, and so are a parameter given twice and a body where none is taken. Times are RFC 3339
with their zone, answered in UTC. Money is whole minor units with its currency. Ids are opaque.

`Idempotency-Key` on any POST: within 24 hours the same key gets the same answer, marked `Idempotency-Replayed`.
Rows that change carry an `ETag`. Bodies without files may have 2 MiB unless the installation says otherwise.
"""
IF_MATCH: Document = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "the ETag the change is based on, or `*` for whatever it is",
    "example": '"7"',
}
VERSIONED: Document = {"parameters": [IF_MATCH], "responses": {412: {}, 428: {}}}
"""What a call adds to its description when it changes a row that others may have changed."""
BYTES: Document = {
    "description": "the bytes as they are",
    "headers": {"X-Content-SHA256": {"schema": {"type": "string"}, "description": "their SHA-256 in hexadecimal"}},
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
"""What a call answers that hands out a file."""
_KEY: Document = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,128}$"},
    "description": "the same key within 24 hours gets the same answer and does nothing twice",
    "example": "9f1c2f0e-freeze-u1001",
}
_PROBLEM: Document = {
    "description": "Why it was not done (RFC 9457).",
    "type": "object",
    "required": ["type", "title", "status", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "tells problems apart, as `code` does"},
        "title": {"type": "string", "description": "one sentence for people, in the caller's language"},
        "status": {"type": "integer", "description": "the HTTP status"},
        "code": {"type": "string", "description": "stable and dotted, for programs"},
        "request_id": {"type": "string", "description": "what to name when asking for help"},
        "pointer": {"type": "string", "description": "JSON pointer to the place in the body, or / and the parameter"},
        "unmet_guards": {
            "type": "array",
            "items": {"type": "string"},
            "description": "codes of what stands against it",
        },
    },
    "examples": [
        {
            "type": "about:blank#api.field_unknown",
            "title": "Unknown field /amount; nothing was done. Did you mean amount_minor?",
            "status": 422,
            "code": "api.field_unknown",
            "request_id": "7c9e66797425",
            "pointer": "/amount",
        }
    ],
}


class DeskApi(NinjaAPI):
    """Ninja's own, with a document that stands alone and is made once: it changes only with the code, and takes long.

    What is kept is its JSON, which takes a tenth of the memory.
    """

    def __init__(self, *, codes: Codes, **options: Any) -> None:
        super().__init__(**options)
        self._codes = codes
        self._documents: dict[str, bytes] = {}

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return a name that follows from the address, which is stable, and not from where the code stands."""
        steps = re.sub(r"{(?:\w+:)?(\w+)}", r"by_\1", operation.path)
        return "_".join((operation.methods[0].lower(), *re.findall(r"\w+", steps.replace("-", "_"))))

    def get_openapi_schema(self, **where: Any) -> Any:
        """Return the document, the caller's own."""
        asked = repr(sorted(where.items()))
        if asked not in self._documents:
            self._documents[asked] = json.dumps(self._made(**where), cls=NinjaJSONEncoder).encode()
        return msgspec.json.decode(self._documents[asked])

    def _made(self, **where: Any) -> Document:
        found: Any = super().get_openapi_schema(**where)
        schemas: dict[str, Document] = found["components"]["schemas"]
        for schema in schemas.values():
            _say_numbers(schema)
        for name, fields in self._codes.items():
            for field, codes in fields.items():
                schemas[name]["properties"][field]["enum"] = list(codes)
        schemas["Problem"] = _PROBLEM
        found["components"]["responses"] = {
            _name(status): _refused(said) for status, said in meanings()["answers"].items()
        }
        for methods in found["paths"].values():
            for method, call in methods.items():
                _say_call(method, call)
        found["components"]["securitySchemes"]["SignedInBrowser"]["description"] = "also the header X-CSRFToken"
        return dict(found)


def needs_version(router: Router) -> None:
    """Say of every call of a router that it needs If-Match."""
    for view in router.path_operations.values():
        for operation in view.operations:
            operation.openapi_extra = VERSIONED


@functools.cache
def meanings() -> Mapping[str, Mapping[str, str]]:
    """Return what names mean, by what they name."""
    text = resources.files(__package__).joinpath("meanings.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = parse_yaml(text)
    return found


def is_number(schema: Document) -> bool:
    """Return whether a value of a field is a number."""
    kinds = {schema.get("type"), *(each.get("type") for each in schema.get("anyOf", ()))}
    return bool(kinds & {"integer", "number"})


def _say_numbers(schema: Document) -> None:
    known = meanings()["numbers"]
    for name, field in schema.get("properties", {}).items():
        if is_number(field) and "description" not in field and name in known:
            field["description"] = known[name]


def _say_call(method: str, call: Document) -> None:
    description = call.get("description", "")
    call["summary"] = description.partition("\n")[0].rstrip(".")
    call["parameters"] = [*call["parameters"], *([_KEY] if method == "post" else [])]
    known = meanings()["parameters"]
    for each in call["parameters"]:
        if "description" not in each and each["name"] in known:
            each["description"] = known[each["name"]]
    for status in _refusals(method, call):
        call["responses"][status] = {"$ref": f"#/components/responses/{_name(status)}"}
    call["responses"] = {str(status): answer for status, answer in sorted(call["responses"].items())}


def _refusals(method: str, call: Document) -> Iterator[int]:
    yield from (401, 403, 422, 503)
    if any(each["in"] == "path" for each in call["parameters"]):
        yield from (404, 410)
    if method == "post":
        # A body may name by its id what is not there.
        yield from (404, 409, 413)
    yield from (status for status in (410, 412, 428) if status in call["responses"])


def _name(status: int | str) -> str:
    return f"refused_{status}"


def _refused(said: str) -> Document:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": said, "content": {"application/problem+json": {"schema": schema}}}
