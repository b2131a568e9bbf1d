"""What is prepared says and writes what Django says and writes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from anxin.desk.conftest import NIGHT
from anxin.desk.decisioning.decisions.models import Projection
from anxin.desk.foundation.edge.ids import new_id
from anxin.desk.foundation.edge.prepared import Prepared, insert_row, update_row
from anxin.desk.foundation.organisations.models import Department, Organisation
from anxin.desk.foundation.outbox.models import Fact
from anxin.desk.foundation.vault.models import DataKey
from anxin.desk.foundation.vault.sealing import seal


def _fact(organisation: Organisation, seq: int) -> Fact:
    given = {"kind": "test.done", "topic": "test", "object_id": "o1", "payload": "{}"}
    return Fact(organisation_id=organisation.id, seq=seq, at=NIGHT, **given)


def test_rows_are_those_of_django(organisation: Organisation, other_organisation: Organisation) -> None:
    def ask(organisation_id: str) -> QuerySet[Department]:
        return Department.objects.filter(organisation=organisation_id, closed_at=None).order_by("code")

    prepared = Prepared(ask)
    for each in (organisation, other_organisation, organisation):
        expected = list(ask(each.id).values())
        found = prepared.all(each.id)
        assert [{name: getattr(row, name) for name in expected[0]} for row in found] == expected
        assert all(not row._state.adding and row._state.db == "default" for row in found)
    assert prepared.all("org_nobody") == []
    assert prepared.first("org_nobody") is None


def test_moments_and_bytes_are_read_as_django_reads_them(organisation: Organisation) -> None:
    seal(organisation.id, "x", about="y", at=NIGHT)
    prepared = Prepared(lambda one, two: DataKey.objects.filter(organisation_id=one, purpose=two, retired_at=None))
    found = prepared.first(organisation.id, "seal")
    assert found == DataKey.objects.get(organisation_id=organisation.id)
    assert found is not None
    assert (found.created_at, found.retired_at) == (NIGHT, None)


def test_values_are_taken_in_any_order(organisation: Organisation) -> None:
    prepared = Prepared(lambda code, whose: Department.objects.filter(organisation=whose, code=code))
    code = Department.objects.filter(organisation=organisation).order_by("-code")[0].code
    found = prepared.first(code, organisation.id)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(("seq", "late", "found"), [(1, 0, [2, 3]), (2, 1, [3]), (3, 0, []), (1, -1, [])])
def test_numbers_and_moments_are_asked_by_and_values_given_back(
    organisation: Organisation, seq: int, late: int, found: list[int]
) -> None:
    for each in (1, 2, 3):
        insert_row(_fact(organisation, each))

    def ask(seq: int, at: datetime) -> QuerySet[Fact, tuple[int, datetime]]:
        return Fact.objects.filter(seq__gt=seq, at__lte=at).order_by("seq").values_list("seq", "at")

    at = NIGHT + timedelta(seconds=late)
    assert Prepared(ask).values(seq, at) == list(ask(seq, at)) == [(each, NIGHT) for each in found]
    assert Prepared(lambda seq, at: ask(seq, at)[:1]).is_any(seq, at) is bool(found)


@pytest.mark.django_db(databases="__all__")
def test_another_database_is_asked(organisation: Organisation) -> None:
    prepared = Prepared(lambda whose: Projection.objects.filter(organisation_id=whose), using="projection")
    assert prepared.first(organisation.id) is None
    made = Projection.objects.create(organisation_id=organisation.id, is_current=True)
    found = prepared.first(organisation.id)
    assert found == made
    assert found is not None
    assert found._state.db == "projection"


def test_one_question_each_time(organisation: Organisation) -> None:
    prepared = Prepared(lambda whose: Department.objects.filter(organisation=whose))
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            prepared.all(organisation.id)
        assert len(asked) == 1


def test_a_row_is_inserted_and_numbered(organisation: Organisation) -> None:
    first, second = _fact(organisation, 1), _fact(organisation, 2)
    insert_row(first)
    insert_row(second)
    assert list(Fact.objects.order_by("seq")) == [first, second]
    assert Fact.objects.get(pk=second.pk).at == NIGHT
    second.kind = "test.changed"
    second.save()
    assert list(Fact.objects.order_by("seq").values_list("kind", flat=True)) == ["test.done", "test.changed"]


def test_a_row_with_a_name_of_its_own_keeps_it() -> None:
    row = Organisation(id=new_id("org", at=NIGHT), slug="fresh", name="Fresh", created_at=NIGHT)
    insert_row(row)
    assert Organisation.objects.values().get(pk=row.pk) == {
        each.attname: getattr(row, each.attname) for each in Organisation._meta.concrete_fields
    }


def test_a_second_row_of_the_same_number_is_refused(organisation: Organisation) -> None:
    insert_row(_fact(organisation, 1))
    with pytest.raises(IntegrityError):
        insert_row(_fact(organisation, 1))
    assert connection.needs_rollback
    connection.set_rollback(False)


def test_a_row_known_by_its_fields_is_written_again(organisation: Organisation) -> None:
    known_by = ("organisation_id", "seq")
    insert_row(_fact(organisation, 1), again_by=known_by)
    insert_row(_fact(organisation, 2), again_by=known_by)
    again = _fact(organisation, 1)
    again.kind = "test.again"
    insert_row(again, again_by=known_by)
    assert again == Fact.objects.get(seq=1)
    assert list(Fact.objects.order_by("seq").values_list("kind", flat=True)) == ["test.again", "test.done"]


def test_every_field_of_a_row_is_written(organisation: Organisation, other_organisation: Organisation) -> None:
    organisation.name, organisation.version, organisation.is_small_team = "Day Shop", 7, True
    update_row(organisation)
    read = Organisation.objects.values().get(pk=organisation.pk)
    assert read == {each.attname: getattr(organisation, each.attname) for each in Organisation._meta.concrete_fields}
    assert Organisation.objects.get(pk=other_organisation.pk).name == "Other Platform"


def test_what_is_not_there_is_not_changed(organisation: Organisation) -> None:
    absent = Organisation(id="org_nobody", slug="nobody", name="Nobody", created_at=NIGHT)
    with pytest.raises(DatabaseError):
        update_row(absent)
    connection.set_rollback(False)
    assert list(Organisation.objects.values_list("pk", flat=True)) == [organisation.pk]
