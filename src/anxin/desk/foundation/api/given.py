"""What calls are given: each body and each set of parameters refuses names that it does not know."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from ninja import Schema
from ninja.operation import Operation
from pydantic import ConfigDict, model_validator
from pydantic_core import PydanticCustomError

from anxin.desk.foundation.api.errors import BodyInvalid, FieldUnknown, ParameterRepeated, ParameterUnknown
from anxin.desk.foundation.edge.answers import render_refusal
from anxin.desk.foundation.edge.refusals import Refusal
from anxin.desk.foundation.edge.requests import DeskRequest

UNKNOWN = "unknown_field"
_MOST_SHOWN = 64
"""Characters of a name that are said again: whoever misspelt it knows it by these."""
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
    hint, hint_zh = _hint(name, tuple(known))
    place = f"{at}/{escaped(name)}"
    return FieldUnknown(pointer=place, place=place, hint=hint, hint_zh=hint_zh)


def escaped(name: object) -> str:
    """Return a name as part of a JSON pointer (RFC 6901), cut where it is too long to be one of ours."""
    text = str(name)
    shown = text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"
    return shown.replace("~", "~0").replace("/", "~1")


def refuse_unknown(run: Run) -> Run:
    """Refuse parameters, form fields and bodies that an operation does not know, before it reads the rest.

    Whoever is not signed in is told only that.
    """
    operation: Operation = cast("Any", run).__self__
    parameters, fields = _names(operation, "query"), (*_names(operation, "form"), *_names(operation, "file"))
    has_body = any(each.__ninja_param_source__ == "body" for each in operation.models)

    @wraps(run)
    def strict(request: HttpRequest, **path: object) -> HttpResponse:
        desk_request = cast("DeskRequest", request)
        if desk_request.find_actor() is not None:
            try:
                _check_parameters(request, parameters)
                _check_content(request, fields, has_body=has_body)
            except Refusal as refusal:
                return render_refusal(desk_request, refusal)
        return run(request, **path)

    return strict


def _names(operation: Operation, source: str) -> tuple[str, ...]:
    found: list[str] = []
    for each in operation.models:
        if each.__ninja_param_source__ == source:
            found.extend(getattr(each, "__ninja_flatten_map__", each.model_fields))
    return tuple(found)


def _check_parameters(request: HttpRequest, known: tuple[str, ...]) -> None:
    for name, values in request.GET.lists():
        if name not in known:
            hint, hint_zh = _hint(name, known)
            raise ParameterUnknown(pointer=f"/{escaped(name)}", name=escaped(name), hint=hint, hint_zh=hint_zh)
        if len(values) > 1:
            raise ParameterRepeated(pointer=f"/{name}", name=name)


def _check_content(request: HttpRequest, fields: tuple[str, ...], *, has_body: bool) -> None:
    """Let an empty body or object pass where none is taken; a named wish must not be passed over."""
    if request.content_type == "multipart/form-data":
        given = [name for name in (*request.POST, *request.FILES) if name != _TOKEN]
        if has_body:
            raise BodyInvalid(pointer="", reason="has to be JSON", reason_zh="须为 JSON")
        for name in given:
            if name not in fields:
                raise unknown_field(name, fields)
    elif not has_body and request.body.strip() not in (b"", b"{}"):
        raise BodyInvalid(pointer="", reason="this call takes none", reason_zh="此操作不带请求内容")


def _hint(name: str, known: tuple[str, ...]) -> tuple[str, str]:
    """Return what to do instead, in English and Chinese."""
    plain = name.casefold().replace("-", "_")
    longer = [each for each in known if plain and each.startswith(plain)]
    near = longer or difflib.get_close_matches(plain[:_MOST_SHOWN], known, n=1)
    if near:
        return f" Did you mean {near[0]}?", f"您是否想写 {near[0]}？"
    if known:
        listed = ", ".join(known)
        return f" Known here: {listed}.", f"可用：{listed}。"
    return " None is taken here.", "此处不接受任何名称。"
