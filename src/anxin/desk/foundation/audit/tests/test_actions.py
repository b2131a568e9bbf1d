from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db import transaction

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.audit.chain import link_hash
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor


def test_entries_form_a_chain(actor: Callable[..., Actor]) -> None:
    by = actor("specialist")
    with transaction.atomic():
        for number in range(3):
            record_entry("case.view", by=by, at=NIGHT, on=("user", f"u{number}"), reason="客户来电")
    rows = list(AuditEntry.objects.filter(organisation_id=by.organisation_id).order_by("seq"))
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert all(bytes(row.hash) == link_hash(row.link()) for row in rows)
    assert all(bytes(later.previous_hash) == bytes(row.hash) for row, later in pairwise(rows))
    assert "客户来电".encode() not in bytes(rows[-1].reason_sealed or b"")


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_an_entry_outside_a_transaction_is_refused(actor: Callable[..., Actor]) -> None:
    with pytest.raises(RuntimeError, match="transaction of its act"):
        record_entry("case.view", by=actor("specialist"), at=NIGHT, on=("user", "u"))
