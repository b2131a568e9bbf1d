"""What the reading process says to its worker."""

from __future__ import annotations

import msgspec

from anxin.checkers.images.errors import Refusal
from anxin.checkers.screenshots.page import Scan
from anxin.vision.errors import Cause


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The models are loaded."""


class Scanned(msgspec.Struct, frozen=True, tag="scanned"):
    """The picture was read."""

    scan: Scan


class Declined(msgspec.Struct, frozen=True, tag="declined"):
    """The file is no picture that may be read."""

    refusal: Refusal


class Failed(msgspec.Struct, frozen=True, tag="failed"):
    """The process cannot go on, and ends."""

    cause: Cause
    detail: str = ""


Message = Ready | Scanned | Declined | Failed
_ENCODER = msgspec.msgpack.Encoder()
_DECODER: msgspec.msgpack.Decoder[Message] = msgspec.msgpack.Decoder(Message)


def encode_message(message: Message) -> bytes:
    """Return a message as bytes."""
    return _ENCODER.encode(message)


def decode_message(encoded: bytes) -> Message:
    """Return the message of bytes; raises msgspec.MsgspecError."""
    return _DECODER.decode(encoded)
