"""Reading what the check calls are given; nothing here checks."""

from __future__ import annotations

import hashlib
from typing import Literal, TypeVar

import msgspec

from anxin.checkers.signatures.corrections import CorrectionWord
from anxin.engine.schema.refusals import malformed_of, refusal_of
from anxin.gateway.problems import CheckFieldInvalid, CheckMalformed
from anxin.gateway.unknown import unknown_field

Kind = Literal["link", "phone", "text"]
Given = TypeVar("Given")
CHECK_BYTES, ORDER_BYTES, CORRECTION_BYTES = 1_049_600, 4_194_304, 4_096
# Characters that are looked at; one more of a text, so that the answer can say that there was more.
_READ: dict[Kind, int] = {"link": 65_536, "phone": 256, "text": 20_001}
GIVEN_IN: dict[Kind, tuple[str, ...]] = {"link": ("link", "url", "text"), "phone": ("phone", "text"), "text": ("text",)}


class LinkRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to check: one of `link`, `url` and `text`, of which the first link counts."""

    link: str | None = None
    url: str | None = None
    text: str | None = None


class PhoneRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which number to check, in one of `phone` and `text`.

    `displayed` is what the screen showed, `called` whether it called her, `claims_domestic` whether the caller spoke
    for a domestic office.
    """

    phone: str | None = None
    text: str | None = None
    displayed: str | None = None
    called: bool = True
    claims_domestic: bool = False


class TextRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message to check."""

    text: str | None = None


CheckRequest = LinkRequest | PhoneRequest | TextRequest
REQUESTS: dict[Kind, type[CheckRequest]] = {"link": LinkRequest, "phone": PhoneRequest, "text": TextRequest}


def text_of(request: CheckRequest, kind: Kind) -> str:
    """Return the text to check; raise CheckFieldInvalid unless exactly one is given."""
    names = GIVEN_IN[kind]
    given = [value for name in names if (value := getattr(request, name)) is not None]
    if len(given) != 1:
        field = " | ".join(names)
        raise CheckFieldInvalid(
            pointer=f"/{names[0]}", field=field, reason="give one of them", reason_zh="须给出其中一个"
        )
    return str(given[0][: _READ[kind]])


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person says of a signature: it hit wrongly, rightly, or should have hit.

    `reference` is the caller's own id of the case; the same correction of one case counts once. No free text.
    """

    correction: CorrectionWord
    signature: str = ""
    event_id: str | None = None
    reference: str | None = None
    at: int | str | None = None

    @property
    def own_id(self) -> str:
        """Return the event id of the correction: the same one sent twice is one event."""
        told_apart = self.reference if self.reference is not None else self.at
        parts = repr((self.correction, self.signature, self.event_id, told_apart)).encode()
        return "correction-" + hashlib.blake2b(parts, digest_size=16).hexdigest()


def parse_request(body: bytes, kind: type[Given]) -> Given:
    """Return what a call is given; raise CheckMalformed, CheckFieldInvalid or FieldUnknown."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as problem:
        unknown = unknown_field(problem, kind)
        if unknown is not None:
            raise unknown from None
        refused = refusal_of(str(problem), None)
        if refused.pointer is None:
            raise CheckFieldInvalid(pointer=None, field="body", **refused.details) from None
        raise CheckFieldInvalid(pointer=refused.pointer, **refused.details) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise CheckMalformed(pointer=None, **malformed_of(problem).details) from None


def parse_correction(body: bytes) -> Correction:
    """Return a correction; raise a refusal when it says nothing that could be counted."""
    given = parse_request(body, Correction)
    if not given.signature and given.correction != "missed":
        raise CheckFieldInvalid(
            pointer="/signature",
            field="signature",
            reason="only what was missed has none",
            reason_zh="只有漏报可以不填",
        )
    for name in ("signature", "event_id", "reference"):
        if len(getattr(given, name) or "") > 128:
            raise CheckFieldInvalid(
                pointer=f"/{name}", field=name, reason="128 characters at most", reason_zh="最多 128 个字符"
            )
    return given
