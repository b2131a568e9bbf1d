"""The sets of signatures that one organisation published; a change makes a new book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from anxin.checkers.signatures.errors import SignatureRefused
from anxin.checkers.signatures.force import InForce, Secrets
from anxin.checkers.signatures.proving import prove
from anxin.checkers.signatures.signature import AnySignature, PublishSignatures


class PublishedSet(msgspec.Struct, frozen=True):
    """One set at work: its version, and its signatures by id, proven and in canonical form."""

    version: str
    signatures: Mapping[str, AnySignature]


class SignatureBook(msgspec.Struct, frozen=True):
    """All sets by name. The same orders in the same order make the same book."""

    sets: Mapping[str, PublishedSet] = {}

    def __iter__(self) -> Iterator[AnySignature]:
        """Yield every signature, set by set in the order of their names."""
        for _, published in sorted(self.sets.items()):
            yield from published.signatures.values()

    def published(self, order: PublishSignatures, *, is_proven: bool = False) -> SignatureBook:
        """Return the book after an order; raise SignatureRefused, with this book as it was.

        `is_proven` spares the examples of an order that was proven before.
        """
        known = self.sets.get(order.set)
        if order.mode == "delta":
            if known is None or (order.base is not None and order.base != known.version):
                version = known.version if known is not None else ""
                raise SignatureRefused(
                    f"增量基于 {order.base or '?'}，当前版本是 {version or '无'}",
                    f"the delta builds on {order.base or '?'}, in force is {version or 'nothing'}",
                    field="base",
                )
            kept = dict(known.signatures)
            for each in order.drop:
                if kept.pop(each, None) is None:
                    raise SignatureRefused("没有这个特征", "there is no such signature", signature=each, field="drop")
        else:
            kept = {}
        self._refuse_twins(order)
        for one in order.put:
            kept[one.id] = one if is_proven else prove(one)
        return SignatureBook({**self.sets, order.set: PublishedSet(order.version, kept)})

    def _refuse_twins(self, order: PublishSignatures) -> None:
        own: set[str] = set()
        others = {each for name, one in self.sets.items() if name != order.set for each in one.signatures}
        for each in order.put:
            if each.id in own or each.id in others:
                raise SignatureRefused("编号重复", "the id stands twice", signature=each.id, field="id")
            own.add(each.id)

    def in_force(self, secrets: Secrets, *, at: int) -> InForce:
        """Return what is in force at a moment (ms UTC)."""
        return InForce(self, secrets, at=at)
