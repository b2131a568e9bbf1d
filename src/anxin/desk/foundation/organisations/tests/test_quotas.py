from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import close_old_connections, connection, transaction

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.organisations.models import QuotaUse
from anxin.desk.foundation.organisations.quotas import Quota, QuotaSpent, quota_of, spend
from anxin.desk.foundation.permissions.authority import Forbidden

ActorWith = Callable[..., Actor]


def reveal(by: Actor, at: datetime = NIGHT, count: int = 1) -> Quota:
    return spend(by=by, permission="field.reveal", at=at, count=count)


def test_limit_is_kept_for_the_local_day(actor: ActorWith) -> None:
    by = actor("service_agent")
    assert reveal(by, count=19).remaining == 1
    assert reveal(by) == Quota(20, 20)
    with pytest.raises(QuotaSpent) as refused:
        reveal(by)
    assert "20 of 20 a day" in refused.value.sentence("en")
    assert "值班组长" in refused.value.sentence("zh")
    assert quota_of(by=by, permission="field.reveal", at=NIGHT) == Quota(20, 20)
    midnight = NIGHT + timedelta(hours=20, minutes=50)
    with pytest.raises(QuotaSpent):
        reveal(by, at=midnight - timedelta(seconds=1))
    assert reveal(by, at=midnight) == Quota(1, 20)


def test_batch_that_does_not_fit_spends_nothing(actor: ActorWith) -> None:
    by = actor("service_agent")
    reveal(by, count=15)
    with pytest.raises(QuotaSpent):
        reveal(by, count=6)
    assert quota_of(by=by, permission="field.reveal", at=NIGHT).remaining == 5


def test_shift_of_eight_hours(actor: ActorWith) -> None:
    by = actor("specialist")
    for _ in range(10):
        spend(by=by, permission="freeze.open", at=NIGHT)
    with pytest.raises(QuotaSpent, match="freeze"):
        spend(by=by, permission="freeze.open", at=NIGHT + timedelta(hours=4, minutes=49))
    assert spend(by=by, permission="freeze.open", at=NIGHT + timedelta(hours=4, minutes=50)).used == 1


def test_without_limit_nothing_is_counted(actor: ActorWith) -> None:
    assert spend(by=actor("shift_lead"), permission="freeze.open", at=NIGHT) == Quota(0, None)
    with pytest.raises(Forbidden):
        spend(by=actor("auditor"), permission="freeze.open", at=NIGHT)
    assert QuotaUse.objects.count() == 0


def test_what_failed_is_not_spent(actor: ActorWith) -> None:
    by = actor("service_agent")

    def fail_after_spending() -> None:
        with transaction.atomic():
            reveal(by)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_spending()
    assert quota_of(by=by, permission="field.reveal", at=NIGHT).used == 0


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_two_at_once_do_not_exceed(actor: ActorWith) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the in-memory test database of SQLite has one connection")
    by = actor("service_agent")
    reveal(by, count=15)
    spent: list[bool] = []

    def click() -> None:
        try:
            with transaction.atomic():
                reveal(by)
            spent.append(True)
        except QuotaSpent:
            spent.append(False)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(spent) == [False] * 3 + [True] * 5
    assert quota_of(by=by, permission="field.reveal", at=NIGHT).used == 20
