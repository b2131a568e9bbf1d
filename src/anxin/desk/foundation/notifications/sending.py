"""Send messages one after another, in a process of its own, without Django: it may be killed in the middle.

Each line of the input is a message as JSON, each line of the output its attempt. Addresses and tokens come by the pipe
only. Whatever the sending library does, this process connects to no address inside: the hook sees every connection.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import os
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TextIO

import apprise
import requests
from apprise.url import URLBase

from anxin.desk.foundation.webhooks.addresses import InwardTarget, Network, is_allowed
from anxin.faults import catch_uncaught

CONNECT_SECONDS, READ_SECONDS = 3.0, 6.0
_REFERENCES = ("id", "message_id", "msgid", "ts", "request_id", "requestId")
_REFERENCE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_FORBIDDEN = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "socket.sendto"})
_LONGEST = 65_536
_ANY_ADDRESS = "json://127.0.0.1"


@dataclass
class _Seen:
    """What happened on the wire while one message was sent."""

    inner: Sequence[Network] = ()
    is_on: bool = False
    was_inward: bool = False
    is_slow: bool = False
    is_cut: bool = False
    is_denied: bool = False
    status: int | None = None
    reference: str = ""
    answers: list[requests.Response] = field(default_factory=list)


_seen = _Seen()
_request = requests.Session.request


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse connections inward and everything that would leave this process: called by the interpreter itself."""
    if not _seen.is_on:
        return
    if event in _FORBIDDEN:
        raise InwardTarget(event)
    if event == "socket.connect" and not _may_connect(arguments[1]):
        _seen.was_inward = True
        raise InwardTarget(event)


def _may_connect(address: object) -> bool:
    if not isinstance(address, tuple):
        return False
    try:
        where = ipaddress.ip_address(str(address[0]).partition("%")[0])
    except ValueError:
        return False
    return is_allowed(where, _seen.inner)


def _observed(session: requests.Session, *args: Any, **kwargs: Any) -> requests.Response:
    """Send a request as the library wants it, but follow no redirect, use no proxy, and keep what was answered."""
    session.trust_env = False
    kwargs["allow_redirects"] = False
    try:
        answer = _request(session, *args, **kwargs)
    except requests.Timeout:
        _seen.is_slow = True
        raise
    except requests.RequestException:
        _seen.is_cut = True
        raise
    _seen.status, _seen.reference = answer.status_code, _reference(answer)
    _seen.is_denied = _seen.is_denied or _says_no(answer)
    return answer


def _body(answer: requests.Response) -> dict[str, Any]:
    try:
        found = json.loads(answer.content[:_LONGEST])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _says_no(answer: requests.Response) -> bool:
    """Return whether a provider that answers 200 says in the body that it did not take the message."""
    if 300 <= answer.status_code < 400:
        return True
    body = _body(answer)
    code = body.get("errcode", body.get("code", body.get("StatusCode", 0)))
    return code not in (0, "0", 200, None) or body.get("ok") is False or body.get("success") is False


def _reference(answer: requests.Response) -> str:
    body = _body(answer)
    inside = body.get("data")
    places = (body, inside if isinstance(inside, dict) else {}, answer.headers)
    for place in places:
        for name in (*_REFERENCES, "x-request-id"):
            if (found := place.get(name)) and _REFERENCE.fullmatch(str(found)):
                return str(found)
    return ""


def send(message: dict[str, Any]) -> dict[str, Any]:
    """Send one message; every way it can fail is an outcome."""
    global _seen
    started = time.monotonic()
    _seen = _Seen(inner=tuple(ipaddress.ip_network(each) for each in message["inner"]))
    plugin = apprise.Apprise.instantiate(message["address"], suppress_exceptions=True)
    took = False
    if plugin is not None:
        _seen.is_on = True
        took = _notify(plugin, message)
        _seen.is_on = False
    return {
        "outcome": "unreadable" if plugin is None else _outcome(took),
        "status": _seen.status,
        "reference": _seen.reference,
        "took_ms": int((time.monotonic() - started) * 1000),
    }


def _notify(plugin: apprise.NotifyBase, message: dict[str, Any]) -> bool:
    kind = apprise.NotifyType.WARNING if message["is_urgent"] else apprise.NotifyType.INFO
    try:
        return bool(plugin.notify(title=message["title"], body=message["text"], notify_type=kind))
    except InwardTarget:
        _seen.was_inward = True
    except (OSError, TypeError, ValueError):
        _seen.is_cut = True
    return False


def _outcome(took: bool) -> str:
    if _seen.was_inward:
        return "inward"
    if took and not _seen.is_denied:
        return "accepted"
    if _seen.is_slow:
        return "slow"
    return "unreachable" if _seen.is_cut and _seen.status is None else "refused"


def _answer_all(given: TextIO, told: TextIO) -> None:
    for line in given:
        told.write(json.dumps(send(json.loads(line))) + "\n")
        told.flush()


def main() -> None:
    """Say a line when ready, then answer until the input ends."""
    catch_uncaught()
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    logging.disable(logging.CRITICAL)
    URLBase.socket_connect_timeout, URLBase.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    requests.Session.request = _observed  # type: ignore[assignment,method-assign] # the only place all providers pass
    # The library reads its hundred ways when the first address is asked for: that is not to be the first message's.
    apprise.Apprise.instantiate(_ANY_ADDRESS)
    sys.addaudithook(_watch)
    told.write("\n")
    told.flush()
    _answer_all(sys.stdin, told)


if __name__ == "__main__":
    main()
