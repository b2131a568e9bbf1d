"""The signatures that a gateway's control stream holds, for commands."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from anxin.checkers.signatures.book import SignatureBook
from anxin.checkers.signatures.errors import SignatureRefused
from anxin.checkers.signatures.reading import parse_order
from anxin.checkers.signatures.signature import PublishSignatures
from anxin.cli.gateway import now_ms
from anxin.engine.log.keys import FileKeyRing
from anxin.gateway.config import GatewayConfig, master_key_path
from anxin.gateway.control import ControlRow, ControlWriter, open_control
from anxin.gateway.control_place import order_url
from anxin.gateway.signature_orders import KEY_BYTES, KEY_PURPOSE, PUBLISH

_AT_ONCE = 50


def published_book(config: GatewayConfig) -> SignatureBook:
    """Return what is published; orders that the gateway refused are passed over as it does. Raise EngineError."""
    book = SignatureBook()
    for row in _rows(config):
        try:
            book = book.published(parse_order(row.body.encode()))
        except SignatureRefused:
            continue
    return book


def _rows(config: GatewayConfig) -> Iterator[ControlRow]:
    table = open_control(order_url(config))
    try:
        after = 0
        while rows := table.rows_of(config.organisation, PUBLISH, after, _AT_ONCE):
            after = rows[-1].seq
            yield from rows
    finally:
        table.close()


def append_order(config: GatewayConfig, order: PublishSignatures) -> int:
    """Write an order into the control stream; return its place there. Raise EngineError."""
    table = open_control(order_url(config))
    try:
        return ControlWriter(table).append(config.organisation, PUBLISH, msgspec.to_builtins(order), at=now_ms())
    finally:
        table.close()


def phone_key(config: GatewayConfig) -> bytes:
    """Return the key of the organisation's number tokens."""
    return FileKeyRing(master_key_path(config)).derive(config.organisation, KEY_PURPOSE, KEY_BYTES)
