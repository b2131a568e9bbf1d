"""Ask again without doing it twice: Idempotency-Key on every POST of the API, kept for 24 hours."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from anxin.desk.foundation.api.errors import BodyInvalid, KeyReused, StillWorking
from anxin.desk.foundation.api.models import KeptAnswer
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.answers import render_refusal
from anxin.desk.foundation.edge.refusals import BodyTooLarge, Refusal
from anxin.desk.foundation.edge.requests import DeskRequest
from anxin.desk.foundation.vault.sealing import seal, unseal

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=60)
"""How long an unfinished request is believed to be worked on: longer than any request may take."""
_KEY = re.compile(r"[\x21-\x7e]{1,128}")


class IdempotencyMiddleware:
    """Answers a repeated POST of the API with what was answered before; refusals are not kept, they may be mended."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key", "")
        if not key or request.method != "POST" or not request.path.startswith("/api/"):
            return self._get_response(request)
        desk_request = cast("DeskRequest", request)
        actor = desk_request.find_actor()
        if actor is None:
            return self._get_response(request)
        try:
            known = _begin(desk_request, actor, key)
        except Refusal as refusal:
            return render_refusal(desk_request, refusal)
        return known or self._work(desk_request, actor, key)

    def _work(self, request: DeskRequest, actor: Actor, key: str) -> HttpResponse:
        # Whoever outlived the lease must not touch the row of who took over.
        own = _row(actor, key).filter(status=None, created_at=request.moment)
        try:
            answer = self._get_response(request)
        except BaseException:
            own.delete()
            raise
        # A stream is gone once it was read: it is not kept either.
        if answer.status_code >= 400 or answer.streaming:
            own.delete()
        else:
            body = seal(actor.organisation_id, _packed(answer), about=f"api.answer:{key}", at=request.moment)
            own.update(status=answer.status_code, body_sealed=body)
        return answer


def _begin(request: DeskRequest, actor: Actor, key: str) -> HttpResponse | None:
    """Note that work begins, and return None; or return the kept answer.

    Work that began longer ago than the lease was cut short: it is begun again.
    """
    if not _KEY.fullmatch(key):
        raise BodyInvalid(reason="Idempotency-Key", pointer="")
    digest = _digest(request)
    _row(actor, key).filter(created_at__lt=request.moment - KEPT).delete()
    try:
        with transaction.atomic():
            KeptAnswer.objects.create(
                organisation_id=actor.organisation_id,
                actor_id=_id_of(actor),
                key=key,
                request_digest=digest,
                created_at=request.moment,
            )
    except IntegrityError:
        cut_short = _row(actor, key).filter(status=None, request_digest=digest, created_at__lte=request.moment - LEASE)
        return None if cut_short.update(created_at=request.moment) else _kept(actor, key, digest)
    return None


def _digest(request: DeskRequest) -> bytes:
    """Return SHA-256 over method, path and content; of a form with files over what it holds, however it is cut."""
    found = hashlib.sha256(f"{request.method}\0{request.path}\0".encode())
    if request.content_type != "multipart/form-data":
        try:
            found.update(request.body)
        except RequestDataTooBig:
            raise BodyTooLarge(limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 1024) from None
        return found.digest()
    for name, values in sorted(request.POST.lists()):
        found.update(repr((name, values)).encode())
    for name, files in sorted(request.FILES.lists(), key=lambda each: each[0]):
        for each in files:
            found.update(repr((name, each.name, each.content_type, each.size)).encode())
            for piece in each.chunks():
                found.update(piece)
            each.seek(0)
    return found.digest()


def _packed(answer: HttpResponse) -> str:
    """Return type and bytes of an answer as text, for it may hold a picture as well as JSON."""
    return f"{answer['Content-Type']}\n{base64.b64encode(answer.content).decode()}"


def _kept(actor: Actor, key: str, digest: bytes) -> HttpResponse:
    row = _row(actor, key).get()
    if bytes(row.request_digest) != digest:
        raise KeyReused
    if row.status is None or row.body_sealed is None:
        raise StillWorking
    packed = unseal(actor.organisation_id, bytes(row.body_sealed), about=f"api.answer:{key}")
    content_type, _, body = packed.partition("\n")
    answer = HttpResponse(base64.b64decode(body), status=row.status, content_type=content_type)
    answer["Idempotency-Replayed"] = "true"
    return answer


def _row(actor: Actor, key: str) -> QuerySet[KeptAnswer]:
    return KeptAnswer.objects.filter(organisation_id=actor.organisation_id, actor_id=_id_of(actor), key=key)


def _id_of(actor: Actor) -> str:
    return actor.person_id or actor.label
