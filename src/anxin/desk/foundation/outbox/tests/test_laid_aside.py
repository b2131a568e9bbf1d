"""What no reader can react to costs less and less, is told all the while, and can be given up with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.chain import Verified
from anxin.desk.foundation.audit.checkpoints import verify_organisation
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.edge.refusals import FieldInvalid, NotFound
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.outbox.actions import drop_laid_aside, retry_laid_aside
from anxin.desk.foundation.outbox.following import Reaction, Told, follow
from anxin.desk.foundation.outbox.models import Fact, LaidAside
from anxin.desk.foundation.outbox.queries import list_laid_aside
from anxin.desk.foundation.outbox.tests.test_following import noting, ring
from anxin.desk.foundation.vault.sealing import unseal

pytestmark = pytest.mark.django_db


def after(seconds: float) -> datetime:
    return NIGHT + timedelta(seconds=seconds)


class Sick:
    """A reader that fails, in a worker's round, and notes when it was asked."""

    def __init__(self) -> None:
        self.room = Sickroom()
        self.asked: list[float] = []
        self.reactions: dict[str, Reaction] = {"bell.rang": self._fail}

    def _fail(self, _told: Told, at: datetime) -> None:
        self.asked.append((at - NIGHT).total_seconds())
        raise ZeroDivisionError

    def follow(self, seconds: float) -> None:
        with sickroom(self.room):
            follow("one", self.reactions, at=after(seconds))
        self.room.clear(after(seconds))


def test_it_is_tried_again_later_each_time_up_to_an_hour_and_told_all_the_while(organisation: Organisation) -> None:
    ring(organisation, "a")
    sick = Sick()
    for seconds in range(0, 20_000, 10):
        sick.follow(seconds)
        assert sick.room.word == "ZeroDivisionError × 1"
    # Reacted to with the others first, then alone.
    assert sick.asked[:8] == [0, 0, 10, 20, 30, 40, 60, 100]
    assert [later - earlier for earlier, later in zip(sick.asked[-3:], sick.asked[-2:], strict=False)] == [3600, 3600]
    restarted = Sick()
    restarted.follow(20_001)
    assert (restarted.asked, restarted.room.word) == ([], "ZeroDivisionError × 1")


def test_while_it_rests_it_costs_one_question(
    organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sick = Sick()
    sick.follow(0)
    with django_assert_num_queries(2):
        sick.follow(1)
    ring(organisation, "a", "b", "c")
    sick.follow(2)
    with django_assert_num_queries(2):
        sick.follow(2.5)


def laid_ids() -> list[int]:
    return [each.id for each in list_laid_aside()]


def test_giving_up_is_recorded_and_lets_what_waited_behind_go_on(organisation: Organisation) -> None:
    ring(organisation, "a")
    sick = Sick()
    for seconds in (0, 5, 10):
        sick.follow(seconds)
    ring(organisation, "a")
    sick.follow(11)
    first, second = list_laid_aside()
    assert (first.fault, first.tries, second.fault, second.tries) == ("ZeroDivisionError", 3, "", 0)
    assert (first.kind, first.object_id, second.again_at) == ("bell.rang", "a", first.again_at)
    drop_laid_aside(laid_id=first.id, reason="登记已不存在", at=after(11))
    heard: list[int] = []
    assert follow("one", noting(heard), at=after(11)) == 1
    assert (heard, LaidAside.objects.count()) == ([second.number], 0)
    entry = AuditEntry.objects.get(act="fact.drop")
    assert (entry.actor_label, entry.object_id) == ("command-line", f"one:{first.number}")
    details = {"reader": "one", "n": first.number, "kind": "bell.rang", "object": "a", "tries": 3}
    assert json.loads(entry.details) == details | {"fault": "ZeroDivisionError"}
    sealed = bytes(entry.reason_sealed or b"")
    assert unseal(organisation.id, sealed, about=f"audit.reason:{entry.seq}") == "登记已不存在"
    assert Fact.objects.get(kind="fact.dropped").object_id == f"one:{first.number}"
    assert Fact.objects.filter(seq=first.number).exists()
    assert isinstance(verify_organisation(organisation.id), Verified)


def test_without_a_reason_or_an_id_nothing_is_given_up(organisation: Organisation) -> None:
    ring(organisation, "a")
    Sick().follow(0)
    (laid,) = laid_ids()
    with pytest.raises(FieldInvalid):
        drop_laid_aside(laid_id=laid, reason=" ", at=NIGHT)
    for act in (
        lambda: drop_laid_aside(laid_id=0, reason="x", at=NIGHT),
        lambda: retry_laid_aside(laid_id=0, at=NIGHT),
    ):
        _is_not_found(act)
    assert (laid_ids(), AuditEntry.objects.filter(object_kind="fact").count()) == ([laid], 0)


def _is_not_found(act: Callable[[], object]) -> None:
    with pytest.raises(NotFound):
        act()


def test_what_was_mended_is_tried_at_once_when_asked_for(organisation: Organisation) -> None:
    ring(organisation, "a")
    sick = Sick()
    for seconds in range(0, 100, 5):
        sick.follow(seconds)
    (laid,) = laid_ids()
    heard: list[int] = []
    assert follow("one", noting(heard), at=after(100)) == 0
    retry_laid_aside(laid_id=laid, at=after(100))
    assert follow("one", noting(heard), at=after(100)) == 1
    assert (AuditEntry.objects.get(act="fact.retry").object_id, laid_ids()) == (f"one:{heard[0]}", [])


@pytest.mark.parametrize("act", ["drop", "retry"])
def test_what_waits_behind_another_is_not_heard_before_it(organisation: Organisation, act: str) -> None:
    ring(organisation, "a")
    sick = Sick()
    for seconds in (0, 5, 10):
        sick.follow(seconds)
    ring(organisation, "a", "a")
    sick.follow(11)
    first, second, third = laid_ids()
    if act == "drop":
        drop_laid_aside(laid_id=second, reason="x", at=after(11))
    else:
        retry_laid_aside(laid_id=third, at=after(11))
    heard: list[int] = []
    while follow("one", noting(heard), at=after(11)):
        continue
    assert heard == sorted(heard)
    assert (len(heard), laid_ids()) == ((0, [first, third]) if act == "drop" else (3, []))
