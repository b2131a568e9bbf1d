"""Parameters that a call does not take are refused before anything is read; open calls take whatever a probe sends."""

from __future__ import annotations

from pathlib import Path

import pytest

from anxin.gateway.api import Api, Bounds, Call, _is_set
from anxin.gateway.health import Health
from anxin.gateway.keys import KeyBook
from anxin.gateway.metrics import Metrics
from anxin.gateway.problems import ParameterUnknown, RequestMalformed, Unauthorised
from anxin.gateway.requests import Request


@pytest.fixture
def api(tmp_path: Path) -> Api:
    keys = KeyBook(tmp_path / "keys.json", clock=lambda: 1_700_000_000_000)
    return Api(keys=keys, metrics=Metrics(), health=Health(), bounds=Bounds(1024, 4096, 10))


def asked(api: Api, method: bytes, url: bytes, *, key: str | None) -> Request:
    path, _, query = url.partition(b"?")
    headers = {b"content-type": b"application/json"} if method == b"POST" else {}
    if key is not None:
        headers[b"authorization"] = b"Bearer " + key.encode()
    return Request(method=method, path=path, query=query, headers=headers, address="127.0.0.1")


def key_of(api: Api) -> str:
    return api._keys.issue(organisation="shop", scopes=("decide", "label", "read", "checks"))


@pytest.mark.parametrize(
    ("method", "url", "said"),
    [
        (b"POST", b"/v1/decisions?explian=1", "Did you mean explain?"),
        (b"POST", b"/v1/decisions?explain=1&dry_run=1", "Unknown parameter \u201cdry_run\u201d"),
        (b"POST", b"/v1/decisions:batch?explain=1", "None is taken here."),
        (b"POST", b"/v1/labels?dry_run", "None is taken here."),
        (b"POST", b"/v1/checks/link?deep=1", "None is taken here."),
        (b"GET", b"/v1/decisions/e?explain=1", "None is taken here."),
        (b"GET", b"/v1/holds/user/u?at=1", "None is taken here."),
        (b"GET", b"/v1/holds/user/u?%ff=1", "None is taken here."),
    ],
)
def test_a_parameter_that_a_call_does_not_take_is_refused(api: Api, method: bytes, url: bytes, said: str) -> None:
    with pytest.raises(ParameterUnknown) as refused:
        api.open(asked(api, method, url, key=key_of(api)))
    assert said in refused.value.sentence("en")


def test_also_behind_a_request_that_was_in_order(api: Api) -> None:
    key = key_of(api)
    first, second = (asked(api, b"POST", b"/v1/decisions" + each, key=key) for each in (b"?explain=1", b"?dry_run=1"))
    api.open(first)
    second.before = first
    with pytest.raises(ParameterUnknown):
        api.open(second)
    assert second.caller is first.caller


@pytest.mark.parametrize("value", [b"%ff", b"\xff", b"2", b""])
def test_a_switch_that_is_neither_on_nor_off_is_refused(value: bytes) -> None:
    with pytest.raises(RequestMalformed):
        _is_set(b"explain=" + value, "explain")


def test_strangers_hear_of_the_key_only(api: Api) -> None:
    with pytest.raises(Unauthorised):
        api.open(asked(api, b"POST", b"/v1/decisions?explian=1", key=None))


@pytest.mark.parametrize("path", [b"/healthz", b"/readyz", b"/metrics", b"/openapi.json"])
def test_open_calls_take_whatever_a_probe_sends(api: Api, path: bytes) -> None:
    request = asked(api, b"GET", path + b"?verbose=1", key=None)
    api.open(request)
    assert isinstance(request.call, Call)
