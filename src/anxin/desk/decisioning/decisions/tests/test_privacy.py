"""Nothing personal stands in the projection in clear; who is erased is gone, and the fact remains."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import models

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.conftest import Night, append, decided, event, order
from anxin.desk.decisioning.decisions import retention
from anxin.desk.decisioning.decisions.explained import BodyGone, get_decision
from anxin.desk.decisioning.decisions.models import (
    Decision,
    DecisionEntity,
    DecisionRule,
    Entity,
    EntityLink,
    SealedRecord,
    SearchTerm,
)
from anxin.desk.decisioning.decisions.projection.errors import ProjectionMoved
from anxin.desk.decisioning.decisions.replay import replay_decision
from anxin.desk.decisioning.decisions.retention import let_go_bodies
from anxin.desk.decisioning.decisions.row_retention import let_go_decisions
from anxin.desk.decisioning.decisions.sealed_body import subject_of
from anxin.desk.decisioning.decisions.tests.digests import folded_tables
from anxin.desk.decisioning.entities.queries import get_entity
from anxin.desk.decisioning.entities.search import find_entities
from anxin.desk.decisioning.entities.timeline import list_timeline
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.privacy.models import LegalHold
from anxin.desk.foundation.vault.models import SubjectKey
from anxin.desk.foundation.vault.sealing import forget_opened_keys

Actors = Callable[..., Actor]
DAY_SECONDS = 86_400
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


def test_bodies_go_though_others_cannot_be_opened(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    personal_night(night)
    monkeypatch.setattr(retention, "BATCH", 1)
    first, second, _ = SealedRecord.objects.order_by("decision_id").values_list("decision_id", flat=True)
    SealedRecord.objects.filter(decision_id__in=(first, second)).update(sealed=b"\x01" + bytes(60))
    at, room = NIGHT + timedelta(days=181), Sickroom()
    with sickroom(room):
        assert [let_go_bodies(at), let_go_bodies(at)] == [1, 0]
    assert list(SealedRecord.objects.values_list("decision_id", flat=True)) == [first, second]
    assert room.word == "SealBroken × 2"
    assert [json.loads(each.details)["n"] for each in AuditEntry.objects.filter(act="data.retain")] == [1]


def settle(at: datetime) -> None:
    while let_go_bodies(at) + let_go_decisions(at):
        pass


def test_decisions_and_who_was_not_named_since_go_after_their_retention(night: Night, actor: Actors) -> None:
    later = 1096 * DAY_SECONDS
    night.happened(
        event(1, user="u_old", pm_token="c_old"),
        event(2, user="u_both", pm_token="c_old"),
        event(later, user="u_both"),
    )
    settle(NIGHT + timedelta(days=1095))
    assert Decision.objects.count() == 3
    assert let_go_decisions(NIGHT + timedelta(days=1095)) == 0
    at = NIGHT + timedelta(days=1096, hours=1)
    settle(at)
    assert list(Decision.objects.values_list("event_id", flat=True)) == [f"e{later}"]
    assert sorted(Entity.objects.values_list("key", "events", "links")) == [("d-u_both", 2, 1), ("u_both", 2, 1)]
    assert (EntityLink.objects.count(), DecisionRule.objects.count(), DecisionEntity.objects.count()) == (1, 0, 2)
    timeline = list_timeline(kind="user", key="u_both", by=actor("specialist"))
    assert [item.line.event_id for item in timeline.items if item.line is not None] == [f"e{later}"]
    entry = AuditEntry.objects.filter(act="data.retain").order_by("-seq")[0]
    assert '"rule":"decisions"' in entry.details.replace(" ", "")
    assert let_go_decisions(at) == 0


def test_a_projector_that_remembers_the_forgotten_reads_again(night: Night) -> None:
    night.log(event(1, user="u_old"), event(1096 * DAY_SECONDS, user="u_new"))
    night.project()
    settle(NIGHT + timedelta(days=1096, hours=1))
    assert Entity.objects.filter(key="u_old").count() == 0
    again = decided(night.ring, night.organisation.slug, [event(1096 * DAY_SECONDS + 60, user="u_old")])[1:]
    append(night.data, night.organisation.slug, again)
    with pytest.raises(ProjectionMoved):
        night.projector.step(at=NIGHT)
    night.project()
    assert Entity.objects.get(key="u_old").events == 1


def test_what_a_legal_hold_keeps_stays_with_its_decision(night: Night) -> None:
    night.happened(event(1, user="u_held"), event(1096 * DAY_SECONDS, user="u2"))
    LegalHold.objects.create(
        id="hld_1",
        organisation_id=night.organisation.id,
        subject=subject_of("user", "u_held"),
        placed_by="p",
        placed_at=NIGHT,
    )
    settle(NIGHT + timedelta(days=1096, hours=1))
    assert Decision.objects.filter(event_id="e1").exists()
    assert Entity.objects.filter(key="u_held").exists()
