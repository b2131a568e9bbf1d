"""Many values at once: the same seals, one query for their keys."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from anxin.desk.conftest import NIGHT
from anxin.desk.foundation.organisations.models import Organisation
from anxin.desk.foundation.vault.bulk import current_seal_key, seal_keys_of, seal_with, unseal_many
from anxin.desk.foundation.vault.errors import SealBroken
from anxin.desk.foundation.vault.models import SubjectKey
from anxin.desk.foundation.vault.sealing import forget_opened_keys, seal, unseal

SUBJECTS = [f"user:u{number}" for number in range(30)]


def test_seals_are_those_of_single_values(organisation: Organisation) -> None:
    keys = seal_keys_of(organisation.id, SUBJECTS[:2], at=NIGHT)
    key = keys["user:u0"]
    assert key is not None
    sealed = seal_with(key, organisation.id, "王小明".encode(), about="a")
    assert unseal(organisation.id, sealed, about="a") == "王小明"
    single = seal(organisation.id, "138", about="b", at=NIGHT, subject="user:u1")
    own = seal_with(current_seal_key(organisation.id, at=NIGHT), organisation.id, b"own", about="c")
    opened = unseal_many(organisation.id, {"a": sealed, "b": single, "c": own})
    assert opened == {"a": "王小明".encode(), "b": b"138", "c": b"own"}


def test_keys_of_many_people_cost_as_many_queries_as_of_few(
    organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    seal_keys_of(organisation.id, SUBJECTS, at=NIGHT)
    for some in (SUBJECTS[:2], SUBJECTS):
        with django_assert_num_queries(1):
            assert len(seal_keys_of(organisation.id, some, at=NIGHT)) == len(some)


def test_a_destroyed_key_opens_and_seals_nothing(organisation: Organisation) -> None:
    sealed = seal(organisation.id, "138", about="a", at=NIGHT, subject="user:u0")
    SubjectKey.objects.update(destroyed_at=NIGHT, wrapped=b"")
    forget_opened_keys()
    assert unseal_many(organisation.id, {"a": sealed}) == {"a": None}
    assert seal_keys_of(organisation.id, ["user:u0"], at=NIGHT) == {"user:u0": None}


def test_a_moved_value_does_not_open(organisation: Organisation) -> None:
    sealed = seal(organisation.id, "138", about="a", at=NIGHT)
    with pytest.raises(SealBroken):
        unseal_many(organisation.id, {"b": sealed})
