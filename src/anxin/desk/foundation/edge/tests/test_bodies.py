"""A body is bounded while it is read; asked over a real socket, in pieces without a length, too."""

from __future__ import annotations

import http.client
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn
from django.conf import settings
from django.test import Client
from django.urls import resolve, reverse

from anxin.desk.foundation.edge.bodies import body_limit
from anxin.desk.foundation.edge.uploads import SpoolingHandler

DESK = Path(__file__).parents[3]
PIECE = b"x" * 65_536
BODY, UPLOAD, EVIDENCE = 2 << 20, 20 << 20, 100 << 20
FORM = re.compile(r"<form[^>]*multipart/form-data[^>]*>")
ACTION = re.compile(r"""action="{% url '([\w:]+)'""")
ARGUMENTS = {"evidence:add": ("inc_1",), "list_change_new": ("phones", "put")}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A desk that listens; what it is asked here needs no database."""
    config = uvicorn.Config(SpoolingHandler(), log_config=None, lifespan="off", timeout_graceful_shutdown=5)
    server, ready = uvicorn.Server(config), socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [ready]}, daemon=True)
    thread.start()
    yield ready.getsockname()[1]
    server.should_exit = True
    thread.join(60)
    ready.close()
    assert not thread.is_alive()


def asked(
    port: int, pieces: int, *, path: str = "/api/v1/incidents", language: str = "en", chunked: bool = True
) -> tuple[http.client.HTTPResponse, bytes]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/json", "Accept-Language": language}
    if not chunked:
        headers["Content-Length"] = str(pieces * len(PIECE))
    body = (PIECE for _ in range(pieces))
    line.request("POST", path, body=body, headers=headers, encode_chunked=chunked)
    answer = line.getresponse()
    found = answer.read()
    line.close()
    return answer, found


@pytest.mark.parametrize("chunked", [True, False])
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "This is too large: 2048 KiB at most are taken here; nothing was done."),
        ("zh", "内容过大：此处最多 2048 KiB，未执行。"),
    ],
)
def test_a_call_with_too_large_a_body_is_told(port: int, language: str, said: str, *, chunked: bool) -> None:
    answer, body = asked(port, 40, language=language, chunked=chunked)
    problem = json.loads(body)
    assert (answer.status, answer.headers["Content-Type"]) == (413, "application/problem+json")
    assert (problem["code"], problem["title"]) == ("desk.body_too_large", said)
    assert problem["request_id"] == answer.headers["X-Request-Id"]


def test_a_page_says_so_too(port: int) -> None:
    answer, body = asked(port, 40, path="/accounts/login/", language="zh")
    assert answer.status == 413
    assert "内容过大".encode() in body


def test_what_fits_exactly_passes(port: int) -> None:
    assert asked(port, BODY // len(PIECE))[0].status == 403
    assert asked(port, BODY // len(PIECE) + 1)[0].status == 413


def test_a_form_with_files_may_have_more(port: int) -> None:
    assert asked(port, 40, path="/api/v1/incidents/inc_1/evidence")[0].status == 403


def test_who_waits_to_be_asked_is_told_without_sending(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        head = b"POST /api/v1/incidents HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n"
        line.sendall(head + b"Expect: 100-continue\r\n\r\n")
        found = b""
        while piece := line.recv(65_536):
            found += piece
    assert found.startswith(b"HTTP/1.1 413 ")
    assert b"desk.body_too_large" in found


def test_the_connection_goes_on_afterwards(port: int) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    line.request("POST", "/api/v1/incidents", body=(PIECE for _ in range(40)), encode_chunked=True)
    statuses = [line.getresponse()]
    statuses[0].read()
    line.request("GET", "/healthz")
    assert (statuses[0].status, line.getresponse().status) == (413, 200)
    line.close()


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/api/v1/incidents", BODY),
        ("/nowhere", BODY),
        ("/checks/run/", BODY + UPLOAD),
        ("/evidence/of/inc_1/add/", BODY + EVIDENCE),
        ("/api/v1/incidents/inc_1/evidence", BODY + EVIDENCE),
        ("/api/v1/incidents/inc_1/evidence/texts", BODY),
    ],
)
def test_only_what_takes_files_takes_more(path: str, limit: int) -> None:
    assert body_limit(path) == limit


def test_every_form_with_files_and_nothing_else_has_a_limit_of_its_own() -> None:
    forms = [found for each in DESK.rglob("templates/**/*.html") for found in FORM.findall(each.read_text())]
    names = {name for form in forms for name in ACTION.findall(form)}
    assert len(forms) == len([form for form in forms if ACTION.search(form)])
    assert names | {"api:evidence_of"} == set(settings.UPLOAD_BYTES)
    paths = {name: reverse(name, args=ARGUMENTS.get(name, ())) for name in names}
    assert {resolve(path).view_name for path in paths.values()} == names


@pytest.mark.parametrize("path", ["/api/v1/incidents", "/accounts/login/"])
def test_text_beyond_the_limit_inside_a_form_is_told_the_same(sign_in: Callable[..., Client], path: str) -> None:
    answer = sign_in("specialist").post(path, {"note": "x" * (BODY + 1)}, headers={"accept-language": "en"})
    assert answer.status_code == 413
    assert b"2048 KiB" in answer.content
