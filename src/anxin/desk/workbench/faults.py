"""The answers to what went wrong before or beneath any page of ours: no path, no token, a bug."""

from __future__ import annotations

import sys
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from anxin.desk.foundation.edge.answers import is_call, render_refusal
from anxin.desk.foundation.edge.refusals import (
    BodyTooLarge,
    Broken,
    DatabaseAway,
    NotAllowed,
    NotFound,
    Refusal,
    RequestUnclear,
)
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.ui.words import Words, say

RETRY_SECONDS = "5"


def bad_request(request: HttpRequest, *given: object, **named: object) -> HttpResponse:
    """Answer what could not be parsed, or is more than may be."""
    if any(isinstance(each, RequestDataTooBig) for each in (*given, *named.values())):
        return _refuse(request, BodyTooLarge(limit=settings.BODY_BYTES // 1024))
    return _refuse(request, RequestUnclear())


def forbidden(request: HttpRequest, *_given: object, **_named: object) -> HttpResponse:
    """Answer what the framework itself does not allow."""
    return _refuse(request, NotAllowed())


def not_found(request: HttpRequest, *_given: object, **_named: object) -> HttpResponse:
    """Answer a path that leads nowhere exactly as one that leads to somebody else's."""
    return _refuse(request, NotFound())


def token_missing(request: HttpRequest, *_given: object, **_named: object) -> HttpResponse:
    """Answer a form whose token does not fit: an old page, a cleared cookie, or another site's doing."""
    sentence = say(Words("表单已过期，未执行。", "This form is out of date; it was not done."))
    hint = Words(
        "返回上一页刷新后再提交；您输入的文字在原页面中仍保留。",
        "Go back, reload the page and send it again; what you typed is kept there.",
    )
    given = {"sentence": sentence, "code": "desk.form_expired", "status": 403, "hint": hint}
    return render(request, "ui/refusal.html", given, status=HTTPStatus.FORBIDDEN)


def fault(request: HttpRequest) -> HttpResponse:
    """Answer a bug, or a database that is away, without touching database or session, which may be what broke."""
    given = {"request_id": getattr(request, "request_id", ""), "status": 500}
    is_away = isinstance(sys.exception(), OperationalError | InterfaceError)
    if is_call(request):
        answer = _refuse(request, DatabaseAway() if is_away else Broken())
        if is_away:
            answer["Retry-After"] = RETRY_SECONDS
        return answer
    if is_away:
        text = render_to_string("ui/unavailable.html", given | {"status": 503})
        return HttpResponse(text, status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": RETRY_SECONDS})
    return HttpResponse(render_to_string("ui/fault.html", given), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _refuse(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return render_refusal(cast("DeskRequest", request), refusal)
