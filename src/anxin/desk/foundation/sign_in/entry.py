"""The moment somebody comes in or shows a factor: from the sign-in library's steps to our session."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest

from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.sign_in import actions
from anxin.desk.foundation.sign_in.browsers import device_name
from anxin.desk.foundation.sign_in.store import SessionStore, key_hash
from anxin.desk.foundation.sign_in.tries import factor_token, forget_failures, name_token
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.foundation.vault.sealing import blind_index

_ELSEWHERE = Words(
    "您在其他设备上的 {n} 个会话已结束。",
    "{n} session of yours elsewhere was ended.|{n} sessions of yours elsewhere were ended.",
)
_FAILED = Words(
    "自上次登录以来有 {n} 次失败的登录尝试。",
    "{n} try to sign in as you failed before.|{n} tries to sign in as you failed before.",
)


def enter(request: HttpRequest, person: Person) -> None:
    """Begin the session of a person whom Django just signed in."""
    desk_request, store = cast("DeskRequest", request), cast("SessionStore", request.session)
    records = get_authentication_records(request, person)
    is_strong = any(each["method"] == "mfa" for each in records)
    failed = forget_failures(name_token(person.username)) + forget_failures(factor_token(person.id))
    started = actions.start_session(
        person=person,
        key_hash=key_hash(store.session_key or ""),
        is_strong=is_strong,
        origin=_origin(desk_request, person),
        at=desk_request.moment,
        failed_tries=failed,
    )
    store["session_ref"] = started.ref
    if is_strong:
        _mark_verified(desk_request)
    if started.ended_others:
        messages.info(request, say(_ELSEWHERE, n=started.ended_others))
    if failed:
        messages.warning(request, say(_FAILED, n=failed))


def verify(request: HttpRequest) -> None:
    """Note that the signed-in person just showed a second factor."""
    desk_request, store = cast("DeskRequest", request), cast("SessionStore", request.session)
    person = cast("Person", request.user)
    actions.strengthen_session(
        person=person,
        key_hash=key_hash(store.session_key or ""),
        ref=store.get("session_ref", ""),
        at=desk_request.moment,
    )
    _mark_verified(desk_request)


def leave(request: HttpRequest) -> None:
    """End the session because the person says so."""
    row = cast("SessionStore", request.session).row
    if row is not None:
        actions.end_session(row=row, because="signed_out", at=cast("DeskRequest", request).moment)


def _mark_verified(request: DeskRequest) -> None:
    request.session["is_strong"] = True
    request.session["verified_at"] = request.moment.isoformat()


def _origin(request: DeskRequest, person: Person) -> actions.Origin:
    address = request.META.get("REMOTE_ADDR", "")
    network = blind_index(person.organisation_id, "network", address, at=request.moment) if address else ""
    return actions.Origin(device_name(request.headers.get("User-Agent", "")), network, request.request_id)
