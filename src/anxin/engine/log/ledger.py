"""The ledger of dropped segments: what remains of them, so that the chain still verifies."""

from __future__ import annotations

import hmac
from pathlib import Path

import msgspec

from anxin.engine.log.disk import Disk
from anxin.engine.log.errors import LogDamaged
from anxin.engine.log.faults import LEDGER_CHANGED, LEDGER_UNREADABLE
from anxin.engine.log.folder import LEDGER
from anxin.engine.log.keys import KeyRing


class Stub(msgspec.Struct, frozen=True):
    """A dropped segment: its place, its times (ms), the chain hash before it and after it."""

    first_seq: int
    last_seq: int
    created_at: int
    last_at: int
    dropped_at: int
    previous: bytes
    chain: bytes


class _Ledger(msgspec.Struct, frozen=True):
    organisation: str
    stubs: tuple[Stub, ...]
    signature: bytes


def read_ledger(folder: Path, organisation: str | None, ring: KeyRing) -> tuple[Stub, ...]:
    """Return the stubs, oldest first, empty when nothing was dropped; `organisation` None takes the one it names.

    Raise LogDamaged when the ledger was changed.
    """
    path = folder / LEDGER
    if not path.exists():
        return ()
    try:
        ledger = msgspec.json.decode(path.read_bytes(), type=_Ledger)
    except msgspec.DecodeError as error:
        raise LogDamaged(file=LEDGER, offset=0, seq=0, fault=LEDGER_UNREADABLE) from error
    if not hmac.compare_digest(ledger.signature, _signature(ledger.stubs, organisation or ledger.organisation, ring)):
        raise LogDamaged(file=LEDGER, offset=0, seq=0, fault=LEDGER_CHANGED)
    return ledger.stubs


def write_ledger(folder: Path, stubs: tuple[Stub, ...], organisation: str, ring: KeyRing, *, disk: Disk) -> None:
    """Put the stubs in place of the old ledger, durably."""
    ledger = _Ledger(organisation, stubs, _signature(stubs, organisation, ring))
    disk.replace(folder / LEDGER, msgspec.json.encode(ledger))


def _signature(stubs: tuple[Stub, ...], organisation: str, ring: KeyRing) -> bytes:
    key = ring.derive(organisation, "log-ledger", 32)
    return hmac.digest(key, msgspec.msgpack.encode((organisation, stubs)), "sha256")
