"""What every call is: an actor asks, a refusal is a problem document, a POST may be asked again."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import APIKeyCookie, HttpBearer

from anxin.desk.foundation.api.document import DESCRIPTION, Codes, DeskApi
from anxin.desk.foundation.api.errors import BodyInvalid, CrossSite, VersionNeeded
from anxin.desk.foundation.api.explaining import explain
from anxin.desk.foundation.api.given import refuse_unknown
from anxin.desk.foundation.api.reading import BodyParser
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.answers import render_refusal
from anxin.desk.foundation.edge.refusals import Conflict, NotFound, Refusal, SignInNeeded
from anxin.desk.foundation.edge.requests import DeskRequest


def caller(request: HttpRequest) -> tuple[Actor, datetime]:
    """Return who asks, and when; raise SignInNeeded."""
    desk_request = cast("DeskRequest", request)
    actor = desk_request.find_actor()
    if actor is None:
        raise SignInNeeded
    return actor, desk_request.moment


class SignedInBrowser(APIKeyCookie):
    """A browser with a session; whatever changes something also needs its CSRF token."""

    param_name = "sessionid"

    def __init__(self) -> None:
        super().__init__(csrf=True)

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        """Return the actor behind the session."""
        return cast("DeskRequest", request).find_actor() if key else None


class ServiceToken(HttpBearer):
    """A service account with a token of its own."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the actor behind the token."""
        return cast("DeskRequest", request).find_actor() if token else None


def require_version(request: HttpRequest, version: int) -> None:
    """Refuse a change that is not based on this version of the row: If-Match is its ETag."""
    given = request.headers.get("If-Match", "")
    if not given:
        raise VersionNeeded
    if given.strip() not in (etag(version), "*"):
        raise Conflict(version=version)


def etag(version: int) -> str:
    """Return the ETag of a row's version."""
    return f'"{version}"'


def new_api(*, title: str, version: str, codes: Codes) -> NinjaAPI:
    """Return an API whose refusals are problem documents, and which refuses names that it does not know."""
    api = DeskApi(
        codes=codes,
        title=title,
        version=version,
        description=DESCRIPTION,
        docs_url=None,
        openapi_url="/openapi.json",
        urls_namespace="api",
        parser=BodyParser(),
        auth=(ServiceToken(), SignedInBrowser()),
    )
    api.add_decorator(refuse_unknown, mode="view")
    api.exception_handler(Refusal)(_refuse)
    api.exception_handler(ValidationError)(_refuse_body)
    api.exception_handler(HttpError)(_refuse_http)
    api.exception_handler(AuthenticationError)(lambda request, _: _refuse(request, SignInNeeded()))
    return api


def _refuse(request: HttpRequest, refusal: Exception) -> HttpResponse:
    assert isinstance(refusal, Refusal)
    return render_refusal(cast("DeskRequest", request), refusal)


def _refuse_body(request: HttpRequest, invalid: Exception) -> HttpResponse:
    assert isinstance(invalid, ValidationError)
    return _refuse(request, explain(invalid))


def _refuse_http(request: HttpRequest, error: Exception) -> HttpResponse:
    assert isinstance(error, HttpError)
    if isinstance(error.__cause__, Refusal):
        return _refuse(request, error.__cause__)
    if error.status_code == NotFound.status:
        return _refuse(request, NotFound())
    if error.status_code == CrossSite.status:
        return _refuse(request, CrossSite())
    return _refuse(request, BodyInvalid(reason="unreadable", reason_zh="无法读取"))
