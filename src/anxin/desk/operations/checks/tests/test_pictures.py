"""Pictures: taken in, waited for, answered once, whose they are, and every bad one refused with its reason."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anxin.checkers.result import Checked, Cue, Words
from anxin.checkers.screenshots.check import Screenshot
from anxin.checkers.screenshots.mark import Mark
from anxin.checkers.screenshots.page import Box
from anxin.desk.operations.checks import pictures
from anxin.desk.operations.checks.models import CheckRun
from anxin.desk.operations.intelligence.library import forget_libraries
from anxin.vision.errors import WorkerRefused

SignIn = Callable[..., Client]
HX = {"hx-request": "true"}
pytestmark = pytest.mark.django_db(databases="__all__")


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (width + 1) * min(height, 100))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


SMALL = png(40, 20)
CUE = Cue("text.SC04", Words("冒充客服", "posing as service"), 60.0, 0, 4, "SC04")
ANSWER = Screenshot(
    Checked("image", "suspicious", 60.0, (CUE,)),
    "退款客服 138****8000",
    (Mark("cue", "c", (Box(1, 2, 9, 8),), 60.0, "退"),),
    SMALL,
)


class Reader:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.answer: Future[Screenshot] = Future()

    def check(self, _data: bytes, *, knowledge: Any) -> Screenshot:
        return self.answer.result(timeout=300)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    forget_libraries()
    fresh = Reader()
    queue = pictures.PictureQueue(fresh)  # type: ignore[arg-type]
    monkeypatch.setattr(pictures, "_queue", queue)
    yield fresh
    if not fresh.answer.done():
        fresh.answer.set_exception(WorkerRefused("closed"))
    queue._threads.shutdown()


def upload(client: Client, data: bytes) -> Any:
    file = SimpleUploadedFile("chat.png", data, "image/png")
    return client.post("/checks/run/", {"picture": file, "text": "", "as": "check"}, headers=HX)


def job_path() -> str:
    (job,) = pictures.picture_queue()._jobs.values()
    return f"/checks/pictures/{job.id}/"


def finished() -> None:
    (job,) = pictures.picture_queue()._jobs.values()
    while not job.answer.done():
        job.answer.exception(timeout=300)


def test_a_picture_waits_and_is_answered_once(sign_in: SignIn, reader: Reader) -> None:
    client = sign_in("service_agent")
    assert b"Reading the picture" in upload(client, SMALL).content
    path = job_path()
    assert b"Reading the picture" in client.post(path, headers=HX).content
    assert CheckRun.objects.count() == 0
    reader.answer.set_result(ANSWER)
    finished()
    for _ in range(2):
        page = client.post(path, headers=HX).content.decode()
    assert 'viewBox="0 0 40 20"' in page
    assert '<rect x="1" y="2" width="8" height="6">' in page
    assert "posing as service" in page
    (row,) = CheckRun.objects.all()
    assert (row.kind, row.verdict) == ("image", "suspicious")
    copy = client.get(path + "redacted/?download")
    assert (copy.content, copy["Content-Type"], copy["Cache-Control"]) == (SMALL, "image/png", "no-store")


def test_a_picture_is_its_owners_only(sign_in: SignIn, reader: Reader) -> None:
    upload(sign_in("service_agent"), SMALL)
    reader.answer.set_result(ANSWER)
    finished()
    for other in (sign_in("specialist"), sign_in("mentor")):
        assert other.post(job_path()).status_code == 404
        assert other.get(job_path() + "redacted/").status_code == 404
    assert CheckRun.objects.count() == 0


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the file is empty"),
        (b"hello", "no PNG, JPEG"),
        (png(20_000, 20_000), "40 million pixels"),
        (SMALL[:20], "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20_000_000, "20 MB"),
    ],
)
def test_a_bad_picture_is_refused_at_once(sign_in: SignIn, reader: Reader, data: bytes, why: str) -> None:
    answer = upload(sign_in("service_agent"), data)
    assert (answer.status_code, why in answer.content.decode()) == (422, True)
    assert not pictures.picture_queue()._jobs


@pytest.mark.parametrize(
    ("cause", "why"), [("extra_missing", "make full"), ("died", "ended"), ("too_slow", "too long")]
)
def test_a_picture_that_cannot_be_read_says_why(sign_in: SignIn, reader: Reader, cause: Any, why: str) -> None:
    client = sign_in("service_agent")
    upload(client, SMALL)
    reader.answer.set_exception(WorkerRefused(cause))
    finished()
    answer = client.post(job_path(), headers=HX)
    assert (answer.status_code, why in answer.content.decode()) == (422, True)
    assert CheckRun.objects.count() == 0


def test_too_many_pictures_are_refused(sign_in: SignIn, reader: Reader) -> None:
    client = sign_in("service_agent")
    for _ in range(pictures.MOST_WAITING):
        assert upload(client, SMALL).status_code == 200
    assert b"too many pictures" in upload(client, SMALL).content
