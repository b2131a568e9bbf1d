"""What the gateway and its check worker say to each other: frames of length and MessagePack."""

from __future__ import annotations

from typing import Literal

import msgspec

LENGTH = 4
LONGEST_FRAME = 32 * 1024 * 1024
READY = 0


class KeepSecrets(msgspec.Struct, frozen=True, array_like=True, tag="secrets"):
    """The key of an organisation's number tokens, and its circles' secrets by name."""

    number: int
    organisation: str
    phone_key: bytes
    circles: dict[str, bytes]


class TakeOrder(msgspec.Struct, frozen=True, array_like=True, tag="order"):
    """One `signatures.publish` of the control stream."""

    number: int
    organisation: str
    seq: int
    body: str


class FillFields(msgspec.Struct, frozen=True, array_like=True, tag="fill"):
    """Fill the named fields of one event; `at` is ms UTC."""

    number: int
    organisation: str
    event_type: str
    text: str
    names: tuple[str, ...]
    at: int
    message_no: int | None = None


class RunCheck(msgspec.Struct, frozen=True, array_like=True, tag="check"):
    """Check what somebody pasted; `displayed`, `called` and `claims_domestic` are a number's."""

    number: int
    organisation: str
    kind: Literal["link", "phone", "text"]
    text: str
    at: int
    displayed: str | None = None
    called: bool = True
    claims_domestic: bool = False


class CheckPicture(msgspec.Struct, frozen=True, array_like=True, tag="picture"):
    """Check the picture in a file."""

    number: int
    organisation: str
    data: bytes
    at: int


class ProveOrder(msgspec.Struct, frozen=True, array_like=True, tag="prove"):
    """Say whether an order would be taken into effect, and make it fit to travel; nothing changes."""

    number: int
    organisation: str
    body: bytes


class DescribeSignatures(msgspec.Struct, frozen=True, array_like=True, tag="describe"):
    """Say what is published, without values."""

    number: int
    organisation: str
    at: int


Asked = KeepSecrets | TakeOrder | FillFields | RunCheck | CheckPicture | ProveOrder | DescribeSignatures


class Answered(msgspec.Struct, frozen=True, array_like=True):
    """The answer to one message.

    `body` is a JSON document, or the members of one for a filling. `met` are signatures that were hit, `level` what a
    check found. `refusal_zh` and `refusal_en` say why an order was refused, `fault` where the
    worker itself failed.
    """

    number: int
    body: bytes = b""
    met: tuple[str, ...] = ()
    level: str = ""
    refusal_zh: str = ""
    refusal_en: str = ""
    fault: str = ""


def frame(message: Asked | Answered) -> bytes:
    """Return a message as it goes over the wire."""
    encoded = msgspec.msgpack.encode(message)
    return len(encoded).to_bytes(LENGTH, "big") + encoded
