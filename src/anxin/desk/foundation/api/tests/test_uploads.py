"""Large uploads under an Idempotency-Key: done once, and nothing of them is left on the disk."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from anxin.desk.conftest import NIGHT, Clock
from anxin.desk.foundation.api.idempotency import IdempotencyMiddleware
from anxin.desk.foundation.api.models import KeptAnswer
from anxin.desk.foundation.edge.actor import Actor, system_actor
from anxin.desk.foundation.edge.uploads import SpoolingHandler
from anxin.desk.foundation.organisations.models import Organisation

LARGE = os.urandom(1024) * 3 * 1024
PNG = b"\x89PNG\r\n\x1a\n\xff\xfe\x00"


@pytest.fixture
def asked(organisation: Organisation, clock: Clock) -> Iterator[Callable[..., HttpRequest]]:
    by, begun = system_actor(organisation.id, "tests"), []

    def ask(content: bytes, *, note: str = "", form: bool = True) -> HttpRequest:
        file = SimpleUploadedFile("chat.png", content, content_type="image/png")
        data = {"file": file, "note": note} if form else content
        more = {} if form else {"content_type": "application/json"}
        request = RequestFactory().post("/api/v1/x", data, headers={"Idempotency-Key": "k1"}, **more)
        begun.append(_as(request, by))
        return begun[-1]

    yield ask
    for request in begun:
        request.close()


def _as(request: HttpRequest, by: Actor) -> HttpRequest:
    request.moment, request.request_id, request.find_actor = NIGHT, "", lambda: by  # type: ignore[attr-defined]
    return request


def left() -> list[str]:
    return os.listdir(settings.FILE_UPLOAD_TEMP_DIR)


def test_a_large_file_is_taken_once_and_lies_nowhere(asked: Callable[..., HttpRequest]) -> None:
    seen: list[tuple[int, bool, list[str]]] = []

    def take(request: HttpRequest) -> HttpResponse:
        body = request.FILES["file"].read()
        seen.append((len(body), body == LARGE, left()))
        return HttpResponse(PNG, status=201, content_type="image/png")

    answers = [IdempotencyMiddleware(take)(asked(LARGE)) for _ in range(2)]
    assert [(each.status_code, each.content, each["Content-Type"]) for each in answers] == [
        (201, PNG, "image/png"),
        (201, PNG, "image/png"),
    ]
    assert answers[1]["Idempotency-Replayed"] == "true"
    assert (seen, left()) == ([(len(LARGE), True, [])], [])
    assert stat.S_IMODE(Path(settings.FILE_UPLOAD_TEMP_DIR).stat().st_mode) == 0o700


@pytest.mark.parametrize(("content", "note"), [(LARGE[:-1], ""), (LARGE, "x")])
def test_another_file_or_field_is_another_request(asked: Callable[..., HttpRequest], content: bytes, note: str) -> None:
    def take(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(b"{}", content_type="application/json")

    IdempotencyMiddleware(take)(asked(LARGE))
    assert IdempotencyMiddleware(take)(asked(content, note=note)).status_code == 422


def test_a_body_that_no_call_takes_is_refused(asked: Callable[..., HttpRequest]) -> None:
    answer = IdempotencyMiddleware(lambda _request: HttpResponse())(asked(LARGE, form=False))
    assert (answer.status_code, b"2048 KiB" in answer.content) == (413, True)
    assert not KeptAnswer.objects.exists()


def test_a_stream_passes_and_is_not_kept(asked: Callable[..., HttpRequest]) -> None:
    answer = IdempotencyMiddleware(lambda _request: StreamingHttpResponse(iter([b"a", b"b"])))(asked(b"x"))
    assert b"".join(answer) == b"ab"
    assert not KeptAnswer.objects.exists()


def test_the_server_spools_into_the_folder_without_a_name() -> None:
    async def read() -> tuple[int, list[str], str]:
        pieces = iter([{"type": "http.request", "body": LARGE, "more_body": False}])

        async def receive() -> dict[str, object]:
            return next(pieces)

        body = await SpoolingHandler().read_body(receive)
        where = os.readlink(f"/proc/self/fd/{body.fileno()}")
        size = len(body.read())
        names = left()
        body.close()
        return size, names, where

    size, names, where = asyncio.run(read())
    assert (size, names) == (len(LARGE), [])
    assert where.startswith(str(settings.FILE_UPLOAD_TEMP_DIR))
    assert where.endswith("(deleted)")
