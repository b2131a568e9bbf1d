"""Sign a message and post it: one attempt, at most ten seconds, no redirects followed (standardwebhooks.com)."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from anxin.desk.foundation.webhooks.addresses import InwardTarget, Network, Target, resolve_target

SECONDS = 10.0
_READ = 16_384
SECRET_PREFIX = "whsec_"  # noqa: S105 how the standard marks a secret
Outcome = Literal["accepted", "refused", "redirect", "gone", "slow", "unreachable", "inward", "sealed", "fault"]


@dataclass(frozen=True)
class Message:
    """What is sent: `message_id` stays through all attempts, `body` is JSON."""

    message_id: str
    body: str


@dataclass(frozen=True)
class Attempt:
    """How one attempt went; `status` None when there was no answer."""

    outcome: Outcome
    status: int | None
    took_ms: int

    @property
    def is_accepted(self) -> bool:
        """Return whether the target took it."""
        return self.outcome == "accepted"


def sign(message: Message, secrets: Sequence[str], *, timestamp: int) -> str:
    """Return the `webhook-signature` header: one `v1,` signature for each secret (`whsec_` and base64)."""
    signed = f"{message.message_id}.{timestamp}.{message.body}".encode()
    keys = [base64.b64decode(each.removeprefix(SECRET_PREFIX)) for each in secrets]
    made = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode() for key in keys]
    return " ".join(f"v1,{each}" for each in made)


def post(
    message: Message, target: Target, secrets: Sequence[str], *, timestamp: int, inner: Sequence[Network] = ()
) -> Attempt:
    """Post the message once; every way it can fail is an outcome, never an exception."""
    started = time.monotonic()
    status: int | None = None
    outcome: Outcome
    try:
        status = _exchange(message, target, secrets, timestamp, inner)
        outcome = _outcome(status)
    except InwardTarget:
        outcome = "inward"
    except TimeoutError:
        outcome = "slow"
    except (OSError, http.client.HTTPException):
        outcome = "slow" if time.monotonic() - started >= SECONDS else "unreachable"
    return Attempt(outcome, status, int((time.monotonic() - started) * 1000))


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return "accepted"
    if status == http.HTTPStatus.GONE:
        return "gone"
    return "redirect" if 300 <= status < 400 else "refused"


def _exchange(
    message: Message, target: Target, secrets: Sequence[str], timestamp: int, inner: Sequence[Network]
) -> int:
    connection = _Pinned(target, resolve_target(target, inner=inner))
    watchdog = threading.Timer(SECONDS, connection.break_off)
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", target.path, message.body.encode(), _headers(message, secrets, timestamp))
        answer = connection.getresponse()
        answer.read(_READ)
        if connection.was_broken_off:  # a cut header reads like a short one
            raise TimeoutError
        return answer.status
    finally:
        watchdog.cancel()
        connection.close()


def _headers(message: Message, secrets: Sequence[str], timestamp: int) -> dict[str, str]:
    return {
        "Content-Type": "application/json",
        "User-Agent": "Anxin-Webhooks/1",
        "webhook-id": message.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(message, secrets, timestamp=timestamp),
    }


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked up before; the name serves for the certificate and the Host header."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._target = target
        self._address = address
        self.was_broken_off = False

    def connect(self) -> None:
        """Connect to the pinned address."""
        raw = socket.create_connection((self._address, self._target.port), SECONDS)
        if self._target.is_tls:
            self.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=self._target.host)
        else:
            self.sock = raw

    def break_off(self) -> None:
        """End the exchange from another thread: a target that drips byte by byte holds nobody up."""
        self.was_broken_off = True
        with contextlib.suppress(OSError):
            if self.sock is not None:
                self.sock.shutdown(socket.SHUT_RDWR)
