"""API keys: who calls, for which organisation, with which scopes, from where, how often."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import ipaddress
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from anxin.engine.errors import EngineError
from anxin.engine.schema.refusals import words_of
from anxin.gateway.addresses import parse_address
from anxin.gateway.problems import RateExceeded, ScopeMissing, Unauthorised
from anxin.gateway.rates import TokenBucket

SCOPES = ("decide", "label", "read", "metrics", "checks", "signatures")
_PREFIX = b"Bearer ax_"


class KeysUnreadable(EngineError):
    """The key file is not as it should be."""

    code = "key.file_unreadable"
    zh = "密钥文件无法读取：{reason}"
    en = "The key file cannot be read: {reason}"


class ApiKey(msgspec.Struct, frozen=True, omit_defaults=True):
    """One key as stored: only the hash of its secret.

    `networks` are CIDR blocks (empty: from anywhere). `rate` is calls a second (0: no limit). Times are ms UTC.
    """

    key_id: str
    organisation: str
    secret_hash: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...] = ()
    rate: int = 0
    burst: int = 100
    expires_at: int | None = None
    revoked_at: int | None = None
    created_at: int = 0


class DrawnKey(NamedTuple):
    """A key just drawn: its id, the SHA-256 of its secret in hex, and its text, which nobody keeps."""

    key_id: str
    secret_hash: str
    text: str


def draw_key() -> DrawnKey:
    """Draw a new key."""
    key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    return DrawnKey(key_id, hashlib.sha256(secret.encode()).hexdigest(), f"ax_{key_id}_{secret}")


class Caller:
    """A key in use: its record, its parsed networks and its bucket."""

    __slots__ = ("bucket", "digest", "is_current", "key", "networks")

    def __init__(self, key: ApiKey, *, clock: Callable[[], int]) -> None:
        self.key = key
        self.digest = bytes.fromhex(key.secret_hash)
        self.networks = tuple(ipaddress.ip_network(each) for each in key.networks)
        self.bucket = TokenBucket(rate=key.rate, burst=key.burst, clock=clock)
        self.is_current = True

    def is_usable(self, *, address: str, now: int) -> bool:
        """Return whether the key is neither revoked nor expired, and may be used from `address`."""
        key = self.key
        if key.revoked_at is not None or (key.expires_at is not None and now >= key.expires_at):
            return False
        if not self.networks:
            return True
        peer = parse_address(address)
        return peer is not None and any(peer in network for network in self.networks)


class KeyBook:
    """The keys of all organisations, kept in one private file that other processes may replace.

    A call with a bad key costs the same whatever is bad about it.
    """

    def __init__(self, path: Path, *, clock: Callable[[], int]) -> None:
        self._path = path
        self._clock = clock
        self._callers: dict[bytes, Caller] = {}
        self._stamp: tuple[int, int, int] | None = None
        nobody = ApiKey(key_id="", organisation="", secret_hash=secrets.token_hex(32), scopes=(), revoked_at=0)
        self._nobody = Caller(nobody, clock=clock)

    def refresh(self) -> bool:
        """Read the file again if it changed; return whether it did. Buckets of unchanged keys keep their level.

        Raise KeysUnreadable when the file is damaged: the keys known before stay good.
        """
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return False
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            self._install(msgspec.json.decode(self._path.read_bytes(), type=list[ApiKey]))
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            zh, en = words_of(problem)
            raise KeysUnreadable(reason=en, reason_zh=zh) from None
        except ValueError as problem:
            raise KeysUnreadable(reason=str(problem), reason_zh=f"内容不正确（{problem}）") from None
        return True

    def _install(self, keys: Iterable[ApiKey]) -> None:
        fresh: dict[bytes, Caller] = {}
        for key in keys:
            name = key.key_id.encode()
            known = self._callers.get(name)
            fresh[name] = known if known is not None and known.key == key else Caller(key, clock=self._clock)
        for name, known in self._callers.items():
            known.is_current = fresh.get(name) is known
        self._callers = fresh

    def list_keys(self) -> list[ApiKey]:
        """Return all keys, revoked ones too."""
        return [each.key for each in self._callers.values()]

    def issue(self, *, organisation: str, scopes: Iterable[str], **limits: object) -> str:
        """Store a new key and return it in clear, the only time it can be seen."""
        drawn = draw_key()
        fields = {
            "key_id": drawn.key_id,
            "organisation": organisation,
            "secret_hash": drawn.secret_hash,
            "scopes": tuple(scopes),
            "created_at": self._clock(),
            **limits,
        }
        with self._alone():
            self._store([*self.list_keys(), msgspec.convert(fields, ApiKey)])
        return drawn.text

    def get(self, key_id: str) -> ApiKey:
        """Return a key; raise KeyError when there is none."""
        return self._callers[key_id.encode()].key

    def put(self, key: ApiKey) -> None:
        """Add a key or replace one of the same organisation; raise ValueError when another one has the id."""
        with self._alone():
            known = self._callers.get(key.key_id.encode())
            if known is not None and known.key.organisation != key.organisation:
                raise ValueError("the key id is taken")
            if known is not None and known.key.revoked_at is not None:
                raise ValueError("the key was revoked")
            self._store([*(each for each in self.list_keys() if each.key_id != key.key_id), key])

    def revoke(self, key_id: str) -> None:
        """Revoke a key; raise KeyError when there is none."""
        with self._alone():
            key = self.get(key_id)
            revoked = msgspec.structs.replace(key, revoked_at=self._clock())
            self._store([revoked if each.key_id == key_id else each for each in self.list_keys()])

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Read the file and keep other processes from changing it for the time of a block, which may `_store`."""
        descriptor = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            self.refresh()
            yield
        finally:
            os.close(descriptor)

    def _store(self, keys: list[ApiKey]) -> None:
        body = msgspec.json.format(msgspec.json.encode(keys), indent=1)
        draft = self._path.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._path)
        self.refresh()

    def admit(self, authorization: bytes | None, *, address: str) -> Caller:
        """Return the caller behind an Authorization header; raise Unauthorised."""
        header = authorization or b""
        key_id, _, secret = header[len(_PREFIX) :].partition(b"_")
        caller = self._callers.get(key_id, self._nobody)
        matches = hmac.compare_digest(hashlib.sha256(secret).digest(), caller.digest)
        usable = caller.is_usable(address=address, now=self._clock())
        if not (matches and usable and header.startswith(_PREFIX)):
            raise Unauthorised
        return caller

    def is_still_admitted(self, caller: Caller) -> bool:
        """Return whether a caller admitted before on the same connection with the same header would be again."""
        expires_at = caller.key.expires_at
        return caller.is_current and (expires_at is None or self._clock() < expires_at)


def require_scope(caller: Caller, scope: str) -> None:
    """Raise ScopeMissing unless the caller's key has the scope."""
    if scope not in caller.key.scopes:
        raise ScopeMissing(scope=scope)


def spend(caller: Caller, count: int) -> None:
    """Take `count` calls from the caller's rate; raise RateExceeded."""
    seconds = caller.bucket.take(count)
    if seconds:
        refusal = RateExceeded(seconds=seconds)
        refusal.retry_after = seconds
        raise refusal
