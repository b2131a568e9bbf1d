from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.approvals.actions import approve
from anxin.desk.foundation.approvals.errors import OwnRequest
from anxin.desk.foundation.approvals.models import Approval
from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.audit.chain import Verified
from anxin.desk.foundation.audit.checkpoints import verify_organisation
from anxin.desk.foundation.edge.actor import Actor
from anxin.desk.foundation.edge.duties import Sickroom, sickroom
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.models import Organisation, Person
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.permissions.authority import Forbidden
from anxin.desk.foundation.privacy.actions import place_hold, request_erasure, request_release, rotate_keys
from anxin.desk.foundation.privacy.errors import SubjectUnclear, UnderLegalHold
from anxin.desk.foundation.privacy.models import Erasure, LegalHold
from anxin.desk.foundation.privacy.registry import personal_columns, retentions
from anxin.desk.foundation.privacy.tasks import let_go, renew_keys, renew_seals
from anxin.desk.foundation.vault.errors import KeyServiceUnreachable, Shredded
from anxin.desk.foundation.vault.key_service import FileKeyService
from anxin.desk.foundation.vault.models import DataKey
from anxin.desk.foundation.vault.sealing import forget_opened_keys, key_service, seal, unseal


def test_every_sealed_column_is_declared_once() -> None:
    declared = [(each.model, each.column) for each in personal_columns()]
    sealed = {
        (model._meta.label, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if model.__module__.startswith("anxin.desk") and field.attname.endswith("sealed")
    }
    assert set(declared) == sealed
    assert len(declared) == len(set(declared))


def test_declarations_name_what_exists() -> None:
    for each in personal_columns():
        names = {field.attname for field in apps.get_model(each.model)._meta.concrete_fields}
        assert {each.column, *filter(None, [each.index])} <= names
    for kept in retentions():
        names = {field.attname for field in apps.get_model(kept.model)._meta.concrete_fields}
        assert {kept.at, *kept.blank, *filter(None, [kept.subject])} <= names


def test_no_column_could_hold_a_personal_value_in_clear() -> None:
    suspicious = ("phone", "email", "address", "id_number", "real_name", "full_name", "card_number")
    clear = [
        f"{model._meta.label}.{field.attname}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if model.__module__.startswith("anxin.desk")
        and isinstance(field, models.CharField | models.TextField)
        and any(word in field.attname for word in suspicious)
        and not field.attname.endswith(("_index", "_token", "_masked"))
    ]
    assert clear == []


def test_a_damaged_key_keeps_no_other_under_its_old_wrapping(
    organisation: Organisation, actor: Callable[..., Actor]
) -> None:
    seal(organisation.id, "value", about="a", at=NIGHT)
    bad = DataKey.objects.create(
        key_id=bytes(8), organisation_id="org_0", purpose="seal", kek_id="gone", wrapped=b"damaged", created_at=NIGHT
    )
    rotate_keys(by=actor("administrator"), at=NIGHT)
    room = Sickroom()
    with sickroom(room):
        assert renew_keys(NIGHT) > 0
        assert renew_keys(NIGHT) == 0
    assert room.word.endswith(" × 1")
    rest = DataKey.objects.exclude(pk=bad.pk).values_list("kek_id", flat=True)
    assert set(rest) == {key_service().current()}


def test_rotation_keeps_everything_readable_and_moves_it(
    organisation: Organisation, actor: Callable[..., Actor], admit: Callable[..., Person]
) -> None:
    person = admit("wei", "specialist", name="林薇")
    with transaction.atomic():
        record_entry("case.note", by=actor("specialist"), at=NIGHT, on=("case", "1"), reason="电话约访")
    mine = seal(organisation.id, "value", about="a", at=NIGHT, subject="user:1")
    fresh = rotate_keys(by=actor("administrator"), at=NIGHT)
    while renew_keys(NIGHT) + renew_seals(NIGHT):
        forget_opened_keys()
    person.refresh_from_db()
    assert bytes(person.name_sealed)[1:9].hex() == fresh
    assert unseal(organisation.id, bytes(person.name_sealed), about=f"person.name:{person.id}") == "林薇"
    assert unseal(organisation.id, mine, about="a") == "value"
    assert set(DataKey.objects.values_list("kek_id", flat=True)) == {key_service().current()}
    assert isinstance(verify_organisation(organisation.id), Verified)


def test_only_an_administrator_rotates(actor: Callable[..., Actor]) -> None:
    with pytest.raises(Forbidden):
        rotate_keys(by=actor("specialist"), at=NIGHT)


def test_erasure_destroys_the_key_and_keeps_the_fact(organisation: Organisation, actor: Callable[..., Actor]) -> None:
    sealed = seal(organisation.id, "13812341234", about="a", at=NIGHT, subject="user:1")
    others = seal(organisation.id, "13900000000", about="a", at=NIGHT, subject="user:2")
    approval = request_erasure(subject="user:1", reason="本人要求", by=actor("data_protection"), at=NIGHT)
    assert unseal(organisation.id, sealed, about="a") == "13812341234"
    approve(approval_id=approval, by=actor("compliance"), at=NIGHT)
    with pytest.raises(Shredded):
        unseal(organisation.id, sealed, about="a")
    assert unseal(organisation.id, others, about="a") == "13900000000"
    assert Erasure.objects.get().subject == "user:1"
    again = seal(organisation.id, "13700000000", about="a", at=NIGHT, subject="user:1")
    assert unseal(organisation.id, again, about="a") == "13700000000"


def test_a_legal_hold_keeps_from_erasure(organisation: Organisation, actor: Callable[..., Actor]) -> None:
    sealed = seal(organisation.id, "13812341234", about="a", at=NIGHT, subject="user:1")
    place_hold(subject="user:1", reason="警方调取", by=actor("compliance"), at=NIGHT)
    approval = request_erasure(subject="user:1", reason="本人要求", by=actor("data_protection"), at=NIGHT)
    with pytest.raises(UnderLegalHold):
        approve(approval_id=approval, by=actor("compliance", username="second"), at=NIGHT)
    assert unseal(organisation.id, sealed, about="a") == "13812341234"


def test_a_hold_ends_only_with_a_second_person_and_then_erasure_goes_on(
    organisation: Organisation, actor: Callable[..., Actor]
) -> None:
    sealed = seal(organisation.id, "13812341234", about="a", at=NIGHT, subject="user:1")
    one, two = actor("compliance"), actor("data_protection")
    hold = place_hold(subject="user:1", reason="警方调取", by=one, at=NIGHT)
    asked = request_release(hold_id=hold.id, reason="案件已结", by=one, at=NIGHT)
    with pytest.raises(OwnRequest):
        approve(approval_id=asked, by=one, at=NIGHT)
    assert LegalHold.objects.get().released_at is None
    approve(approval_id=asked, by=two, at=NIGHT)
    assert LegalHold.objects.get().released_at == NIGHT
    with pytest.raises(NotFound):
        request_release(hold_id=hold.id, reason="again", by=one, at=NIGHT)
    approve(approval_id=request_erasure(subject="user:1", reason="本人", by=one, at=NIGHT), by=two, at=NIGHT)
    with pytest.raises(Shredded):
        unseal(organisation.id, sealed, about="a")


def test_a_hold_of_another_organisation_is_an_absent_one(
    other_organisation: Organisation, actor: Callable[..., Actor]
) -> None:
    theirs = actor("compliance", username="theirs", to=other_organisation)
    hold = place_hold(subject="user:1", reason="x", by=theirs, at=NIGHT)
    for each in (hold.id, "lho_nobody"):
        with pytest.raises(NotFound):
            request_release(hold_id=each, reason="x", by=actor("compliance", username=each), at=NIGHT)


@pytest.mark.parametrize("subject", ["", "u100", "user:", "13812341234", "user: 1", "User:1"])
def test_whom_it_is_about_is_said_as_a_token(actor: Callable[..., Actor], subject: str) -> None:
    by = actor("compliance")
    for act in (place_hold, request_erasure):
        with pytest.raises(SubjectUnclear):
            act(subject=subject, reason="x", by=by, at=NIGHT)
    assert (LegalHold.objects.count(), Approval.objects.count()) == (0, 0)


def test_old_facts_are_let_go_and_the_deletion_is_recorded(organisation: Organisation) -> None:
    for seq, days in ((1, 40), (2, 31), (3, 29)):
        Fact.objects.create(
            organisation_id=organisation.id, seq=seq, at=NIGHT - timedelta(days=days), kind="k", topic="t", payload="{}"
        )
    assert let_go(NIGHT) == 2
    assert list(Fact.objects.values_list("seq", flat=True)) == [3]
    assert let_go(NIGHT) == 0


def test_an_unreachable_key_service_is_said_and_heals(organisation: Organisation, tmp_path: Path) -> None:
    service = FileKeyService(tmp_path / "keys")
    kek_id, wrapped = service.wrap(b"k" * 32)
    (tmp_path / "keys" / "kek-1.pem").rename(tmp_path / "away.pem")
    with pytest.raises(KeyServiceUnreachable):
        FileKeyService(tmp_path / "keys").unwrap(kek_id, wrapped)
    (tmp_path / "away.pem").rename(tmp_path / "keys" / "kek-1.pem")
    assert service.unwrap(kek_id, wrapped) == b"k" * 32


def test_keys_that_are_gone_are_not_replaced_by_others_of_the_same_name(tmp_path: Path) -> None:
    service = FileKeyService(tmp_path / "keys")
    wrapped = service.wrap(b"k" * 32)
    later = FileKeyService(tmp_path / "keys")
    assert later.missing(["kek-1", "kek-2"]) == ["kek-2"]
    (tmp_path / "keys" / "kek-1.pem").rename(tmp_path / "away.pem")
    for call in (service.current, service.rotate, lambda: service.wrap(b"n" * 32), later.current):
        with pytest.raises(KeyServiceUnreachable):
            call()
    assert list((tmp_path / "keys").iterdir()) == []
    (tmp_path / "away.pem").rename(tmp_path / "keys" / "kek-1.pem")
    assert FileKeyService(tmp_path / "keys").unwrap(*wrapped) == b"k" * 32


def test_a_harmed_key_closes_nothing_that_could_not_be_opened(tmp_path: Path) -> None:
    whole = FileKeyService(tmp_path)
    kek_id = whole.current()
    path = tmp_path / f"{kek_id}.pem"
    body = path.read_text()
    assert whole.unwrap(*whole.wrap(b"k" * 32)) == b"k" * 32
    refused = 0
    for place in range(60, len(body) - 60, 97):
        path.write_text(body[:place] + ("B" if body[place] == "A" else "A") + body[place + 1 :])
        try:
            wrapped = FileKeyService(tmp_path).wrap(b"k" * 32)[1]
        except KeyServiceUnreachable:
            refused += 1
            continue
        assert whole.unwrap(kek_id, wrapped) == b"k" * 32
    assert refused > 0


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        ("specialist", "get", "/privacy/", 200),
        ("specialist", "post", "/privacy/keys/rotate/", 403),
        ("service_agent", "post", "/privacy/erasures/", 403),
        ("specialist", "post", "/privacy/holds/", 403),
        ("administrator", "post", "/privacy/keys/rotate/", 302),
        ("data_protection", "post", "/privacy/erasures/", 302),
        ("compliance", "post", "/privacy/holds/", 302),
    ],
)
def test_doors(sign_in: Callable[..., Client], role: str, method: str, path: str, status: int) -> None:
    given = {"subject": "user:9", "reason": "why"}
    assert getattr(sign_in(role), method)(path, given).status_code == status
    assert getattr(Client(), method)(path, given).status_code == 302


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", ("遮盖，可凭目的查看 60 秒", "产品默认值，可调整")), ("en", ("masked; 60 seconds", "art. 31"))],
)
def test_rules_are_said_in_words(sign_in: Callable[..., Client], language: str, said: tuple[str, str]) -> None:
    page = sign_in("specialist").get("/privacy/", headers={"accept-language": language}).content.decode()
    assert all(each in page for each in said)
    assert ("reveal_second" in page, "product default" in page) == (False, language == "en")


def test_nothing_typed_or_told_lies_in_clear(organisation: Organisation, admit: Callable[..., Person]) -> None:
    admit("wei", "specialist", name="欧阳不寻常")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert "欧阳不寻常" not in repr(
                [[bytes(c) if isinstance(c, memoryview) else c for c in row] for row in cursor]
            )
