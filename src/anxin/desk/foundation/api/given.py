"""What calls are given: each body and each set of parameters refuses names that it does not know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from ninja.operation import Operation
from pydantic import ConfigDict, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from anxin.desk.foundation.api.errors import BodyInvalid, FieldUnknown, ParameterRepeated, ParameterUnknown
from anxin.desk.foundation.edge.answers import render_refusal
from anxin.desk.foundation.edge.refusals import NotFound, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.engine.near_names import LONGEST_NAME, near_name_hint

UNKNOWN = "unknown_field"
_MOST_DIGITS = 18
"""Every whole number of as many digits fits into 64 bits."""
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105  the name of a form's field
Run = Callable[..., HttpResponse]


class Given(Schema):
    """The base of whatever a call is given: a name that no field has is a mistake, not a remark."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown(cls, values: object) -> object:
        if isinstance(values, Mapping):
            known = tuple(cls.model_fields)
            for name in values:
                if name not in known:
                    raise PydanticCustomError(UNKNOWN, "unknown field", {"name": str(name), "known": known})
        return values


def unknown_field(name: str, known: Iterable[str], *, at: str = "") -> FieldUnknown:
    """Return the refusal of a field below the pointer `at`, with the known name next to it."""
    hint, hint_zh = near_name_hint(name, tuple(known))
    place = f"{at}/{escaped(name)}"
    return FieldUnknown(pointer=place, place=place, hint=hint, hint_zh=hint_zh)


def escaped(name: object) -> str:
    """Return a name as part of a JSON pointer (RFC 6901), cut where it is too long to be one of ours."""
    text = str(name)
    shown = text if len(text) <= LONGEST_NAME else text[:LONGEST_NAME] + "…"
    return shown.replace("~", "~0").replace("/", "~1")


def is_text(value: str) -> bool:
    """Return whether a value can be stored as text: without NUL and half characters."""
    return "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)


def refuse_unknown(run: Run) -> Run:
    """Refuse parameters, form fields and bodies that an operation does not know, before it reads the rest.

    Whoever is not signed in is told only that.
    """
    operation: Operation = cast("Any", run).__self__
    parameters, fields = _kinds(operation, "query"), (*_kinds(operation, "form"), *_kinds(operation, "file"))
    has_body = any(each.__ninja_param_source__ == "body" for each in operation.models)

    @wraps(run)
    def strict(request: HttpRequest, **path: object) -> HttpResponse:
        desk_request = cast("DeskRequest", request)
        if desk_request.find_actor() is not None:
            try:
                _check_path(path)
                _check_parameters(request, parameters)
                _check_content(request, fields, has_body=has_body)
            except Refusal as refusal:
                return render_refusal(desk_request, refusal)
        return run(request, **path)

    return strict


def _kinds(operation: Operation, source: str) -> dict[str, Any]:
    """Return the names that an operation takes from a source, with the type of each."""
    found: dict[str, Any] = {}
    for each in operation.models:
        if each.__ninja_param_source__ == source:
            found |= _flat(each.model_fields)
    return found


def _flat(fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in fields.items():
        kind: Any = field.annotation
        is_set = isinstance(kind, type) and issubclass(kind, Given)
        found |= _flat(kind.model_fields) if is_set else {name: kind}
    return found


def _check_path(path: Mapping[str, object]) -> None:
    if not all(is_text(each) for each in path.values() if isinstance(each, str)):
        raise NotFound


def _check_parameters(request: HttpRequest, known: Mapping[str, Any]) -> None:
    for name, values in request.GET.lists():
        if name not in known:
            hint, hint_zh = near_name_hint(name, tuple(known))
            raise ParameterUnknown(pointer=f"/{escaped(name)}", name=escaped(name), hint=hint, hint_zh=hint_zh)
        if len(values) > 1:
            raise ParameterRepeated(pointer=f"/{name}", name=name)
        is_endless = known[name] is int and len(values[0].strip()) > _MOST_DIGITS
        if is_endless or not is_text(values[0]):
            raise BodyInvalid(pointer=f"/{name}", reason=f"/{name} is out of bounds", reason_zh=f"/{name} 超出范围")


def _check_content(request: HttpRequest, fields: tuple[str, ...], *, has_body: bool) -> None:
    """Let an empty body or object pass where none is taken; a named wish must not be passed over."""
    if request.content_type == "multipart/form-data":
        given = [name for name in (*request.POST, *request.FILES) if name != _TOKEN]
        if has_body:
            raise BodyInvalid(pointer="", reason="has to be JSON", reason_zh="须为 JSON")
        for name in given:
            if name not in fields:
                raise unknown_field(name, fields)
            if not all(is_text(each) for each in request.POST.getlist(name)):
                raise BodyInvalid(pointer=f"/{name}", reason=f"/{name} is no text", reason_zh=f"/{name} 不是文字")
    elif not has_body and request.body.strip() not in (b"", b"{}"):
        raise BodyInvalid(pointer="", reason="this call takes none", reason_zh="此操作不带请求内容")
