"""Making an order fit to travel: no number leaves the file it was written in."""

from __future__ import annotations

import msgspec

from anxin.checkers.signatures.signature import Examples, PhoneSignature, PublishSignatures
from anxin.checkers.signatures.tokens import phone_token


def seal(order: PublishSignatures, phone_key: bytes) -> PublishSignatures:
    """Return the order with every number as an organisation's own token; examples of numbers stay behind."""
    put = tuple(_sealed(each, phone_key) if isinstance(each, PhoneSignature) else each for each in order.put)
    return msgspec.structs.replace(order, put=put)


def _sealed(signature: PhoneSignature, phone_key: bytes) -> PhoneSignature:
    tokens = dict.fromkeys((*signature.tokens, *(phone_token(value, phone_key) for value in signature.values)))
    return msgspec.structs.replace(signature, values=(), tokens=tuple(tokens), tests=Examples())
