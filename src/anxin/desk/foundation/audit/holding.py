"""Hold the head of an organisation's trail for several acts in one transaction: locked once, written once.

What is appended meanwhile waits in memory and is inserted together at the end, in order; when anything fails, all of it
is gone with the transaction. Nothing within may catch a failure and go on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import models, transaction

from anxin.desk.foundation.audit.models import AuditHead


@dataclass
class HeldHead:
    """The head as it stands by now, and the rows that wait."""

    head: AuditHead
    waiting: dict[type[models.Model], list[models.Model]] = field(default_factory=lambda: defaultdict(list))

    def later(self, row: models.Model) -> None:
        """Insert a row with the others of its kind at the end."""
        self.waiting[type(row)].append(row)

    def write(self) -> None:
        """Insert what waits, and write the head."""
        for kind, rows in self.waiting.items():
            kind._default_manager.bulk_create(rows)
        head = self.head
        AuditHead.objects.filter(pk=head.pk).update(seq=head.seq, hash=head.hash, fact_seq=head.fact_seq)


_HELD: ContextVar[HeldHead | None] = ContextVar("held_head", default=None)


def held_head(organisation_id: str) -> HeldHead | None:
    """Return what holds the head of an organisation now, None when every act locks it by itself."""
    held = _HELD.get()
    return held if held is not None and held.head.pk == organisation_id else None


@contextmanager
def hold(head: AuditHead) -> Iterator[HeldHead]:
    """Hold a head that this transaction has locked, until the end of the block."""
    held = HeldHead(head)
    token = _HELD.set(held)
    try:
        with transaction.atomic():
            yield held
            held.write()
    finally:
        _HELD.reset(token)
