"""One signature of each kind, and the orders that publish them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from anxin.checkers.result import Words

Confidence = Literal["low", "medium", "high"]
# Traffic Light Protocol 2.0: who may be told.
Tlp = Literal["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
IndicatorKind = Literal["link", "phone", "text"]
Name = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Value = Annotated[str, Meta(min_length=1, max_length=2048)]
Hex = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Token = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
MOST_VALUES = 200_000
Values = Annotated[tuple[Value, ...], Meta(max_length=MOST_VALUES)]


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a signature must hit, and what it must not."""

    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()


class Signature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every signature says of itself; in force from the first day to before the last (UTC)."""

    id: Name
    owner: Annotated[str, Meta(min_length=1, max_length=64)]
    source: Annotated[str, Meta(min_length=1, max_length=256)]
    valid_from: date
    valid_until: date
    confidence: Confidence = "medium"
    tlp: Tlp = "AMBER"
    reason: Words | None = None
    tests: Examples = Examples()

    @property
    def span(self) -> tuple[int, int]:
        """Return the first ms UTC in force and the first one after."""
        return _midnight(self.valid_from), _midnight(self.valid_until)


class LinkSignature(Signature, frozen=True, kw_only=True, tag="link", tag_field="kind"):
    """Links, hosts and domains; high confidence on the black side is final, less accuses within a limit."""

    side: Literal["black", "white"] = "black"
    values: Values


class PhoneSignature(Signature, frozen=True, kw_only=True, tag="phone", tag_field="kind"):
    """Marked numbers: `values` as people write them, which never leave their file; `tokens` are keyed hashes of them.

    `marks` is how often they were reported.
    """

    values: Values = ()
    tokens: Annotated[tuple[Token, ...], Meta(max_length=MOST_VALUES)] = ()
    marks: Annotated[int, Meta(ge=1)] = 1


class TextSignature(Signature, frozen=True, kw_only=True, tag="text", tag_field="kind"):
    """Words of a scam: `phrases`, linear `patterns`, `near` lines as in the packs, and whole `samples` of a campaign.

    `weight` is what a hit weighs. `scam_type` is one of SC01–SC24.
    """

    name: Words
    weight: Annotated[float, Meta(ge=1, le=100)] = 60.0
    scam_type: Annotated[str, Meta(pattern=r"\ASC(0[1-9]|1[0-9]|2[0-4])\Z")] | None = None
    phrases: Annotated[tuple[Value, ...], Meta(max_length=500)] = ()
    patterns: Annotated[tuple[Value, ...], Meta(max_length=50)] = ()
    near: Annotated[tuple[Value, ...], Meta(max_length=50)] = ()
    samples: Annotated[tuple[Annotated[str, Meta(min_length=16, max_length=4000)], ...], Meta(max_length=50)] = ()


class ImageSignature(Signature, frozen=True, kw_only=True, tag="image", tag_field="kind"):
    """Known pictures by their 256-bit perceptual hash (PDQ)."""

    hashes: Annotated[tuple[Hex, ...], Meta(max_length=20_000)]


class HashedSignature(Signature, frozen=True, kw_only=True, tag="hashed", tag_field="kind"):
    """Indicators another platform shared as keyed hashes; `circle` names the secret they were made with."""

    circle: Name
    of: IndicatorKind
    hashes: Annotated[tuple[Hex, ...], Meta(max_length=MOST_VALUES)]


AnySignature = LinkSignature | PhoneSignature | TextSignature | ImageSignature | HashedSignature


class PublishSignatures(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Put a set of signatures into force: the whole of it, or what changed since `base`.

    `drop` are ids that a delta takes out.
    """

    set: Name
    version: Name
    mode: Literal["whole", "delta"] = "whole"
    base: str | None = None
    put: tuple[AnySignature, ...] = ()
    drop: tuple[str, ...] = ()


def size_of(signature: AnySignature) -> int:
    """Return how many values, hashes or ways of writing a signature holds."""
    if isinstance(signature, LinkSignature):
        return len(signature.values)
    if isinstance(signature, PhoneSignature):
        return len(signature.values) + len(signature.tokens)
    if isinstance(signature, TextSignature):
        return len(signature.phrases) + len(signature.patterns) + len(signature.near) + len(signature.samples)
    return len(signature.hashes)


def kind_of(signature: AnySignature) -> str:
    """Return the word for a signature's kind."""
    return str(type(signature).__struct_config__.tag)


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
