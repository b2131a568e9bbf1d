"""One measure, or one organisation's log, that cannot be dealt with keeps no other waiting."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

import pytest

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.organisations.actions import found_organisation
from anxin.desk.operations.measures import tasks
from anxin.desk.operations.measures.actions import Target, order_measure
from anxin.desk.operations.measures.models import ActionRequest

pytestmark = pytest.mark.django_db
OVER = NIGHT + timedelta(hours=25)


def freeze(by: Actor, user: str) -> ActionRequest:
    return order_measure("freeze_account", Target("user", user), reason="account_theft", by=by, at=NIGHT)


def states() -> dict[str, str]:
    return dict(ActionRequest.objects.values_list("entity_key", "state"))


def test_every_other_measure_lapses(actor: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch) -> None:
    by, room = actor("service_agent"), Sickroom()
    rows = [freeze(by, each) for each in ("u1", "u2")]
    expire = tasks.expire_measure

    def fail_for_first(*, measure_id: str, organisation_id: str, at: datetime) -> bool:
        if measure_id == rows[0].id:
            raise KeyError
        return expire(measure_id=measure_id, organisation_id=organisation_id, at=at)

    monkeypatch.setattr(tasks, "expire_measure", fail_for_first)
    with sickroom(room):
        assert [tasks.let_lapse(OVER), tasks.let_lapse(OVER)] == [1, 0]
    assert (states(), room.word) == ({"u1": "sent", "u2": "expired"}, "KeyError × 1")


def test_every_other_organisation_learns_what_was_obeyed(
    actor: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    by, room = actor("service_agent"), Sickroom()
    bad, good = freeze(by, "u1"), freeze(by, "u2")
    other = found_organisation(slug="other", name="别家", at=NIGHT)
    first, second = sorted((bad.organisation_id, other.id))
    ActionRequest.objects.filter(pk=bad.pk).update(organisation_id=first)
    ActionRequest.objects.filter(pk=good.pk).update(organisation_id=second)

    def seen(organisation_id: str, numbers: Collection[int]) -> Mapping[int, str]:
        if organisation_id == first:
            raise ValueError
        return dict.fromkeys(numbers, "")

    monkeypatch.setattr(tasks, "orders_seen", seen)
    with sickroom(room):
        assert [tasks.note_obeyed(NIGHT), tasks.note_obeyed(NIGHT)] == [1, 0]
    assert (states(), room.word) == ({"u1": "sent", "u2": "accepted"}, "ValueError × 1")
