"""Nothing personal stands in the projection in clear; who is erased is gone, and the fact remains."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import models

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, event, order
from anxin.desk.decisioning.decisions.explained import BodyGone, get_decision
from anxin.desk.decisioning.decisions.models import Entity, SealedRecord, SearchTerm
from anxin.desk.decisioning.decisions.replay import replay_decision
from anxin.desk.decisioning.decisions.retention import let_go_bodies
from anxin.desk.decisioning.decisions.sealed_body import subject_of
from anxin.desk.decisioning.decisions.tests.digests import folded_tables
from anxin.desk.decisioning.entities.queries import get_entity
from anxin.desk.decisioning.entities.search import find_entities
from anxin.desk.decisioning.entities.timeline import list_timeline
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.vault.models import SubjectKey
from anxin.desk.foundation.vault.sealing import forget_opened_keys

Actors = Callable[..., Actor]
CLEAR = ("13800138000", "li.lei@example.com", "203.0.113.77", "转账到安全账户", "王小明", "called 13900139000")


def personal_night(night: Night) -> None:
    night.happened(
        event(1, phone=CLEAR[0], email=CLEAR[1], ip=CLEAR[2]),
        event(2, "message.sent", text=f"{CLEAR[3]} {CLEAR[0]}", to_id="u2"),
        event(3, "account.registered", nickname=CLEAR[4]),
        order("hold.place", 4, entity_kind="user", entity_id="u9", verdict="hold", measure="m", reason=CLEAR[5]),
    )


def stored() -> bytes:
    """Return every value of every table of the projection."""
    found: list[bytes] = []
    for model in folded_tables():
        for row in model._default_manager.values_list(*(each.column for each in _columns(model))):
            found += [bytes(each) if isinstance(each, bytes | memoryview) else str(each).encode() for each in row]
    return b"\n".join(found)


def _columns(model: type[models.Model]) -> list[models.Field[object, object]]:
    return [each for each in model._meta.local_concrete_fields if each.column]


def destroy(subject: str) -> None:
    SubjectKey.objects.filter(subject=subject).update(destroyed_at=NIGHT, wrapped=b"")
    forget_opened_keys()


def test_a_dump_holds_nothing_personal(night: Night) -> None:
    personal_night(night)
    dump = stored()
    assert b"u1" in dump
    assert [clear for clear in CLEAR if clear.encode() in dump] == []


def test_who_is_erased_is_gone_and_the_fact_remains(night: Night, actor: Actors) -> None:
    personal_night(night)
    by = actor("specialist")
    assert find_entities(CLEAR[3], by=by, at=NIGHT).texts != ()
    destroy(subject_of("user", "u1"))
    view = get_decision(event_id="e2", by=by)
    assert (view.is_erased, view.fields, view.explanation, view.line.event_type) == (True, (), None, "message.sent")
    assert find_entities(CLEAR[3], by=by, at=NIGHT).texts == ()
    page = list_timeline(kind="user", key="u1", by=by)
    assert [item.is_erased for item in page.items if item.line is not None] == [True, True, True]
    phone = Entity.objects.get(kind="phone")
    name = get_entity(kind="phone", key=phone.key, by=by, at=NIGHT).name
    assert name.shown is not None
    assert CLEAR[0][-4:] not in name.shown.text
    with pytest.raises(BodyGone):
        replay_decision(event_id="e2", by=by)


def test_nothing_more_is_sealed_about_an_erased_person(night: Night, actor: Actors) -> None:
    night.log(event(1), event(2, "message.sent", text=CLEAR[3]))
    night.projector._memory = None
    SubjectKey.objects.create(
        key_id=b"12345678",
        organisation_id=night.organisation.id,
        subject=subject_of("user", "u1"),
        data_key_id=b"87654321",
        wrapped=b"",
        destroyed_at=NIGHT,
    )
    night.project()
    assert (SealedRecord.objects.count(), SearchTerm.objects.count()) == (0, 0)
    assert get_entity(kind="user", key="u1", by=actor("specialist"), at=NIGHT).counts is not None


def test_bodies_go_after_their_retention(night: Night, actor: Actors) -> None:
    personal_night(night)
    assert let_go_bodies(NIGHT + timedelta(days=179)) == 0
    assert let_go_bodies(NIGHT + timedelta(days=181)) == 3
    assert (SealedRecord.objects.count(), SearchTerm.objects.count()) == (0, 0)
    view = get_decision(event_id="e1", by=actor("specialist"))
    assert (view.is_erased, view.unexplained, view.line.event_id) == (False, "decision.body_gone", "e1")
