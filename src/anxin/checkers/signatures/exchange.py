"""Sharing indicators between platforms as keyed hashes in JSON lines: no number, no text, no address in clear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal, TypeVar

import msgspec

from anxin.checkers.links.lists import black_entry
from anxin.checkers.signatures.errors import FeedRefused
from anxin.checkers.signatures.signature import (
    AnySignature,
    Confidence,
    HashedSignature,
    Hex,
    IndicatorKind,
    LinkSignature,
    Name,
    PhoneSignature,
    PublishSignatures,
    TextSignature,
    Tlp,
)
from anxin.checkers.signatures.tokens import SHORTEST_SECRET, canonical_phone, canonical_text, indicator_hash

FORMAT: Literal["anxin-indicators/1"] = "anxin-indicators/1"
# What may leave the organisation at all.
SHARED_TLP = frozenset({"CLEAR", "GREEN", "AMBER"})
Line = TypeVar("Line")


class ExchangeHead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line: the format, the circle whose secret made the hashes, and the day."""

    format: Literal["anxin-indicators/1"]
    circle: Name
    made_on: date


class Indicator(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One later line: a hash of one canonical link, number or text, and what its sender says of it."""

    kind: IndicatorKind
    hash: Hex
    valid_until: date
    confidence: Confidence = "medium"
    tlp: Tlp = "AMBER"


def export_indicators(signatures: Iterable[AnySignature], *, circle: str, secret: bytes, day: date) -> Iterator[bytes]:
    """Yield the lines that share what is black, still valid and not for one's own eyes; raise FeedRefused.

    Numbers that are kept as an organisation's own tokens cannot be shared: hash them from their file.
    """
    _check_secret(secret)
    yield msgspec.json.encode(ExchangeHead(FORMAT, circle, day)) + b"\n"
    seen: set[tuple[str, str]] = set()
    for each in signatures:
        if each.tlp not in SHARED_TLP or each.valid_until <= day:
            continue
        for kind, value in _canonical(each):
            hashed = indicator_hash(kind, value, secret)
            if (kind, hashed) not in seen:
                seen.add((kind, hashed))
                line = Indicator(kind, hashed, each.valid_until, each.confidence, each.tlp)
                yield msgspec.json.encode(line) + b"\n"


def import_indicators(text: str, *, owner: str, source: str, day: date, version: str) -> PublishSignatures:
    """Return the order that puts another platform's lines into force; raise FeedRefused with the line."""
    lines = [line for line in enumerate(text.splitlines(), start=1) if line[1].strip()]
    head = _line(lines[0][1], ExchangeHead, lines[0][0]) if lines else None
    if head is None:
        raise FeedRefused("数据源是空的", "the feed is empty")
    groups: dict[tuple[IndicatorKind, Confidence, Tlp, date], list[str]] = {}
    for number, line in lines[1:]:
        each = _line(line, Indicator, number)
        if each.valid_until > day:
            groups.setdefault((each.kind, each.confidence, each.tlp, each.valid_until), []).append(each.hash)
    if not groups:
        raise FeedRefused("没有仍然有效的指标", "no indicator in it is still valid")
    put = tuple(
        HashedSignature(
            id=f"{head.circle}-{kind}-{confidence}-{tlp.partition('+')[0].lower()}-{until:%Y%m%d}",
            owner=owner,
            source=source,
            valid_from=day,
            valid_until=until,
            confidence=confidence,
            tlp=tlp,
            circle=head.circle,
            of=kind,
            hashes=tuple(dict.fromkeys(hashes)),
        )
        for (kind, confidence, tlp, until), hashes in sorted(groups.items())
    )
    return PublishSignatures(f"circle-{head.circle}", version, put=put)


def is_exchange(text: str) -> bool:
    """Return whether a text begins as exchanged indicators do."""
    return text.lstrip()[:200].startswith("{") and FORMAT in text[:400]


def _canonical(signature: AnySignature) -> Iterator[tuple[IndicatorKind, str]]:
    if isinstance(signature, LinkSignature) and signature.side == "black":
        yield from (("link", black_entry(value)) for value in signature.values)
    elif isinstance(signature, PhoneSignature):
        yield from (("phone", canonical_phone(value)) for value in signature.values)
    elif isinstance(signature, TextSignature):
        yield from (("text", canonical_text(sample)) for sample in signature.samples)


def _check_secret(secret: bytes) -> None:
    if len(secret) < SHORTEST_SECRET:
        raise FeedRefused(
            f"共享密钥至少 {SHORTEST_SECRET} 字节", f"the shared secret must have at least {SHORTEST_SECRET} bytes"
        )


def _line(line: str, kind: type[Line], number: int) -> Line:
    try:
        return msgspec.json.decode(line, type=kind)
    except msgspec.DecodeError as problem:
        reason, _, place = str(problem).partition(" - at `$")
        raise FeedRefused(reason, reason, field=place.strip("`."), line=number) from None
