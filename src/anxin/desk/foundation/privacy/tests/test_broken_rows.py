"""What is broken of what is to be renewed or let go keeps nothing else, however much of it there is."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.audit.models import AuditEntry
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.personal import Retention
from anxin.desk.foundation.privacy import tasks
from anxin.desk.foundation.privacy.actions import rotate_keys
from anxin.desk.foundation.vault import rotation
from anxin.desk.foundation.vault.errors import KeyServiceUnreachable
from anxin.desk.foundation.vault.models import DataKey, SubjectKey
from anxin.desk.foundation.vault.sealing import key_service, seal

ActorWith = Callable[..., Actor]
Duty = Callable[[datetime], int]


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "_BATCH", 2)
    monkeypatch.setattr(tasks, "_BATCH", 2)


def run(duty: Duty, room: Sickroom, minutes: int) -> int:
    """Run a duty as the worker does at some minute; return how much it did."""
    at = NIGHT + timedelta(minutes=minutes)
    with sickroom(room):
        done = duty(at)
    room.clear(at)
    return done


def broken_keys(count: int) -> None:
    """Make keys that stand before all others and open with nothing."""
    for number in range(count):
        DataKey.objects.create(
            key_id=bytes(7) + bytes([number]),
            organisation_id=f"org_{number}",
            purpose="seal",
            kek_id="gone",
            wrapped=b"damaged",
            created_at=NIGHT,
        )


def test_data_keys_are_renewed_behind_a_whole_batch_of_broken_ones(
    organisation: Organisation, actor: ActorWith, caplog: pytest.LogCaptureFixture
) -> None:
    seal(organisation.id, "value", about="a", at=NIGHT)
    broken_keys(5)
    rotate_keys(by=actor("administrator"), at=NIGHT)
    room = Sickroom()
    with caplog.at_level(logging.ERROR):
        for minutes in range(3):
            run(tasks.renew_keys, room, minutes)
    assert set(DataKey.objects.exclude(kek_id="gone").values_list("kek_id", flat=True)) == {key_service().current()}
    assert room.word.endswith(" × 5")
    assert len([each for each in caplog.records if each.levelno == logging.ERROR]) == 5


def test_keys_of_people_are_renewed_behind_a_whole_batch_of_broken_ones(
    organisation: Organisation, actor: ActorWith
) -> None:
    for number in range(3):
        seal(organisation.id, "value", about="a", at=NIGHT, subject=f"user:{number}")
    whole = list(SubjectKey.objects.values_list("key_id", flat=True))
    of = SubjectKey.objects.values_list("data_key_id", flat=True)[0]
    for number in range(3):
        SubjectKey.objects.create(
            key_id=bytes(7) + bytes([number]),
            organisation_id=organisation.id,
            subject=f"user:broken {number}",
            data_key_id=of,
            wrapped=b"damaged!" * 5,
        )
    fresh = rotate_keys(by=actor("administrator"), at=NIGHT)
    room = Sickroom()
    run(tasks.renew_keys, room, 0)
    run(tasks.renew_keys, room, 1)
    renewed = SubjectKey.objects.filter(data_key_id=bytes.fromhex(fresh)).values_list("key_id", flat=True)
    assert sorted(map(bytes, renewed)) == sorted(map(bytes, whole))
    assert room.word.endswith(" × 3")


def test_values_are_sealed_anew_behind_a_whole_batch_of_broken_ones(
    organisation: Organisation, actor: ActorWith, admit: Callable[..., Person]
) -> None:
    people = sorted((admit(f"p{number}", "specialist", name="林薇") for number in range(5)), key=lambda each: each.id)
    for each in people[:3]:
        sealed = bytes(each.name_sealed)
        Person.objects.filter(pk=each.pk).update(name_sealed=sealed[:-1] + bytes([sealed[-1] ^ 1]))
    fresh = rotate_keys(by=actor("administrator"), at=NIGHT)
    room = Sickroom()
    run(tasks.renew_seals, room, 0)
    run(tasks.renew_seals, room, 1)
    found = {each.pk: bytes(each.name_sealed)[1:9].hex() for each in Person.objects.all()}
    assert [found[each.pk] == fresh for each in people] == [False, False, False, True, True]
    assert room.word == "SealBroken × 3"


def test_a_key_service_that_is_away_is_not_asked_for_every_row(
    organisation: Organisation, actor: ActorWith, admit: Callable[..., Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    admit("wei", "specialist", name="林薇")
    rotate_keys(by=actor("administrator"), at=NIGHT)
    asked: list[str] = []

    def is_away(*_: object) -> str:
        asked.append("current")
        raise KeyServiceUnreachable

    room = Sickroom()
    with monkeypatch.context() as patched:
        patched.setattr(type(key_service()), "current", is_away)
        for duty in (tasks.renew_seals, tasks.renew_keys):
            with pytest.raises(KeyServiceUnreachable):
                run(duty, room, 0)
    assert (asked, room.word) == (["current"] * 2, "")
    assert run(tasks.renew_seals, room, 1) > 0


def test_rows_are_let_go_behind_a_whole_batch_of_broken_ones(
    organisation: Organisation, other_organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seq in range(1, 13):
        of = organisation if seq % 2 else other_organisation
        at = NIGHT - timedelta(days=41, minutes=-seq)
        Fact.objects.create(organisation_id=of.id, seq=seq, at=at, kind="k", topic="t", payload="{}")
    broken = set(Fact.objects.filter(organisation_id=organisation.id, seq__lt=11).values_list("pk", flat=True))
    remove = tasks._remove

    def refuse(retention: Retention, keys: Sequence[object], organisation_id: str, at: datetime) -> int:
        with transaction.atomic():
            done = remove(retention, keys, organisation_id, at)
            if broken & set(keys):
                raise IntegrityError
        return done

    monkeypatch.setattr(tasks, "_remove", refuse)
    room = Sickroom()
    assert run(tasks.let_go, room, 0) == 7
    assert set(Fact.objects.filter(kind="k").values_list("pk", flat=True)) == broken
    assert room.word == "IntegrityError × 5"
    entries = AuditEntry.objects.filter(act="data.retain").count()
    assert run(tasks.let_go, room, 0) == 0
    assert AuditEntry.objects.filter(act="data.retain").count() == entries
