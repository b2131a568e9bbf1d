"""The door to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from anxin.desk.foundation.audit.actions import record_entry
from anxin.desk.foundation.edge.actor import Actor, Grade
from anxin.desk.foundation.edge.refusals import NotFound
from anxin.desk.foundation.organisations.models import Person
from anxin.desk.foundation.permissions.authority import require
from anxin.desk.foundation.permissions.masks import mask
from anxin.desk.foundation.ui.words import Words, say
from anxin.desk.foundation.vault.sealing import NOT_NOW, find_unsealed


@dataclass(frozen=True)
class PersonCard:
    """One person as the actor may see them; `name` is whole only for who administrates people, and for oneself."""

    id: str
    username: str
    name: str
    is_name_whole: bool
    department_id: str
    department: Words | None
    is_active: bool
    is_me: bool
    contract_until: datetime | None
    active_at: datetime | None
    created_at: datetime


@transaction.atomic
def access_person(*, person_id: str, by: Actor, at: datetime) -> PersonCard:
    """Return a person of the actor's organisation; seeing a whole name is written to the trail. Raise NotFound."""
    require(by, "person.view")
    row = Person.objects.select_related("department").filter(pk=person_id, organisation_id=by.organisation_id).first()
    if row is None:
        raise NotFound
    grant, is_me = by.grant("person.invite"), row.id == by.person_id
    is_whole = is_me or (grant is not None and grant.grade.rank >= Grade.SECOND.rank)
    name = find_unsealed(row.organisation_id, bytes(row.name_sealed), about=f"person.name:{row.id}")
    is_whole = is_whole and name is not None
    if is_whole and not is_me:
        record_entry("person.view", by=by, at=at, on=("person", row.id))
    return PersonCard(
        id=row.id,
        username=row.username,
        name=say(NOT_NOW) if name is None else name if is_whole else mask("name", name),
        is_name_whole=is_whole,
        department_id=row.department_id or "",
        department=Words(row.department.name_zh, row.department.name_en) if row.department else None,
        is_active=row.is_active,
        is_me=is_me,
        contract_until=row.contract_until,
        active_at=row.active_at,
        created_at=row.created_at,
    )
